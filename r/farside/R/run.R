#' Run a file as `source()` does, under its own name
#'
#' The text is a stored copy of what stands in the editor, saved or not; errors, tracebacks and `browser()` name the
#' file as its author knows it.
#'
#' @param path The stored copy. UTF-8, or else latin1; any line ends; a byte order mark is dropped.
#' @param name The file's name, as errors and source references show it.
#' @param echo Whether the code is shown before its output, after `> ` and `+ `.
#' @param args What `commandArgs(trailingOnly = TRUE)` gives during the run; `NULL`: as in the session.
#' @return `NULL`, invisibly. An error in the file is an R error, after which the lines it came from are named.
#' @keywords internal
run_file <- function(path, name, echo = FALSE, args = NULL) {
  lines <- read_script(path)
  if (!is.null(args)) {
    before <- commandArgs()
    .Call(farside_set_args, c(before[1], paste0("--file=", name), "--args", args))
    on.exit(.Call(farside_set_args, before), add = TRUE)
  }
  places <- new.env(parent = emptyenv())
  on.exit(show_places(places$where), add = TRUE)
  code <- parse(text = lines, srcfile = srcfilecopy(name, lines, isFile = FALSE), keep.source = TRUE)
  withCallingHandlers(
    run_code(code, echo),
    error = function(e) places$where <- places_of(sys.calls(), name)
  )
  invisible()
}

run_code <- function(code, echo) {
  refs <- attr(code, "srcref")
  for (i in seq_along(code)) {
    if (echo) show_code(refs[[i]])
    shown <- withVisible(eval(code[i], globalenv()))
    if (shown$visible) print_value(shown$value)
  }
}

# As the console does: S4 objects by show().
print_value <- function(value) if (isS4(value)) methods::show(value) else print(value)

show_code <- function(ref) {
  lines <- as.character(ref, useSource = TRUE)
  prompts <- c(getOption("prompt"), rep(getOption("continue"), length(lines) - 1L))
  writeLines(paste0(prompts, lines))
}

read_script <- function(path) {
  bytes <- readBin(path, "raw", file.size(path))
  if (length(bytes) >= 3L && identical(bytes[1:3], as.raw(c(0xef, 0xbb, 0xbf)))) bytes <- bytes[-(1:3)]
  if (any(bytes == 0L)) stop("The file has NUL bytes: it is not a script.", call. = FALSE)
  text <- rawToChar(bytes)
  if (validUTF8(text)) Encoding(text) <- "UTF-8" else text <- iconv(text, "latin1", "UTF-8")
  strsplit(gsub("\r\n?", "\n", text), "\n", fixed = TRUE)[[1]]
}

# Where in files the calls under way were written, innermost first: "analysis.R:12".
places_of <- function(calls, name) {
  places <- vapply(rev(calls), function(call) {
    ref <- attr(call, "srcref")
    if (is.null(ref)) return("")
    file <- attr(ref, "srcfile")$filename
    if (length(file) != 1L || !nzchar(file)) "" else paste0(file, ":", ref[1L])
  }, "")
  unique(places[nzchar(places)])
}

show_places <- function(places) {
  if (length(places) > 0) writeLines(paste0("  at ", places), stderr())
}
