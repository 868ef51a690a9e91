# The console of a session over plain HTTP: GET .../console is a stream of JSON events, one a line, behind a cursor.

# Milliseconds that one answer may take: below what proxies allow.
stream_wait_ms <- 25000

# A function that takes pieces of the stream and gives the events that are complete with it.
event_splitter <- function() {
  rest <- list()
  function(bytes) {
    ends <- grepRaw("\n", bytes, fixed = TRUE, all = TRUE)
    if (length(ends) == 0L) {
      rest[[length(rest) + 1L]] <<- bytes
      return(list())
    }
    end <- ends[length(ends)]
    whole <- do.call(c, c(rest, list(bytes[seq_len(end)])))
    rest <<- if (end < length(bytes)) list(bytes[(end + 1L):length(bytes)]) else list()
    parse_events(whole)
  }
}

parse_events <- function(bytes) {
  lines <- strsplit(text_of(bytes), "\n", fixed = TRUE)[[1L]]
  lines <- lines[nzchar(lines)]
  if (length(lines) == 0L) return(list())
  Encoding(lines) <- "UTF-8"
  jsonlite::fromJSON(paste0("[", paste(lines, collapse = ","), "]"), simplifyVector = FALSE)
}

console_url <- function(connection, wait_ms = stream_wait_ms) {
  query <- list(after = connection$cursor, waitMs = wait_ms)
  request_url(connection, paste0(path_of("v2", "sessions", connection$session), "/console"), query)
}

# What is there now behind the cursor, without waiting.
console_now <- function(connection) {
  path <- paste0(path_of("v2", "sessions", connection$session), "/console")
  reply <- http(connection, "GET", path, query = list(after = connection$cursor, waitMs = 0))
  events <- parse_events(reply$content)
  for (event in events) note_event(connection, event)
  events
}

# The cursor and the last prompt belong to the connection: the command line and remoteExecute() take turns.
note_event <- function(connection, event) {
  if (is.numeric(event$seq)) connection$cursor <- max(connection$cursor, event$seq)
  switch(event$type,
    prompt = connection$at <- event,
    # R took a line, from here or from another console of the session.
    consumed = connection$at <- NULL,
    ended = connection$at <- NULL
  )
  invisible()
}

close_stream <- function(connection) {
  connection$at <- NULL
  connection$then <- NULL
  invisible()
}

# Follows the console until `on_events` calls its second argument, a function that leaves with a value. It is called
# with the events of each piece of the stream, and with `begin` when the stream begins. A connection that breaks is made
# again behind the cursor, so nothing is lost or shown twice.
follow_console <- function(connection, on_events, patience) {
  callCC(function(leave) {
    repeat {
      error <- tryCatch({
        stream_once(connection, function(events) on_events(events, leave))
        NULL
      }, mrsdeploy_stream = identity)
      if (is.null(error)) patience$fine() else recover(connection, error, patience)
    }
  })
}

# One answer of the server, to its end.
stream_once <- function(connection, on_events) {
  split <- event_splitter()
  handle <- new_request(connection, "GET", timeout = stream_wait_ms / 1000 + connect_timeout_s * 2)
  receive <- function(bytes) {
    events <- split(bytes)
    for (event in events) note_event(connection, event)
    on_events(events)
  }
  on_events(list(list(type = "begin")))
  withCallingHandlers(
    curl::curl_fetch_stream(console_url(connection), receive, handle),
    error = function(e) {
      pass_interrupt(e)
      # Errors of what is called inside keep their own class.
      if (!inherits(e, "mrsdeploy_error") && is_curl_error(e)) stop(stream_error(e))
    }
  )
  invisible()
}

is_curl_error <- function(e) {
  # curl's own errors have no class in its older versions; they come from its calls.
  inherits(e, "curl_error") || grepl("open\\.connection|readBin|curl_fetch|isIncomplete", deparse(conditionCall(e))[1L])
}

stream_error <- function(e) {
  structure(
    class = c("mrsdeploy_stream", "error", "condition"),
    list(message = conditionMessage(e), call = NULL)
  )
}

# After a break: errors of the session or the sign-in are told; a server that is away is waited for.
recover <- function(connection, error, patience) {
  asked <- tryCatch(
    http(connection, "GET", path_of("v2", "sessions", connection$session), timeout = connect_timeout_s),
    error = identity
  )
  if (inherits(asked, "error") && !is_passing(asked)) stop(asked)
  patience$wait(if (inherits(asked, "error")) asked else error)
}

# The server is away or starts: it will come back.
is_passing <- function(e) is_unreachable(e) || isTRUE(e$status %in% c(502L, 503L, 504L))

# How long a server that is away is waited for: scripts some minutes, people until they press Ctrl-C.
new_patience <- function(screen, limit_s = if (interactive()) Inf else 600) {
  since <- NULL
  tries <- 0L
  list(
    fine = function() {
      if (tries > 1L) screen$notice("[connected again]")
      since <<- NULL
      tries <<- 0L
    },
    wait = function(error) {
      now <- as.numeric(Sys.time())
      if (is.null(since)) since <<- now
      if (now - since > limit_s) stop(error)
      tries <<- tries + 1L
      if (tries == 2L) screen$notice("[the connection is lost; waiting for the server, Ctrl-C leaves]")
      Sys.sleep(min(0.2 * 2^min(tries, 4L), 3))
    },
    waiting = function() tries > 0L
  )
}

# Runs `send` again while the server is away; what it sends must be safe to repeat.
persistently <- function(patience, send) {
  repeat {
    result <- tryCatch(send(), error = identity)
    if (!inherits(result, "error")) {
      patience$fine()
      return(result)
    }
    if (!is_passing(result)) stop(result)
    patience$wait(result)
  }
}
