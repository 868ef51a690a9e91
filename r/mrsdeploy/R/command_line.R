#' The remote command line
#'
#' Enters the remote command line: each line typed runs in the remote session, with output as it comes, until `pause()`,
#' `exit` or the end of the input. [remoteLogin()] does this by itself unless `commandline = FALSE`.
#'
#' At the remote prompt, on a line of their own:
#' - `pause()` goes back to the local prompt; the remote session goes on.
#' - `exit` (and `remoteLogout()`) ends the remote session and signs out.
#' - `q()` ends the remote session too; where somebody can be asked, it is confirmed first.
#' - Ctrl-C interrupts the remote R. While that does not help, a second one also stops its child processes, and a third
#'   asks what to do.
#'
#' It is R's own prompt: expressions may span lines, and `readline()`, `menu()` and `browser()` work. Lines may be
#' typed, pasted, or come from a script that R reads, also in blocks that mix `pause()` and [resume()]: they go to the
#' local or to the remote R in their order. A connection that breaks is made again, without losing output.
#'
#' @param prompt The prompt.
#' @param displayPlots Whether plots are shown in the local plot window; needs the package png.
#' @param writePlots Whether plots are written to files in the local working directory.
#' @param recPlots Whether the remote side records plots. It always does; the argument is there for old scripts.
#' @return `NULL`, invisibly.
#' @seealso [pause()], [resume()]
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server) && interactive()) {
#'   remoteLogin(server, commandline = FALSE)
#'   remoteCommandLine()
#' }
#' @export
remoteCommandLine <- function(prompt = "REMOTE> ", displayPlots = TRUE, writePlots = FALSE, recPlots = TRUE) {
  check_string(prompt, "prompt", "the text of the remote prompt")
  check_flag(displayPlots, "displayPlots")
  check_flag(writePlots, "writePlots")
  check_flag(recPlots, "recPlots")
  connection <- need_session()
  connection$prompt <- prompt
  connection$plots <- list(display = displayPlots, write = writePlots, record = recPlots)
  if (editor_session(connection, connection$plots, TRUE)) return(invisible())
  command_line(connection, connection$plots)
}

#' Leave and enter the remote command line
#'
#' `pause()`, typed at the remote prompt, goes back to the local one; the remote session goes on, and so does what runs
#' there. `resume()`, typed at the local prompt, goes back to the remote one. The word `exit`, typed at the remote
#' prompt, ends the remote session and signs out, as [remoteLogout()] does at the local prompt.
#'
#' @return `NULL`, invisibly.
#' @name pause
#' @examples
#' # REMOTE> x <- 1
#' # REMOTE> pause()
#' # > y <- 2
#' # > resume()
#' # REMOTE> exit
#' if (FALSE) resume()
NULL

#' @rdname pause
#' @export
pause <- function() {
  need_session()
  if (is.null(editor_call("/pause"))) message("This is the local prompt already; resume() goes to the remote one.")
  invisible()
}

#' @rdname pause
#' @export
resume <- function() {
  connection <- need_session()
  if (!is.null(editor_call("/resume"))) return(invisible())
  command_line(connection, connection$plots)
}

# Runs the remote prompt until it is left. The session and the place in its console stay in the connection.
command_line <- function(connection, plots) {
  connection$plots <- plots
  loop <- if (connection$farside) new_loop(connection) else return(old_command_line(connection))
  if (is.null(connection$at)) connection$at <- current_prompt(connection)
  left <- NULL
  while (is.null(left)) {
    left <- tryCatch(
      follow_console(connection, function(events, leave) on_events(loop, events, leave), loop$patience),
      interrupt = function(i) interrupted(loop),
      mrsdeploy_error = function(e) session_error(connection, e)
    )
  }
  switch(left, exit = remoteLogout(), ended = forget_session(connection, loop$why))
  invisible()
}

# A session that is gone is forgotten; the error is told either way.
session_error <- function(connection, e) {
  if (e$code %in% c("noSuchSession", "sessionEnded")) forget_session(connection, conditionMessage(e))
  stop(e)
}

new_loop <- function(connection) {
  loop <- new.env(parent = emptyenv())
  loop$connection <- connection
  loop$screen <- new_screen()
  loop$patience <- new_patience(loop$screen)
  loop$ladder <- new_ladder()
  loop$live <- FALSE
  loop$sent <- NULL # the counter of an input that was not seen in the stream yet
  loop$asking <- FALSE
  loop$code <- "" # lines of an expression that is not complete
  loop$pages <- list()
  loop
}

# What the session waits for, when this console was not there to see its prompt.
current_prompt <- function(connection) {
  now <- http_json(connection, "GET", path_of("v2", "sessions", connection$session))$state
  kind <- switch(now$state, idle = now$prompt, waiting = now$prompt)
  if (is.null(kind) || connection$cursor == 0) return(NULL)
  if (kind == "continuation") kind <- "continue"
  text <- switch(kind, top = "> ", continue = "+ ", browser = "Browse> ", now$text)
  list(type = "prompt", kind = kind, text = text)
}

on_events <- function(loop, events, leave) {
  for (event in events) on_event(loop, event, leave)
  if (loop$live && is.null(loop$sent) && !is.null(loop$connection$at)) take_turn(loop, leave)
}

on_event <- function(loop, event, leave) {
  switch(event$type,
    begin = loop$live <- FALSE,
    live = loop$live <- TRUE,
    output = loop$screen$output(event$text, event$stream),
    input = if (is_own_input(loop$connection, event, loop$sent)) loop$sent <- NULL,
    discarded = if (is_own_input(loop$connection, event, loop$sent)) loop$sent <- NULL,
    plot = loop$pages <- note_page(loop$pages, event),
    gap = loop$screen$notice(gap_text(event)),
    ended = {
      loop$why <- ended_text(event)
      loop$screen$notice(loop$why)
      leave("ended")
    }
  )
}

gap_text <- function(event) {
  bytes <- if (is.numeric(event$bytes) && event$bytes > 0) paste0(format_size(event$bytes), " of ") else ""
  paste0("[", bytes, "output is not shown: ", if (is_string(event$reason)) event$reason else "it is gone", "]")
}

ended_text <- function(event) {
  why <- event$final$message
  if (!is_string(why)) "The remote session has ended." else paste0("The remote session has ended: ", clean_text(why))
}

# R waits for a line: ask for it and send it, or do what it says.
take_turn <- function(loop, leave) {
  connection <- loop$connection
  at <- connection$at
  loop$ladder$reset()
  if (at$kind == "top") {
    loop$code <- ""
    loop$pages <- show_pages(connection, loop$pages)
  }
  repeat {
    line <- ask_line(loop, at)
    if (is.null(line)) leave("eof")
    control <- if (at$kind %in% c("top", "browser")) control_word(line)
    if (is.null(control)) break
    if (nzchar(control$before)) {
      # Code in front of the word, on the same line, runs first.
      connection$then <- control$word
      line <- control$before
      break
    }
    obey(loop, control$word, leave)
  }
  loop$code <- paste0(loop$code, line, "\n")
  loop$sent <- send_input(connection, paste0(line, "\n"), loop$patience)
}

# NULL at the end of the input.
ask_line <- function(loop, at) {
  then <- loop$connection$then
  if (!is.null(then) && at$kind == "top") {
    loop$connection$then <- NULL
    return(if (then == "exit") then else paste0(then, "()"))
  }
  prompt <- switch(at$kind, top = loop$connection$prompt, clean_prompt(at$text))
  loop$asking <- TRUE
  line <- read_line(prompt, verbatim = at$kind == "continue" && in_string(loop$code))
  loop$asking <- FALSE
  loop$screen$prompted()
  if (!is.null(line) && at$kind %in% c("top", "continue", "browser")) add_to_history(line)
  line
}

clean_prompt <- function(text) {
  lines <- strsplit(text_cleaner()(text), "\n", fixed = TRUE)[[1L]]
  # readline() shows one line: what stands above it is printed.
  if (length(lines) > 1L) cat(lines[-length(lines)], sep = "\n")
  if (length(lines) == 0L) "" else lines[length(lines)]
}

# Whether code that is not complete ends inside a string, where spaces count.
in_string <- function(code) {
  problem <- tryCatch({
    parse(text = code, keep.source = FALSE)
    ""
  }, error = conditionMessage)
  grepl("INCOMPLETE_STRING", problem, fixed = TRUE)
}

obey <- function(loop, word, leave) {
  switch(word,
    pause = leave("pause"),
    exit = ,
    remoteLogout = leave("exit"),
    resume = loop$screen$notice("This is the remote session already."),
    quit = if (confirm("End the remote session? What is not in a snapshot is lost. [y/N] ")) leave("exit")
  )
}

confirm <- function(question) input_kind() == "plain" || grepl("^[yY]", trimws(readline(question)))
