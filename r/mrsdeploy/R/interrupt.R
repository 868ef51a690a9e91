# Ctrl-C at the remote command line. Each one while R does not come back goes one rung up.

# A second one sooner than this is the same wish. Seconds.
same_wish_s <- 0.25

new_ladder <- function() {
  rung <- 0L
  last <- -Inf
  list(
    press = function(now = as.numeric(Sys.time())) {
      same <- rung > 0L && now - last < same_wish_s
      last <<- now
      if (!same && rung < 3L) rung <<- rung + 1L
      if (same) 0L else rung
    },
    step_back = function() rung <<- 2L,
    reset = function() {
      rung <<- 0L
      last <<- -Inf
    }
  )
}

# NULL goes on; else why the command line is left.
interrupted <- function(loop) {
  connection <- loop$connection
  if (loop$asking) return(interrupted_typing(loop))
  if (loop$patience$waiting()) {
    loop$screen$notice("Back at the local prompt; the remote session goes on. resume() comes back to it.")
    return("offline")
  }
  rung <- loop$ladder$press()
  if (rung == 3L) return(ask_about_stuck(loop))
  if (rung == 0L) return(NULL)
  if (rung == 2L) {
    loop$screen$notice("R has not stopped yet. Interrupted again, child processes too; once more asks what to do.")
  }
  told <- attempt(send_interrupt(connection, rung))
  if (inherits(told, "error")) loop$screen$notice(paste0("[the interrupt was not sent: ", conditionMessage(told), "]"))
  NULL
}

# What was typed is dropped; so is an expression that was not complete.
interrupted_typing <- function(loop) {
  connection <- loop$connection
  loop$asking <- FALSE
  cat("\n")
  loop$screen$prompted()
  if (!identical(connection$at$kind, "top")) {
    connection$at <- NULL
    attempt(send_interrupt(connection, 1L))
  }
  NULL
}

ask_about_stuck <- function(loop) {
  loop$ladder$step_back()
  if (input_kind() == "plain") {
    attempt(send_interrupt(loop$connection, 2L))
    return(NULL)
  }
  question <- "R does not stop. (w)ait, (l)eave it running and go to the local prompt, or (e)nd the remote session? "
  answer <- tryCatch(tolower(substr(trimws(readline(question)), 1L, 1L)), interrupt = function(i) "w")
  switch(answer, l = "pause", e = end_stuck(loop), NULL)
}

end_stuck <- function(loop) {
  path <- paste0(path_of("v2", "sessions", loop$connection$session), "/end")
  http(loop$connection, "POST", path, body = list(saveWorkspace = TRUE))
  loop$why <- "The remote session was ended; its files and its console are kept on the server."
  loop$screen$notice(loop$why)
  "ended"
}
