# The port that the browser comes back to, over base R's sockets, and what the sign-in is made of.

request_bytes <- 16384L
request_read_s <- 5

# list(socket, port). The kernel gives no free port to serverSocket(), so some are tried.
open_listener <- function(tries = 20L) {
  for (i in seq_len(tries)) {
    # Not from R's own random numbers: the user's seed stays as it is.
    port <- 49152L + sum(as.integer(random_bytes(2L)) * c(256L, 1L)) %% 16000L
    socket <- tryCatch(suppressWarnings(serverSocket(port)), error = function(e) NULL)
    if (!is.null(socket)) return(list(socket = socket, port = port))
  }
  fail("directory", "No port could be opened for the browser to come back to.", paste(
    "Use a code instead: options(mrsdeploy.aad = \"device\")."
  ))
}

# The first line of a request, "" when none comes in time. Bounded: anybody may connect.
read_request <- function(client) {
  ends <- as.numeric(Sys.time()) + request_read_s
  got <- raw()
  while (length(got) < request_bytes && length(grepRaw("\r\n\r\n", got, fixed = TRUE)) == 0L) {
    left <- ends - as.numeric(Sys.time())
    if (left <= 0 || !socketSelect(list(client), timeout = min(left, 1))) {
      if (left <= 0) break else next
    }
    part <- readBin(client, "raw", 4096L)
    if (length(part) == 0L) break
    got <- c(got, part)
  }
  strsplit(text_of(got), "\r\n", fixed = TRUE)[[1L]][1L]
}

# The query of a request for "/", decoded; NULL for any other request.
redirect_query <- function(line) {
  if (!is_string(line)) return(NULL)
  parts <- regmatches(line, regexec("^GET /\\?([^ #]*) HTTP/1\\.[01]$", line))[[1L]]
  if (length(parts) == 0L) return(NULL)
  pairs <- strsplit(parts[2L], "&", fixed = TRUE)[[1L]]
  names <- sub("=.*", "", pairs)
  values <- ifelse(grepl("=", pairs, fixed = TRUE), sub("^[^=]*=", "", pairs), "")
  decoded <- curl::curl_unescape(gsub("+", " ", values, fixed = TRUE))
  query <- first_by_name(names, decoded)
  if (is.null(query$state) || (is.null(query$code) && is.null(query$error))) NULL else query
}

# The first of each name.
first_by_name <- function(names, values) {
  first <- !duplicated(names)
  structure(as.list(values[first]), names = names[first])
}

send_page <- function(client, status, text) {
  safe <- gsub(">", "&gt;", gsub("<", "&lt;", gsub("&", "&amp;", clean_text(text), fixed = TRUE), fixed = TRUE), fixed = TRUE)
  page <- paste0(
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>mrsdeploy</title>",
    "<body style=\"font:16px sans-serif;margin:4em auto;max-width:36em\"><p>", safe, "</p></body></html>"
  )
  body <- charToRaw(enc2utf8(page))
  head <- paste0(
    "HTTP/1.1 ", status, "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ", length(body),
    "\r\nConnection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer",
    "\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n"
  )
  # A browser that is gone needs no page.
  tryCatch(writeBin(c(charToRaw(head), body), client), error = function(e) NULL)
  invisible()
}

# 256 bits, as text for addresses.
random_text <- function() base64url(random_bytes(32L))

# From the operating system: R's own random numbers can be guessed.
random_bytes <- function(n) {
  if (file.exists("/dev/urandom")) {
    source <- file("/dev/urandom", "rb", raw = TRUE)
    on.exit(close(source))
    return(readBin(source, "raw", n))
  }
  code <- paste0(
    "$b=New-Object byte[] ", n, ";[Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($b);",
    "[BitConverter]::ToString($b)"
  )
  said <- system2("powershell", c("-NoProfile", "-NonInteractive", "-Command", shQuote(code, "cmd")), stdout = TRUE)
  bytes <- hex_bytes(tolower(gsub("-", "", said[1L], fixed = TRUE)))
  if (length(bytes) != n) fail("directory", "The system gives no random numbers.", "Use options(mrsdeploy.aad = \"device\").")
  bytes
}

hex_bytes <- function(text) {
  starts <- seq(1L, nchar(text), 2L)
  as.raw(strtoi(substring(text, starts, starts + 1L), 16L))
}

base64url <- function(bytes) {
  chartr("+/", "-_", gsub("[=\n]", "", jsonlite::base64_enc(bytes)))
}

# The claims of an ID token that came from the directory itself, over https.
claims_of <- function(token) {
  if (!is_string(token)) return(list())
  part <- strsplit(token, ".", fixed = TRUE)[[1L]][2L]
  if (!is_string(part)) return(list())
  text <- chartr("-_", "+/", part)
  text <- paste0(text, strrep("=", (4L - nchar(text) %% 4L) %% 4L))
  tryCatch(
    jsonlite::fromJSON(text_of(jsonlite::base64_dec(text)), simplifyVector = FALSE),
    error = function(e) list()
  )
}
