# A real server for all test files, started when the first of them needs it. FARSIDE_TEST_ROOT is the checkout; without
# it (a package on its own) these tests are skipped.

test_root <- function() Sys.getenv("FARSIDE_TEST_ROOT")

skip_without_server <- function() {
  testthat::skip_if(!nzchar(test_root()), "FARSIDE_TEST_ROOT names no checkout with a server")
}

servers <- new.env(parent = emptyenv())

# list(url, password, down(), up())
test_server <- function() {
  skip_without_server()
  if (is.null(servers$main)) servers$main <- start_server()
  servers$main
}

start_server <- function() {
  root <- test_root()
  node <- file.path(root, "node_modules", ".bin", "node")
  program <- file.path(root, "server", "test", "support", "serveForR.ts")
  process <- processx::process$new(node, program, stdin = "|", stdout = "|", stderr = "", cleanup = FALSE)
  line <- strsplit(next_line(process), " ", fixed = TRUE)[[1L]]
  tell <- function(what) {
    process$write_input(paste0(what, "\n"))
    stopifnot(identical(next_line(process), "done"))
  }
  # The end of its input ends it, also when R here is killed.
  reg.finalizer(servers, function(e) {
    close(process$get_input_connection())
    process$wait(60000)
  }, onexit = TRUE)
  list(
    url = line[2L], password = paste(line[-(1:2)], collapse = " "),
    down = function() tell("down"), up = function() tell("up")
  )
}

next_line <- function(process) {
  repeat {
    process$poll_io(1000)
    line <- process$read_output_lines(1L)
    if (length(line) > 0L) return(line)
    if (!process$is_alive()) stop("The test's server ended.")
  }
}

# Signs in for one test, and out at its end.
sign_in <- function(..., session = TRUE, env = parent.frame()) {
  server <- test_server()
  remoteLogin(
    server$url, session = session, diff = FALSE, commandline = FALSE, username = "admin", password = server$password, ...
  )
  do.call(on.exit, list(quote(mrsdeploy::remoteLogout()), add = TRUE), envir = env)
  invisible(server)
}

# Runs R on a script as `R --no-save < script` does, with the installed package, and gives what it printed.
run_r <- function(lines, args = c("--no-save", "--quiet", "--no-restore"), via = c("stdin", "file", "rscript"),
                  env = character(), files = list()) {
  server <- test_server()
  folder <- tempfile("run")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  for (name in names(files)) writeLines(files[[name]], file.path(folder, name))
  script <- file.path(folder, "script.R")
  writeLines(lines, script, useBytes = TRUE)
  via <- match.arg(via)
  command <- file.path(R.home("bin"), if (via == "rscript") "Rscript" else "R")
  args <- switch(via, stdin = args, file = c(args, "-f", script), rscript = script)
  result <- processx::run(
    command, args, stdin = if (via == "stdin") script, error_on_status = FALSE, stderr_to_stdout = TRUE,
    wd = folder,
    env = c(
      "current", R_LIBS = paste(.libPaths(), collapse = .Platform$path.sep), URL = server$url, PASSWORD = server$password,
      env
    )
  )
  structure(gsub("\r\n", "\n", result$stdout), status = result$status)
}

login_line <- function(...) {
  paste0("mrsdeploy::remoteLogin(Sys.getenv('URL'), username = 'admin', password = Sys.getenv('PASSWORD'), ", ..., ")")
}

# R that runs a script beside this one: list(see, rest). `see` waits for a line.
beside <- function(lines) {
  server <- test_server()
  script <- tempfile(fileext = ".R")
  writeLines(lines, script, useBytes = TRUE)
  process <- processx::process$new(
    file.path(R.home("bin"), "Rscript"), script, stdout = "|", stderr = "2>&1", cleanup_tree = TRUE,
    env = c(
      "current", R_LIBS = paste(.libPaths(), collapse = .Platform$path.sep), URL = server$url, PASSWORD = server$password
    )
  )
  seen <- character()
  list(
    see = function(line) {
      while (!line %in% seen) seen <<- c(seen, next_line(process))
    },
    rest = function() {
      process$wait()
      c(seen, process$read_all_output_lines())
    }
  )
}
