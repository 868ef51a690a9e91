# The one connection of this R process. The functions of the original have no connection argument: all act on this.
state <- new.env(parent = emptyenv())
state$connection <- NULL
# How to reach the editor, when R runs in its terminal; see editor.R.
state$editor <- NULL

# The connection, or an error that says how to get one.
need_connection <- function() {
  connection <- state$connection
  if (is.null(connection)) {
    fail("notSignedIn", "You are not signed in to a server.", "Sign in with remoteLogin() or remoteLoginAAD() first.")
  }
  connection
}

# A connection with a remote session.
need_session <- function() {
  connection <- need_connection()
  if (is.null(connection$session)) {
    why <- if (is.null(connection$ended)) "This sign-in has no remote session." else connection$ended
    fail("noSession", why, "Sign in with remoteLogin(session = TRUE) to have one.")
  }
  connection
}

# The session is gone: whoever asks for it next is told why.
forget_session <- function(connection, why = NULL) {
  close_stream(connection)
  lines_as_pasted()
  connection$session <- NULL
  connection$ended <- why
  connection$restored <- NULL
  invisible()
}

is_string <- function(x) is.character(x) && length(x) == 1L && !is.na(x)
is_flag <- function(x) is.logical(x) && length(x) == 1L && !is.na(x)

check_string <- function(x, name, what = "a character string") {
  if (!is_string(x) || !nzchar(x)) fail_argument(name, what, x)
  invisible(x)
}

check_flag <- function(x, name) {
  if (!is_flag(x)) fail_argument(name, "TRUE or FALSE", x)
  invisible(x)
}

check_names <- function(x, name, what = "a character vector of object names") {
  if (!is.character(x) || anyNA(x) || any(!nzchar(x))) fail_argument(name, what, x)
  invisible(x)
}
