# Local R in the editor's terminal: sessions, sign-in and consoles are handed to the editor over loopback HTTP, with a
# token that only this R knows. Without an editor, or when it is gone, everything works as in a plain console.

# Seconds. People type passwords and sign in in a browser; the rest is answered at once.
editor_dialog_s <- 600
editor_call_s <- 30

# Called when the package is loaded. The variables are removed, so that nothing started from R finds them.
find_editor <- function() {
  url <- Sys.getenv("FARSIDE_EDITOR")
  token <- Sys.getenv("FARSIDE_EDITOR_TOKEN")
  Sys.unsetenv(c("FARSIDE_EDITOR", "FARSIDE_EDITOR_TOKEN"))
  if (grepl("^http://127\\.0\\.0\\.1:[0-9]+/?$", url) && nzchar(token)) {
    state$editor <- list(url = sub("/$", "", url), token = token)
  }
  invisible()
}

# list(status, body), or NULL when there is no editor. An editor that refuses is an error.
editor_call <- function(path, body = list(), timeout = editor_call_s) {
  editor <- state$editor
  if (is.null(editor)) return(NULL)
  handle <- curl::new_handle()
  curl::handle_setopt(
    handle, customrequest = "POST", post = TRUE, postfields = json_raw(body), timeout = timeout,
    proxy = "", followlocation = FALSE
  )
  curl::handle_setheaders(
    handle, "Content-Type" = "application/json", Authorization = paste("Bearer", editor$token)
  )
  reply <- tryCatch(curl::curl_fetch_memory(paste0(editor$url, path), handle), error = function(e) NULL)
  if (is.null(reply) || reply$status_code == 410L) {
    # The editor is gone, and with it its terminal: from now on this is a plain console.
    state$editor <- NULL
    return(NULL)
  }
  content <- if (length(reply$content) == 0L) list() else {
    tryCatch(jsonlite::fromJSON(text_of(reply$content), simplifyVector = FALSE), error = function(e) list())
  }
  if (reply$status_code >= 300L) {
    why <- if (is_string(content$message)) content$message else paste("HTTP status", reply$status_code)
    fail_editor(reply$status_code, clean_text(why))
  }
  list(status = reply$status_code, body = content)
}

# The editor keeps the sign-in: what it says of that is what R would have found out itself.
fail_editor <- function(status, why) {
  if (status == 401L) fail("notSignedIn", why)
  if (status == 503L) fail("unreachable", why)
  fail("editor", paste0("The editor refused: ", why), "Try again; restart the terminal if it lasts.")
}

# The user name and password typed into the editor's own box; NULL without an editor.
editor_password <- function(endpoint, username) {
  body <- list(endpoint = endpoint)
  if (!is.null(username)) body$username <- username
  reply <- editor_call("/password", body, editor_dialog_s)
  if (is.null(reply)) return(NULL)
  if (reply$status == 204L || !is_string(reply$body$password)) fail_cancelled()
  name <- if (is_string(reply$body$username)) reply$body$username else username
  list(username = name, password = reply$body$password)
}

# The editor knows from now on that this is R's remote session; TRUE when it took it. enter: show REMOTE> next.
editor_session <- function(connection, plots, enter) {
  if (is.null(state$editor)) return(FALSE)
  access_token(connection)
  reply <- editor_call("/session", list(
    endpoint = connection$endpoint, session = connection$session, tokens = editor_tokens(connection),
    prompt = connection$prompt, displayPlots = plots$display, writePlots = plots$write,
    recPlots = isTRUE(plots$record), directory = getwd(), enter = enter
  ))
  if (is.null(reply)) return(FALSE)
  hand_over_renewal(connection)
  TRUE
}

editor_tokens <- function(connection) {
  tokens <- list(access_token = connection$tokens$access_token)
  if (is.finite(connection$token_end)) tokens$expires_on <- round(connection$token_end)
  refresh <- connection$tokens$refresh_token
  if (!is_string(refresh)) return(tokens)
  tokens$refresh_token <- refresh
  # Where the refresh token is good; the editor asks there as R would.
  known <- c("authority", "tenant", "clientId", "resource", "scope")
  if (!is.null(connection$directory)) tokens$directory <- connection$directory[known]
  tokens
}

# A refresh token is good once, so only one of the two can keep it: the editor, which is always there to renew. R may be
# busy for hours while the remote session is used.
hand_over_renewal <- function(connection) {
  if (!is_string(connection$tokens$refresh_token)) return(invisible())
  connection$tokens$refresh_token <- NULL
  connection$renew <- function(tokens) {
    reply <- editor_call("/tokens", list(refused = tokens$access_token))
    if (is.null(reply)) fail("notSignedIn", "The editor that kept the sign-in is gone.")
    reply$body
  }
  invisible()
}
