.onLoad <- function(libname, pkgname) {
  find_editor()
  reg.finalizer(state, say_what_goes_on, onexit = TRUE)
}

# R ends, the remote session does not: say how to come back to it.
say_what_goes_on <- function(state) {
  connection <- state$connection
  if (is.null(connection) || is.null(connection$session)) return(invisible())
  message("The remote session ", connection$session, " goes on. ", how_to_come_back(connection))
}
