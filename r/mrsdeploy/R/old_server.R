# Servers of the original: no stream, no prompts. Each complete expression is an execution of its own, as it was then.

old_command_line <- function(connection) {
  turn <- list(code = "")
  while (is.null(turn$left)) {
    turn <- tryCatch(old_turn(connection, turn$code), interrupt = function(i) {
      cat("\n")
      list(code = "")
    })
  }
  if (turn$left == "exit") remoteLogout()
  invisible()
}

# list(code): the lines of an expression that is not complete; list(left): why the command line is left.
old_turn <- function(connection, code) {
  first <- !nzchar(code)
  line <- read_line(if (first) connection$prompt else "+ ", verbatim = !first && in_string(code))
  if (is.null(line)) return(list(left = "eof"))
  add_to_history(line)
  control <- if (first) control_word(line)
  if (!is.null(control)) return(old_control(connection, control))
  code <- if (first) line else paste(code, line, sep = "\n")
  if (is_incomplete(code)) return(list(code = code))
  if (nzchar(trimws(code))) old_run(connection, code)
  list(code = "")
}

old_control <- function(connection, control) {
  if (nzchar(control$before)) old_run(connection, control$before)
  left <- switch(control$word,
    pause = "pause",
    exit = ,
    remoteLogout = "exit",
    quit = if (confirm("End the remote session? What is not in a snapshot is lost. [y/N] ")) "exit"
  )
  list(code = "", left = left)
}

old_run <- function(connection, code) {
  reply <- run_code(connection, execute_body(enc2utf8(code), NULL, NULL), NULL)
  result <- execution_result(reply)
  # Some servers print the error too.
  told <- grepl(trimws(result$errorMessage), result$consoleOutput, fixed = TRUE)
  if (!result$success && nzchar(result$errorMessage) && !told) message(text_cleaner()(result$errorMessage))
  bring_plots(connection, result$changedFiles, connection$plots)
}

is_incomplete <- function(code) {
  problem <- tryCatch({
    parse(text = code, keep.source = FALSE)
    ""
  }, error = conditionMessage)
  grepl("unexpected end of input|INCOMPLETE_STRING", problem)
}

# An old server can not be asked for its packages: R there is.
old_remote_r <- function(connection) {
  code <- paste(
    ".i <- utils::installed.packages()[, c('Package', 'Version'), drop = FALSE]",
    ".r <- R.version.string; .p <- unname(.i[, 1]); .v <- unname(.i[, 2])",
    sep = "\n"
  )
  body <- execute_body(code, NULL, c(".r", ".p", ".v"))
  path <- paste0(path_of("sessions", connection$session), "/execute")
  reply <- http_json(
    connection, "POST", path, body = body, headers = list("Content-Type" = "application/json"), timeout = 0
  )
  there <- execution_result(reply)
  if (!there$success) fail("callFailed", paste0("R on the server could not answer: ", clean_text(there$errorMessage)))
  values <- there$outputParameters
  list(version = values[[".r"]], packages = named_versions(values[[".p"]], values[[".v"]]))
}
