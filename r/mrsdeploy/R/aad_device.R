# Signing in with a code that is entered on any device (RFC 8628).

aad_by_device <- function(directory) {
  address <- directory$endpoints$device
  if (!is_string(address) || !startsWith(address, "https://")) {
    fail(
      "directory", paste0("The directory at ", directory$authority, " has no sign-in by code."),
      "Use a browser: options(mrsdeploy.aad = \"browser\")."
    )
  }
  codes <- aad_request(
    directory, address, list(client_id = directory$clientId, scope = aad_scopes(directory))
  )
  if (!is.null(codes$error)) fail_aad(directory, codes, "Ask the administrator whether sign-in by code is allowed.")
  where <- codes$verification_uri
  if (!is_string(where) || !grepl("^https://", where) || !is_string(codes$user_code)) {
    fail("directory", "The directory answered without a code.", "Use a browser: options(mrsdeploy.aad = \"browser\").")
  }
  message(
    "To sign in, open ", clean_text(where), " in a browser and enter the code ", clean_text(codes$user_code), "."
  )
  # In an editor the page opens by itself; the code is still to be entered.
  editor_call("/browse", list(url = where))
  await_device(directory, codes)
}

await_device <- function(directory, codes) {
  interval <- max(seconds_of(codes$interval, 5), 1)
  ends <- as.numeric(Sys.time()) + seconds_of(codes$expires_in, 900)
  repeat {
    # As often as the directory allows; Ctrl-C ends it.
    Sys.sleep(interval)
    reply <- aad_grant(
      directory, grant_type = "urn:ietf:params:oauth:grant-type:device_code", device_code = codes$device_code
    )
    if (is.null(reply$error)) return(aad_tokens(reply))
    if (reply$error == "slow_down") interval <- interval + 5
    else if (reply$error != "authorization_pending") fail_aad(directory, reply, "Call remoteLoginAAD() again.")
    if (as.numeric(Sys.time()) > ends) {
      fail("directory", "The code was not entered in time.", "Call remoteLoginAAD() again.")
    }
  }
}

seconds_of <- function(value, fallback) {
  seconds <- suppressWarnings(as.numeric(value))
  if (length(seconds) == 1L && is.finite(seconds) && seconds >= 0) seconds else fallback
}
