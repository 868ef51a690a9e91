#' End the remote session and sign out
#'
#' Ends the remote session, if there is one, and with it everything in it that is not in a snapshot; then signs out. The
#' same as `exit` at the remote prompt. Without a sign-in it does nothing, so a script may always call it.
#'
#' @return `TRUE`, invisibly; `FALSE` when there was nothing to end.
#' @seealso [remoteLogin()], [createSnapshot()]
#' @examples
#' remoteLogout() # harmless before any login
#' @export
remoteLogout <- function() {
  connection <- state$connection
  if (is.null(connection)) return(invisible(FALSE))
  # Forgotten first: whatever happens below, R here is signed out.
  state$connection <- NULL
  close_stream(connection)
  lines_as_pasted()
  if (!is.null(connection$session)) {
    path <- path_of("sessions", connection$session)
    told <- attempt(http(connection, "DELETE", path, accept = c(404L, 410L)))
    if (inherits(told, "error")) {
      warning(
        "The remote session ", connection$session, " may still run on the server: ", conditionMessage(told),
        call. = FALSE
      )
    }
  }
  token <- connection$tokens$refresh_token
  if (is_string(token) && nzchar(token) && is.null(connection$directory)) {
    attempt(http(connection, "DELETE", "/login/refreshToken", query = list(refreshToken = token)))
  }
  attempt(editor_call("/logout"))
  invisible(TRUE)
}

attempt <- function(expr) tryCatch(expr, error = identity)

# The editor ended the remote session itself, after `exit` at its own REMOTE>.
editor_left <- function() {
  connection <- state$connection
  if (!is.null(connection)) close_stream(connection)
  lines_as_pasted()
  state$connection <- NULL
  invisible()
}
