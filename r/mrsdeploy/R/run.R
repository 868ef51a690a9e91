# Running code by POST .../execute while its console is followed: output comes from the console, the result from the
# reply.

# Seconds between looks at what came in.
tick_s <- 0.1
# Below this, output is not shown before the end, as documented. Milliseconds.
least_update_ms <- 1000

console_update_ms <- function() {
  every <- getOption("mrsdeploy.console_update", 5000)
  if (is.numeric(every) && length(every) == 1L && !is.na(every)) every else 5000
}

# The reply as a list. Output is shown here.
run_code <- function(connection, body, outputs) {
  run <- new.env(parent = emptyenv())
  run$connection <- connection
  run$screen <- new_screen()
  run$ladder <- new_ladder()
  run$shown <- ""
  run$pool <- curl::new_pool()
  run$failed <- "no"
  run$live <- console_update_ms() >= least_update_ms
  if (connection$farside) begin_now(connection)
  start_execution(run, body)
  while (is.null(run$reply) && is.null(run$broken)) {
    tryCatch(
      {
        look_at_console(run)
        curl::multi_run(timeout = tick_s, pool = run$pool)
      },
      interrupt = function(i) interrupt_run(run)
    )
  }
  close_pool(run$pool)
  if (!is.null(run$broken)) return(find_result(run, outputs))
  if (run$reply$status >= 300L) fail_reply(connection, run$reply)
  reply <- jsonlite::fromJSON(text_of(run$reply$content), simplifyVector = FALSE)
  show_rest(run, reply)
  reply
}

# The console is followed from here on: what was printed before was shown, or belongs to somebody else.
begin_now <- function(connection) {
  console_now(connection)
  connection$started <- as.numeric(Sys.time()) + connection$clock
  invisible()
}

start_execution <- function(run, body) {
  connection <- run$connection
  handle <- new_request(connection, "POST", body, list("Content-Type" = "application/json"), timeout = 0)
  path <- paste0(path_of("sessions", connection$session), "/execute")
  curl::handle_setopt(handle, url = request_url(connection, path))
  curl::multi_add(
    handle, pool = run$pool,
    done = function(reply) {
      run$reply <- list(status = reply$status_code, headers = parse_headers(reply$headers), content = reply$content)
    },
    fail = function(message) run$broken <- message
  )
}

look_at_console <- function(run) {
  if (!run$live) return(invisible())
  if (run$connection$farside) follow_in_pool(run) else poll_console(run)
}

# The stream of events beside the execution, in the same pool. It is asked for again when it ends or breaks.
follow_in_pool <- function(run) {
  connection <- run$connection
  answer_prompt(run)
  if (!is.null(run$stream) || isTRUE(run$not_before > as.numeric(Sys.time()))) return(invisible())
  split <- event_splitter()
  handle <- new_request(connection, "GET", timeout = stream_wait_ms / 1000 + connect_timeout_s * 2)
  curl::handle_setopt(handle, url = console_url(connection))
  again <- function(reply) {
    if (!is.list(reply) || reply$status_code != 200L) run$not_before <- as.numeric(Sys.time()) + 1
    run$stream <- NULL
  }
  run$stream <- handle
  # An error in this function could not be caught outside it.
  receive <- function(bytes, ...) {
    tryCatch(for (event in split(bytes)) run_event(run, event), error = function(e) run$trouble <- e)
    invisible()
  }
  curl::multi_add(handle, data = receive, done = again, fail = again, pool = run$pool)
}

run_event <- function(run, event) {
  note_event(run$connection, event)
  switch(event$type,
    output = run$screen$output(event$text, event$stream),
    prompt = run$prompt <- if (event$kind %in% c("readline", "menu", "browser")) event,
    reset = run$failed <- event$reason,
    gap = run$screen$notice(gap_text(event))
  )
}

# The code asks for a line. In a script nobody answers: it gets an empty one, as R's own readline() gives then.
answer_prompt <- function(run) {
  at <- run$prompt
  if (is.null(at)) return(invisible())
  run$prompt <- NULL
  prompt <- clean_prompt(at$text)
  answer <- if (can_ask()) readline(prompt) else if (at$kind == "menu") "0" else if (at$kind == "browser") "Q" else ""
  if (!can_ask()) cat(prompt, answer, "\n", sep = "")
  send_input(run$connection, paste0(answer, "\n"), new_patience(run$screen))
}

