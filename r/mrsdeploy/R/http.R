# Requests over curl. A connection is an environment: endpoint, tokens, how to renew them, and the session.

# Seconds. A server that is reached answers a plain request well within the second; running code may take any time.
connect_timeout_s <- 15
request_timeout_s <- 120

# Sends a request and gives list(status, headers, content); an error reply is an R error.
# body: a list (sent as JSON), a raw vector, or NULL; form: parts of a form. timeout: seconds, 0 for none. accept:
# statuses that are no error. into: a file for the content.
http <- function(connection, method, path, body = NULL, query = list(), headers = list(), auth = TRUE,
                 timeout = request_timeout_s, accept = integer(), into = NULL, form = NULL) {
  send <- function() {
    handle <- new_request(connection, method, body, headers, auth, timeout)
    if (!is.null(form)) do.call(curl::handle_setform, c(list(handle), form))
    url <- request_url(connection, path, query)
    reply <- tryCatch(
      if (is.null(into)) curl::curl_fetch_memory(url, handle) else curl::curl_fetch_disk(url, into, handle),
      error = function(e) fail_unreachable(connection, e)
    )
    list(status = reply$status_code, headers = parse_headers(reply$headers), content = reply$content)
  }
  reply <- send()
  if (reply$status == 401L && auth && renew_tokens(connection, force = TRUE)) reply <- send()
  if (reply$status >= 300L && !reply$status %in% accept) fail_reply(connection, reply)
  note_clock(connection, reply$headers)
  reply
}

# The reply's JSON. Lists stay lists: the shape must not depend on the values.
http_json <- function(...) {
  content <- http(...)$content
  if (length(content) == 0L) return(NULL)
  jsonlite::fromJSON(text_of(content), simplifyVector = FALSE)
}

new_request <- function(connection, method, body = NULL, headers = list(), auth = TRUE, timeout = request_timeout_s) {
  handle <- curl::new_handle()
  curl::handle_setopt(
    handle,
    customrequest = method, followlocation = FALSE, connecttimeout = connect_timeout_s, timeout = timeout,
    tcp_keepalive = TRUE, useragent = paste0("mrsdeploy/", package_version_text())
  )
  trust_certificates(handle)
  # Some proxies wait for a body that never comes, others for "100 Continue".
  headers[["Expect"]] <- ""
  if (is.list(body)) {
    body <- json_raw(body)
    headers[["Content-Type"]] <- "application/json"
  }
  if (is.raw(body)) {
    curl::handle_setopt(handle, post = TRUE, postfieldsize_large = length(body), postfields = body)
  } else if (method == "HEAD") {
    curl::handle_setopt(handle, nobody = TRUE)
  } else if (method %in% c("POST", "PUT", "PATCH")) {
    curl::handle_setopt(handle, post = TRUE, postfieldsize = 0L, postfields = raw())
  }
  if (auth) headers[["Authorization"]] <- paste("Bearer", access_token(connection))
  do.call(curl::handle_setheaders, c(list(handle), headers))
  handle
}

request_url <- function(connection, path, query = list()) {
  query <- Filter(Negate(is.null), query)
  text <- paste0(names(query), "=", vapply(query, function(v) encode(as_text(v)), ""), collapse = "&")
  paste0(connection$endpoint, path, if (length(query) > 0L) paste0("?", text))
}

# A path from its parts, each encoded whole.
path_of <- function(...) paste0("/", paste(vapply(list(...), function(part) encode(as_text(part)), ""), collapse = "/"))

# "a b/c" as a path: slashes stay.
path_below <- function(path) paste(vapply(strsplit(path, "/", fixed = TRUE)[[1L]], encode, ""), collapse = "/")

as_text <- function(value) {
  if (is.logical(value)) return(if (value) "true" else "false")
  if (is.numeric(value)) format(value, scientific = FALSE, trim = TRUE, digits = 17) else value
}

encode <- function(text) curl::curl_escape(enc2utf8(text))

json_raw <- function(value) {
  if (length(value) == 0L) return(charToRaw("{}"))
  charToRaw(enc2utf8(as.character(jsonlite::toJSON(value, auto_unbox = TRUE, null = "null", digits = NA))))
}

text_of <- function(content) {
  # Text of R can not hold NUL.
  if (any(content == 0L)) content <- content[content != 0L]
  text <- rawToChar(content)
  Encoding(text) <- "UTF-8"
  text
}

parse_headers <- function(raw) {
  lines <- curl::parse_headers(raw)
  lines <- lines[grepl(":", lines, fixed = TRUE)]
  values <- trimws(sub("^[^:]*:", "", lines))
  structure(as.list(values), names = tolower(sub(":.*", "", lines)))
}

# The server's clock against ours, in seconds: times of its files are compared with its own time.
note_clock <- function(connection, headers) {
  if (is.null(headers$date)) return(invisible())
  there <- curl::parse_date(headers$date)
  if (!is.na(there)) connection$clock <- as.numeric(there) - as.numeric(Sys.time())
  invisible()
}

package_version_text <- function() as.character(utils::packageVersion("mrsdeploy"))
