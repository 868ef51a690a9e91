#' Sign in to a server, and start a remote R session
#'
#' `remoteLogin()` signs in with a user name and a password, starts an R session on the server, prints what differs
#' between R here and there, and enters the remote command line. Each of the last three can be left out.
#'
#' There are three end states. With `session = TRUE, commandline = TRUE` the prompt is `REMOTE> ` and what is typed runs
#' on the server. With `session = TRUE, commandline = FALSE` the prompt stays local; [resume()] enters the remote
#' command line, and [remoteExecute()] and the functions for objects and files use the session. With `session = FALSE`
#' there is no session.
#'
#' The password is asked for without showing it: in a dialog of the editor or of RStudio, or in the terminal. It is not
#' kept. The sign-in is renewed by itself as long as R runs. Inside a remote session nothing is ever asked: `username`
#' and `password` must be given, and `session = FALSE`, so that there is no session inside the session.
#'
#' @param deployr_endpoint The address of the server, like `"https://host:12800"`. Without a scheme it is `http`, on
#'   port 12800 unless another is named.
#' @param session Whether to start a remote R session. Our addition: the id or the name of one of your sessions that is
#'   still running, to come back to it.
#' @param diff Whether to print the report of [diffLocalRemote()]. Ignored without a session.
#' @param commandline Whether to enter the remote command line. Ignored without a session.
#' @param prompt The prompt of the remote command line.
#' @param username,password Who signs in. What is `NULL` is asked for.
#' @return `TRUE`, invisibly. A sign-in that fails is an error.
#' @seealso [remoteLogout()], [remoteCommandLine()], [remoteExecute()]
#' @examples
#' # A server to try this with: the address and the password in two environment variables.
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, diff = FALSE, commandline = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   remoteExecute("x <- 6 * 7; print(x)")
#'   remoteLogout()
#' }
#' @export
remoteLogin <- function(deployr_endpoint, session = TRUE, diff = TRUE, commandline = TRUE, prompt = "REMOTE> ",
                        username = NULL, password = NULL) {
  check_login(session, diff, commandline, prompt)
  if (!is.null(username)) check_string(username, "username", "your user name")
  if (!is.null(password)) check_string(password, "password", "your password")
  endpoint <- normalize_endpoint(deployr_endpoint)
  credentials <- ask_credentials(endpoint, username, password)
  probe <- new_connection(endpoint)
  body <- list(username = credentials$username, password = credentials$password)
  tokens <- http_json(probe, "POST", "/login", body = body, auth = FALSE)
  if (!is_string(tokens$access_token)) {
    fail("notAServer", paste0("The server at ", endpoint, " answered, but not with a sign-in."), "Check the address.")
  }
  connection_start(endpoint, tokens)
  after_login(session, diff, commandline, prompt)
}

check_login <- function(session, diff, commandline, prompt) {
  if (!is_flag(session) && !(is_string(session) && nzchar(session))) {
    fail_argument("session", "TRUE, FALSE or the id of a running session", session)
  }
  check_flag(diff, "diff")
  check_flag(commandline, "commandline")
  check_string(prompt, "prompt", "the text of the remote prompt")
}

# What both logins do once there is a connection.
after_login <- function(session, diff, commandline, prompt) {
  connection <- need_connection()
  connection$prompt <- prompt
  show_notice(connection)
  if (isFALSE(session)) return(invisible(TRUE))
  if (is.character(session)) attach_session(connection, session) else create_session(connection)
  lines_one_by_one()
  if (diff) {
    diffLocalRemote()
    cat("\n\n")
  }
  enter <- commandline && !in_remote_session()
  plots <- list(display = TRUE, write = FALSE)
  if (enter) cat(banner(), sep = "\n")
  if (editor_session(connection, plots, enter)) return(invisible(TRUE))
  if (enter) command_line(connection, plots)
  invisible(TRUE)
}

banner <- function() {
  c(
    "Your REMOTE R session is now active.",
    "Commands:",
    "        - pause() to switch to local session & leave remote session on hold.",
    "        - resume() to return to remote session.",
    "        - exit to leave (and terminate) remote session.",
    ""
  )
}

# What the administrator wants everybody to know.
show_notice <- function(connection) {
  notice <- connection$about$notice
  if (is_string(notice) && nzchar(notice)) message(clean_text(notice))
}

create_session <- function(connection) {
  if (connection$farside) {
    info <- http_json(connection, "POST", "/v2/sessions", body = list(columns = console_width()))
    connection$session <- info$id
  } else {
    connection$session <- http_json(connection, "POST", "/sessions", body = list())$sessionId
  }
  connection$ended <- NULL
  connection$cursor <- 0
  invisible()
}

# By id, by the beginning of an id, or by name.
attach_session <- function(connection, wanted) {
  sessions <- http_json(connection, "GET", if (connection$farside) "/v2/sessions" else "/sessions")
  alive <- Filter(function(s) !identical(s$state$state, "ended"), sessions)
  is_it <- vapply(alive, function(s) startsWith(s$id, wanted) || identical(s$name, wanted), NA)
  if (sum(is_it) != 1L) {
    what <- if (!any(is_it)) "You have no running session" else "You have several running sessions"
    known <- vapply(alive, function(s) paste0(s$id, " (", clean_text(s$name), ")"), "")
    hint <- if (length(known) == 0L) "Sign in with session = TRUE." else {
      paste0("Running are: ", paste(known, collapse = ", "), ".")
    }
    state$connection <- NULL
    fail("noSuchSession", paste0(what, " \"", wanted, "\"."), hint)
  }
  found <- alive[[which(is_it)]]
  connection$session <- found$id
  connection$ended <- NULL
  # What it printed earlier is in its journal; here it goes on from now.
  connection$cursor <- if (is.null(found$head)) 0 else found$head
  connection$attached <- TRUE
  invisible()
}

console_width <- function() min(max(as.integer(getOption("width")), 10L), 10000L)

# Code that itself runs in a session of the server: there is nobody to ask, and no second command line.
in_remote_session <- function() {
  if (!isNamespaceLoaded("farside")) return(FALSE)
  worker <- get0("session", asNamespace("farside"), inherits = FALSE)
  is.environment(worker) && !is.null(worker$directory)
}
