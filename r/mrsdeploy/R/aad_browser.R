# Signing in in a browser: authorization code with PKCE (RFC 7636, RFC 8252). The browser comes back to a port of this
# machine that is open only meanwhile.

aad_browser_s <- 300

aad_by_browser <- function(directory) {
  listener <- open_listener()
  on.exit(close(listener$socket))
  asked <- list(state = random_text(), nonce = random_text(), verifier = random_text())
  redirect <- paste0("http://localhost:", listener$port)
  url <- authorize_url(directory, asked, redirect)
  message("Sign in in the browser that opens now. If none does, open this address in it:\n  ", url)
  tryCatch(utils::browseURL(url), error = function(e) {
    message("The browser could not be opened: ", conditionMessage(e))
  })
  await_redirect(listener$socket, asked$state, function(query) {
    if (is_string(query$error)) fail_aad(directory, query, "Call remoteLoginAAD() again.")
    reply <- aad_grant(
      directory, grant_type = "authorization_code", code = query$code, redirect_uri = redirect,
      code_verifier = asked$verifier
    )
    if (!is.null(reply$error)) fail_aad(directory, reply, "Call remoteLoginAAD() again.")
    # The answer to this question, not to one that somebody asked before.
    if (!identical(claims_of(reply$id_token)$nonce, asked$nonce)) {
      fail("directory", "The directory answered another question than was asked.", "Call remoteLoginAAD() again.")
    }
    aad_tokens(reply)
  })
}

authorize_url <- function(directory, asked, redirect) {
  challenge <- base64url(hex_bytes(cli::hash_sha256(asked$verifier)))
  fields <- list(
    client_id = directory$clientId, response_type = "code", response_mode = "query", redirect_uri = redirect,
    scope = aad_scopes(directory), state = asked$state, nonce = asked$nonce, code_challenge = challenge,
    code_challenge_method = "S256", prompt = "select_account"
  )
  glue <- if (grepl("?", directory$endpoints$authorize, fixed = TRUE)) "&" else "?"
  escaped <- vapply(fields, curl::curl_escape, "")
  paste0(directory$endpoints$authorize, glue, paste0(names(fields), "=", escaped, collapse = "&"))
}

# Waits for the browser, gives its answer to `take`, and tells the person there how that went. What others send to the
# port, without the state that only the browser knows, is turned away.
await_redirect <- function(socket, state, take) {
  ends <- as.numeric(Sys.time()) + seconds_of(getOption("mrsdeploy.aad_timeout"), aad_browser_s)
  repeat {
    left <- ends - as.numeric(Sys.time())
    if (left <= 0) {
      fail("directory", "Nobody signed in in the browser in time.", paste(
        "Call remoteLoginAAD() again; options(mrsdeploy.aad = \"device\") does without a browser on this machine."
      ))
    }
    # In short steps, so that an interrupt counts.
    if (!socketSelect(list(socket), timeout = min(left, 1))) next
    tokens <- answer_browser(socket, state, take)
    if (!is.null(tokens)) return(tokens)
  }
}

# Tokens; NULL when it was not the browser that we wait for.
answer_browser <- function(socket, state, take) {
  client <- tryCatch(socketAccept(socket, blocking = FALSE, open = "r+b", timeout = 5), error = function(e) NULL)
  if (is.null(client)) return(NULL)
  on.exit(close(client))
  query <- redirect_query(read_request(client))
  if (is.null(query)) {
    send_page(client, "404 Not Found", "There is nothing here.")
    return(NULL)
  }
  if (!identical(query$state, state)) {
    send_page(client, "400 Bad Request", "This is not the answer that R waits for. Start again from R.")
    return(NULL)
  }
  tokens <- tryCatch(take(query), error = function(e) {
    send_page(client, "400 Bad Request", conditionMessage(e))
    stop(e)
  })
  send_page(client, "200 OK", "You are signed in. Close this window and go back to R.")
  tokens
}
