# Lines for the remote R: sent with a random id and a counter, so that one that is sent again runs once.

# Not by R's random numbers: their seed is the user's.
new_input_id <- function() {
  substr(cli::hash_sha256(paste(tempfile("input"), Sys.getpid(), format(Sys.time(), "%OS6"))), 1L, 16L)
}

# Returns the counter, by which the input is known again in the stream.
send_input <- function(connection, text, patience) {
  if (is.null(connection$client)) {
    connection$client <- new_input_id()
    connection$counter <- 0L
  }
  counter <- connection$counter + 1L
  connection$counter <- counter
  path <- paste0(path_of("v2", "sessions", connection$session), "/input")
  body <- list(client = connection$client, counter = counter, text = text)
  connection$at <- NULL
  persistently(patience, function() http(connection, "POST", path, body = body))
  counter
}

send_interrupt <- function(connection, level) {
  if (connection$farside) {
    path <- paste0(path_of("v2", "sessions", connection$session), "/interrupt")
    http(connection, "POST", path, body = list(level = level))
  } else {
    http(connection, "POST", paste0(path_of("sessions", connection$session), "/cancel"))
  }
  invisible()
}

is_own_input <- function(connection, event, counter) {
  identical(event$client, connection$client) && isTRUE(event$counter == counter)
}

# ---- reading lines here ----

# Where lines are typed: "editor" has line editing and a prompt of its own; "plain" is a pipe, a script or a file that R
# reads, of which we take the next line just as R's own prompt would.
input_kind <- function() if (can_ask()) "editor" else "plain"

# NULL at the end of the input. verbatim: leading spaces count, as inside a string.
read_line <- function(prompt, verbatim = FALSE) {
  if (input_kind() == "editor" && !verbatim) return(readline(prompt))
  shown <- interactive() || isTRUE(getOption("echo"))
  if (shown) cat(prompt)
  # R itself echoes what it reads, where it does so at its own prompt.
  line <- readLines(stdin(), 1L, warn = FALSE)
  if (length(line) == 0L) {
    if (shown) cat("\n")
    return(NULL)
  }
  line
}

# Lines typed at REMOTE> can be recalled as those of the local prompt.
add_to_history <- function(line) {
  if (input_kind() != "editor" || !nzchar(line)) return(invisible())
  try(utils::timestamp(stamp = line, prefix = "", suffix = "", quiet = TRUE), silent = TRUE)
  invisible()
}
