#' Sign in to a server with an account of Entra ID (Azure AD)
#'
#' As [remoteLogin()], for servers whose users have accounts in a directory: the access token comes from there, and the
#' server never sees a password. What is `NULL` is filled in from what the server says of itself, so that the address
#' is enough.
#'
#' Without a user name the sign-in is in a browser, which comes back to R on a port of this machine only for this purpose.
#' Where there is no browser (non-interactive R, a connection by ssh, an editor) a code is shown instead, to be entered on
#' any device. `options(mrsdeploy.aad = "browser")` or `"device"` chooses one of the two. With a user name the password is
#' asked for, or given; directories that want a second factor refuse this. The sign-in is renewed by itself as long as R
#' runs, in an editor's terminal by the editor; tokens and passwords are kept in memory only. When the directory does not
#' renew it any more the error says so: sign in again, with `session` the id of the remote session, which goes on. Inside a remote session nothing is ever asked: user name and
#' password must be given.
#'
#' A password is only sent to an authority that `authuri` names or that is Microsoft's, whatever the server says.
#'
#' The certificates that curl trusts are used; `CURL_CA_BUNDLE` names a file with others.
#'
#' @inheritParams remoteLogin
#' @param authuri The authority, like `"https://login.microsoftonline.com"`.
#' @param tenantid The directory: its domain or its id.
#' @param clientid The application id of the registration for clients (the "native" application).
#' @param resource The application id of the server's own registration (the "web" application).
#' @param username,password The account (`user@@domain`) and its password. Without `username` a browser is used.
#' @return `TRUE`, invisibly. A sign-in that fails is an error.
#' @seealso [remoteLogin()], [remoteLogout()]
#' @examples
#' # A server to try this with, in an environment variable.
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_AAD_URL")
#' if (nzchar(server)) {
#'   remoteLoginAAD(server, session = FALSE)
#'   remoteLogout()
#' }
#' @export
remoteLoginAAD <- function(deployr_endpoint, authuri = NULL, tenantid = NULL, clientid = NULL, resource = NULL,
                           session = TRUE, diff = TRUE, commandline = TRUE, prompt = "REMOTE> ",
                           username = NULL, password = NULL) {
  check_login(session, diff, commandline, prompt)
  if (!is.null(username)) check_string(username, "username", "your account, like \"user@domain\"")
  if (!is.null(password)) check_string(password, "password", "your password")
  if (is.null(username) && !is.null(password)) fail_argument("username", "given with a password", username)
  endpoint <- normalize_endpoint(deployr_endpoint)
  given <- list(authority = authuri, tenant = tenantid, clientId = clientid, resource = resource)
  directory <- aad_discover(aad_directory(endpoint, given))
  tokens <- aad_sign_in(directory, username, password)
  check_aad_tokens(endpoint, tokens)
  connection_start(endpoint, tokens, directory)
  after_login(session, diff, commandline, prompt)
}

# One of the three ways. list(access_token, refresh_token, expires_in)
aad_sign_in <- function(directory, username, password) {
  if (in_remote_session() && (is.null(username) || is.null(password))) {
    fail(
      "noPrompt", "Inside a remote session nobody can be asked to sign in.",
      "Give both: remoteLoginAAD(url, session = FALSE, username = , password = )."
    )
  }
  if (!is.null(username)) return(aad_by_password(directory, username, password))
  if (aad_way() == "browser") aad_by_browser(directory) else aad_by_device(directory)
}

aad_way <- function() {
  wanted <- getOption("mrsdeploy.aad")
  if (is_string(wanted) && wanted %in% c("browser", "device")) return(wanted)
  if (!is.null(state$editor) || !interactive() || any(nzchar(Sys.getenv(c("SSH_CONNECTION", "SSH_TTY"))))) {
    return("device")
  }
  screen <- .Platform$OS.type == "windows" || Sys.info()[["sysname"]] == "Darwin" ||
    any(nzchar(Sys.getenv(c("DISPLAY", "WAYLAND_DISPLAY")))) || has_own_console()
  if (screen) "browser" else "device"
}

# Whether the server takes the token, before it takes the place of an earlier sign-in.
check_aad_tokens <- function(endpoint, tokens) {
  probe <- new_connection(endpoint)
  keep_tokens(probe, tokens)
  http(probe, "GET", "/sessions")
  invisible()
}

aad_by_password <- function(directory, username, password) {
  check_password_authority(directory)
  if (is.null(password)) password <- ask_credentials(directory$authority, username, NULL)$password
  reply <- aad_grant(directory, grant_type = "password", username = username, password = password)
  if (is.null(reply$error)) return(aad_tokens(reply))
  # Codes of Entra ID for: a second factor, registration of one, conditions that need a browser.
  needs_more <- grepl("AADSTS(50076|50079|50158|53003|65001)", reply$error_description)
  hint <- if (needs_more) {
    "The directory wants more than a password: sign in without username and password, in a browser."
  } else {
    "Check the user name and the password."
  }
  fail_aad(directory, reply, hint)
}

# The server says where to sign in. That is fine for a browser, whose address bar shows where one is; a password typed
# here must not go wherever a server wants it.
check_password_authority <- function(directory) {
  host <- tolower(sub("^https://([^/:]+).*", "\\1", directory$authority))
  microsoft <- c(
    "login.microsoftonline.com", "login.microsoftonline.us", "login.windows.net", "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn"
  )
  if (directory$named || host %in% microsoft) return(invisible())
  fail(
    "untrustedAuthority",
    paste0("The server wants your password to be sent to ", directory$authority, ", which is not Microsoft's."),
    "If that is right, name it: remoteLoginAAD(authuri = ). Otherwise ask the administrator."
  )
}

# Refusals of a directory that has a problem of its own (RFC 6749, 4.1.2.1), not with the sign-in.
aad_temporary <- c("temporarily_unavailable", "server_error", "slow_down")

# Silently, as long as the directory wants. A directory in trouble is as one that is not reached: nobody is signed out.
aad_refresh <- function(directory, tokens) {
  if (!is_string(tokens$refresh_token)) fail("notSignedIn", "The directory gave no token to renew the sign-in with.")
  reply <- tryCatch(
    aad_grant(directory, grant_type = "refresh_token", refresh_token = tokens$refresh_token),
    mrsdeploy_directory = function(e) fail("unreachable", conditionMessage(e))
  )
  if (!is.null(reply$error)) {
    over <- !reply$error %in% aad_temporary
    fail_aad(directory, reply, if (over) "" else "Try again.", if (over) "notSignedIn" else "unreachable")
  }
  fresh <- aad_tokens(reply)
  if (is.null(fresh$refresh_token)) fresh$refresh_token <- tokens$refresh_token
  fresh
}
