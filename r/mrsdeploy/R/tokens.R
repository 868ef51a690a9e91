# Access tokens: used while they are good, renewed before they end or when the server refuses one. They live in memory.

# Seconds before its end from which on a token is renewed, so that a request on its way does not meet it.
renew_ahead_s <- 60

access_token <- function(connection) {
  if (is.null(connection$tokens)) {
    fail("notSignedIn", "The sign-in has expired.", sign_in_again(connection))
  }
  if (as.numeric(Sys.time()) > connection$token_end - renew_ahead_s) renew_tokens(connection)
  connection$tokens$access_token
}

# When the token ends, by this machine's clock: the server's may differ.
keep_tokens <- function(connection, tokens) {
  now <- as.numeric(Sys.time())
  lifetime <- suppressWarnings(as.numeric(tokens$expires_in))
  until <- suppressWarnings(as.numeric(tokens$expires_on))
  connection$token_end <- if (length(lifetime) == 1L && !is.na(lifetime)) {
    # A very short lifetime must not make each request renew.
    now + max(lifetime, 2 * renew_ahead_s)
  } else if (length(until) == 1L && !is.na(until)) {
    max(until, now + 2 * renew_ahead_s)
  } else {
    Inf
  }
  connection$tokens <- tokens
  invisible()
}

# TRUE when there are new ones. With force the old one was refused: without new ones the sign-in is over.
renew_tokens <- function(connection, force = FALSE) {
  if (is.null(connection$renew)) return(FALSE)
  tokens <- tryCatch(connection$renew(connection$tokens), error = identity)
  if (inherits(tokens, "error")) {
    # Nobody was there to renew it: until its end the old one is good.
    if (is_unreachable(tokens) && !force && as.numeric(Sys.time()) < connection$token_end) return(FALSE)
    # A renewal that is another connection's has said all of it.
    if (is_unreachable(tokens) || isTRUE(tokens$said)) stop(tokens)
    if (force) {
      connection$tokens <- NULL
      connection$token_end <- -Inf
      fail(
        "notSignedIn", paste0("The sign-in could not be renewed: ", conditionMessage(tokens)), sign_in_again(connection),
        said = TRUE
      )
    }
    return(FALSE)
  }
  keep_tokens(connection, tokens)
  TRUE
}

sign_in_again <- function(connection) paste0("Sign in again: ", login_call(connection), ". Sessions are kept.")

# How tokens of POST /login are renewed: the server gives a new pair for a refresh token, once.
renew_at_server <- function(connection) {
  function(tokens) {
    if (!is_string(tokens$refresh_token)) fail("notSignedIn", "There is no refresh token.")
    http_json(
      connection, "POST", "/login/refreshToken",
      body = list(refreshToken = tokens$refresh_token), auth = FALSE
    )
  }
}