# An old server tells the output so far; what is new of it is shown.
poll_console <- function(run) {
  now <- as.numeric(Sys.time()) * 1000
  if (is.null(run$polled)) run$polled <- now
  if (now - run$polled < console_update_ms()) return(invisible())
  run$polled <- now
  connection <- run$connection
  path <- paste0(path_of("sessions", connection$session), "/console-output")
  seen <- attempt(http_json(connection, "GET", path)$consoleOutput)
  if (is_string(seen)) show_new(run, seen)
}

show_new <- function(run, text) {
  text <- gsub("\r\n", "\n", text, fixed = TRUE)
  if (!startsWith(text, run$shown)) run$shown <- ""
  run$screen$output(substring(text, nchar(run$shown) + 1L))
  run$shown <- text
}

# All that was printed until the end: the console has it before the reply is sent.
show_rest <- function(run, reply) {
  connection <- run$connection
  if (!connection$farside) return(show_new(run, if (is_string(reply$consoleOutput)) reply$consoleOutput else ""))
  for (event in console_now(connection)) run_event(run, event)
  invisible()
}

interrupt_run <- function(run) {
  rung <- run$ladder$press()
  if (rung == 0L) return(invisible())
  if (rung == 3L) {
    run$broken <- NULL
    fail("left", "The remote code does not stop; it was left running.", "resume() shows its console.")
  }
  if (rung == 2L) {
    run$screen$notice("R has not stopped yet. Interrupted again, child processes too; once more leaves it running.")
  }
  told <- attempt(send_interrupt(run$connection, rung))
  if (inherits(told, "error")) run$screen$notice(paste0("[the interrupt was not sent: ", conditionMessage(told), "]"))
}

close_pool <- function(pool) for (handle in curl::multi_list(pool)) curl::multi_cancel(handle)

# The connection broke while the code ran. The session goes on: wait for its prompt and ask for what is there then.
find_result <- function(run, outputs) {
  connection <- run$connection
  lost <- paste0("The connection broke while the code ran: ", run$broken)
  if (!connection$farside) fail_unreachable(connection, simpleError(lost))
  run$screen$notice("[the connection is lost; waiting for the server]")
  patience <- new_patience(run$screen)
  printed <- wait_for_prompt(run, patience)
  # R keeps the message of its last error.
  body <- execute_body(if (run$failed == "error") "cat(geterrmessage())" else "", NULL, if (run$failed == "no") outputs)
  path <- paste0(path_of("sessions", connection$session), "/execute")
  reply <- persistently(patience, function() {
    http_json(connection, "POST", path, body = body, headers = list("Content-Type" = "application/json"), timeout = 0)
  })
  for (event in console_now(connection)) note_event(connection, event)
  message <- switch(run$failed, no = "", error = reply$consoleOutput, "The execution was interrupted.")
  list(
    success = run$failed == "no", errorMessage = message,
    outputParameters = if (run$failed == "no") reply$outputParameters else list(),
    consoleOutput = printed, changedFiles = files_since(connection, connection$started)
  )
}

# Shows what comes until R is at its prompt again; gives all of it that came since the break.
wait_for_prompt <- function(run, patience) {
  connection <- run$connection
  printed <- character()
  live <- FALSE
  if (identical(connection$at$kind, "top")) connection$at <- NULL
  follow_console(connection, function(events, leave) {
    for (event in events) {
      run_event(run, event)
      switch(event$type,
        begin = live <<- FALSE,
        live = live <<- TRUE,
        output = printed <<- c(printed, event$text),
        ended = fail("sessionEnded", ended_text(event))
      )
    }
    if (live && (identical(connection$at$kind, "top") || is_idle(connection))) leave(NULL)
    answer_prompt(run)
  }, patience)
  paste(printed, collapse = "")
}

is_idle <- function(connection) {
  now <- http_json(connection, "GET", path_of("v2", "sessions", connection$session))$state
  identical(now$state, "idle") && identical(now$prompt, "top")
}

files_since <- function(connection, since) {
  files <- http_json(connection, "GET", paste0(path_of("v2", "sessions", connection$session), "/files"))
  changed <- vapply(files, function(file) file$modified / 1000 >= since - 1, NA)
  vapply(files[changed], function(file) file$path, "")
}
