# A spare worker: R that has come to its user profile before anybody needs it, and waits there. What it loads ahead is
# what R itself loads behind the profile; everything a session can see happens after it knows which one it is.

# Blocks until the launcher writes the session's settings to standard input; its end without them means that there is
# no launcher any more. The spare stands in the directory that will be the session's.
await_session <- function(settings) {
  ahead <- c(getOption("defaultPackages"), "utils", "grDevices")
  for (package in ahead) tryCatch(loadNamespace(package), error = function(e) NULL)
  note_tempdir(getwd())
  told <- read_settings()
  if (is.null(told)) quit("no", 0L, FALSE)
  settings[names(told)] <- told
  if (!is.na(told["MEMORY"])) .Call(farside_limit_memory, as.numeric(told["MEMORY"]))
  setwd(told[["WORKDIR"]])
  Sys.setenv(PWD = getwd())
  tempdir(check = TRUE) # it may have waited for weeks
  settings
}

# Lines NAME=value, percent-encoded, and a last line that proves them whole.
read_settings <- function() {
  input <- file("stdin")
  on.exit(close(input))
  lines <- readLines(input, warn = FALSE)
  n <- length(lines)
  if (n == 0L || lines[n] != "end") return(NULL)
  fields <- lines[-n]
  cut <- regexpr("=", fields, fixed = TRUE)
  values <- vapply(substring(fields, cut + 1L), utils::URLdecode, "", USE.NAMES = FALSE)
  structure(values, names = substring(fields, nchar("FARSIDE_") + 1L, cut - 1L))
}
