# Makes the connection of this R process. `tokens`: list(access_token, expires_on or expires_in, refresh_token).
# `directory`: where the tokens come from and are renewed (see aad_directory()); NULL for the server itself.
connection_start <- function(endpoint, tokens, directory = NULL) {
  connection <- new_connection(endpoint)
  connection$directory <- directory
  connection$renew <- if (is.null(directory)) renew_at_server(connection) else {
    function(tokens) aad_refresh(directory, tokens)
  }
  keep_tokens(connection, tokens)
  ask_about(connection)
  leave_connection()
  state$connection <- connection
  invisible(connection)
}

new_connection <- function(endpoint) {
  connection <- new.env(parent = emptyenv())
  connection$endpoint <- normalize_endpoint(endpoint)
  connection$clock <- 0
  connection$prompt <- "REMOTE> "
  connection$plots <- list(display = TRUE, write = FALSE)
  class(connection) <- "mrsdeploy_connection"
  connection
}

#' @export
print.mrsdeploy_connection <- function(x, ...) {
  # Tokens are not shown.
  cat("<connection to ", x$endpoint, ">\n", sep = "")
  invisible(x)
}

# What the server is. An old one knows nothing of this question.
ask_about <- function(connection) {
  reply <- http(connection, "GET", "/v2/about", auth = FALSE, accept = 300:599)
  about <- if (reply$status == 200L) {
    tryCatch(jsonlite::fromJSON(text_of(reply$content), simplifyVector = FALSE), error = function(e) NULL)
  }
  connection$about <- about
  connection$farside <- is.list(about) && identical(about$product, "farside")
  invisible()
}

default_port <- 12800L

# Scheme, host, port and path without a slash at the end. Without a scheme it is http on the default port.
normalize_endpoint <- function(endpoint) {
  check_string(endpoint, "deployr_endpoint", "the address of the server, like \"https://host:12800\"")
  url <- trimws(endpoint)
  has_scheme <- grepl("^[A-Za-z][A-Za-z0-9+.-]*://", url)
  if (!has_scheme) url <- paste0("http://", url)
  parts <- regmatches(url, regexec("^(https?)://([^/?#]+)([^?#]*)", url, ignore.case = TRUE))[[1L]]
  # A password in an address ends up in histories and logs.
  if (length(parts) == 0L || grepl("@", parts[3L], fixed = TRUE) || grepl("[[:space:]]", url)) {
    shown <- sub("//[^/@]*@", "//...@", endpoint)
    fail("wrongUrl", paste0("\"", shown, "\" is not the address of a server."), "Write it like https://host:12800.")
  }
  host <- parts[3L]
  if (!has_scheme && !grepl(":[0-9]+$", host)) host <- paste0(host, ":", default_port)
  paste0(tolower(parts[2L]), "://", host, sub("/+$", "", parts[4L]))
}

# A new sign-in takes the place of an old one, whose session goes on on the server.
leave_connection <- function() {
  old <- state$connection
  if (is.null(old)) return(invisible())
  if (!is.null(old$session)) {
    message("The earlier remote session ", old$session, " goes on. ", how_to_come_back(old))
  }
  close_stream(old)
  state$connection <- NULL
  invisible()
}

how_to_come_back <- function(connection) paste0("Come back to it with ", login_call(connection), ".")

# What to type to sign in as before, and to come back to the session if there is one.
login_call <- function(connection) {
  name <- if (is.null(connection$directory)) "remoteLogin" else "remoteLoginAAD"
  session <- if (!is.null(connection$session)) paste0(", session = \"", connection$session, "\"")
  paste0(name, "(\"", connection$endpoint, "\"", session, ")")
}
