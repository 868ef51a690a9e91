# Every error is a condition of class `mrsdeploy_error` and of a class named after its code: what happened and why, then
# what to do.

fail <- function(code, message, hint = "", status = NULL, ...) {
  text <- if (nzchar(hint)) paste(message, hint) else message
  stop(structure(
    class = c(paste0("mrsdeploy_", code), "mrsdeploy_error", "error", "condition"),
    list(message = text, call = NULL, code = code, status = status, ...)
  ))
}

fail_argument <- function(name, what, given) {
  got <- if (is.null(given)) "NULL" else if (is_string(given)) "an empty string" else {
    paste0("an object of class ", class(given)[1L], " and length ", length(given))
  }
  if (is.character(given) && anyNA(given)) got <- "NA"
  fail("badArgument", paste0("`", name, "` must be ", what, ", not ", got, "."))
}

# The error of a reply. Farside says what to do in its message; others send less.
fail_reply <- function(connection, reply) {
  body <- tryCatch(
    jsonlite::fromJSON(text_of(reply$content), simplifyVector = FALSE),
    error = function(e) NULL
  )
  message <- if (is.list(body) && is_string(body$message)) body$message else ""
  code <- if (is.list(body) && is_string(body$code)) body$code else paste0("http_", reply$status)
  if (!nzchar(message)) {
    message <- paste0("The server at ", connection$endpoint, " answered with HTTP status ", reply$status, ".")
    if (reply$status == 401L) message <- "You are not signed in, or the sign-in has expired. Sign in again."
  }
  fail(code, clean_text(message), status = reply$status, details = if (is.list(body)) body$details)
}

fail_unreachable <- function(connection, error) {
  pass_interrupt(error)
  reason <- sub("\\.$", "", conditionMessage(error))
  fail(
    "unreachable", paste0("The server at ", connection$endpoint, " can not be reached: ", reason, "."),
    "Check that it runs and that the network and the address are right."
  )
}

is_unreachable <- function(e) inherits(e, "mrsdeploy_unreachable")

# curl tells of Ctrl-C as an error of its own: make it what it is.
pass_interrupt <- function(error) {
  if (!grepl("aborted by an application callback|Operation was aborted", conditionMessage(error))) return(invisible())
  signalCondition(structure(class = c("interrupt", "condition"), list(message = "", call = NULL)))
  invokeRestart("abort")
}
