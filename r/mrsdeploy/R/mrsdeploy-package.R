#' Run R on another machine
#'
#' Signs in to a server, runs code, scripts and a command line there, and moves objects, files and snapshots between the
#' two machines. Start with `remoteLogin()`.
#'
#' @keywords internal
#' @useDynLib mrsdeploy, .registration = TRUE
"_PACKAGE"
