# A directory of the tests' own, and a server that takes its tokens, started when the first test needs them.

aad_server <- function() {
  skip_without_server()
  if (is.null(servers$aad)) servers$aad <- start_aad_server()
  servers$aad
}

start_aad_server <- function() {
  root <- test_root()
  program <- file.path(root, "server", "test", "support", "directory", "serveForR.ts")
  node <- file.path(root, "node_modules", ".bin", "node")
  process <- processx::process$new(node, program, stdin = "|", stdout = "|", stderr = "", cleanup = FALSE)
  server <- jsonlite::fromJSON(next_line(process))
  reg.finalizer(servers, function(e) {
    close(process$get_input_connection())
    process$wait(60000)
  }, onexit = TRUE)
  # Requests that came since the last call; what is given changes how the directory behaves.
  server$tell <- function(...) {
    process$write_input(paste0(jsonlite::toJSON(list(...), auto_unbox = TRUE), "\n"))
    unlist(jsonlite::fromJSON(next_line(process))$hits)
  }
  server
}

# For one test: curl trusts the directory's certificate, the directory behaves, nobody is signed in at the end.
use_aad <- function(..., env = parent.frame()) {
  server <- aad_server()
  before <- Sys.getenv("CURL_CA_BUNDLE", NA)
  Sys.setenv(CURL_CA_BUNDLE = server$ca)
  server$tell(consent = "yes", devicePolls = 0, deviceOutcome = "yes", refreshes = TRUE, lifetime = 3600)
  if (...length() > 0L) server$tell(...)
  options <- options(mrsdeploy.aad = NULL, browser = getOption("browser"), mrsdeploy.aad_timeout = 60)
  clean <- function() {
    suppressMessages(remoteLogout())
    options(options)
    if (is.na(before)) Sys.unsetenv("CURL_CA_BUNDLE") else Sys.setenv(CURL_CA_BUNDLE = before)
  }
  do.call(on.exit, list(as.call(list(clean)), add = TRUE), envir = env)
  server
}

# A browser whose user answers at once: follows the directory's redirect to R in the background, and keeps the page.
use_browser <- function(server) {
  page <- tempfile(fileext = ".html")
  opened <- new.env()
  options(mrsdeploy.aad = "browser", browser = function(url) {
    opened$url <- url
    opened$process <- processx::process$new("curl", c("-sL", "--cacert", server$ca, url), stdout = page)
  })
  list(url = function() opened$url, page = function() {
    opened$process$wait(30000)
    paste(readLines(page, warn = FALSE), collapse = "\n")
  })
}

login_aad <- function(server, ...) {
  remoteLoginAAD(server$url, ..., diff = FALSE, commandline = FALSE)
}

# Evaluates with another function in place of one of the package's own.
with_function <- function(name, replacement, code) {
  package <- asNamespace("mrsdeploy")
  old <- get(name, package)
  put <- function(value) {
    unlockBinding(name, package)
    assign(name, value, package)
    lockBinding(name, package)
  }
  put(replacement)
  on.exit(put(old))
  force(code)
}
