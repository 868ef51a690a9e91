# User name and password: given, or asked for without ever showing the password. They are not kept.

# list(username, password)
ask_credentials <- function(endpoint, username, password) {
  if (!is.null(username) && !is.null(password)) return(list(username = username, password = password))
  if (in_remote_session()) {
    fail(
      "noPrompt", "Inside a remote session nobody can be asked for a user name and a password.",
      "Give both: remoteLogin(url, session = FALSE, username = , password = )."
    )
  }
  from_editor <- editor_password(endpoint, username)
  if (is.list(from_editor)) return(from_editor)
  if (!can_ask()) {
    fail(
      "noPrompt", "R does not run interactively: nobody can be asked for a user name and a password.",
      "Give both: remoteLogin(url, username = , password = )."
    )
  }
  if (is.null(username)) username <- readline(paste0("User name for ", endpoint, ": "))
  if (!nzchar(username)) fail_cancelled()
  if (is.null(password)) password <- ask_password(paste0("Password for ", username, " at ", endpoint, ": "))
  if (is.null(password) || !nzchar(password)) fail_cancelled()
  list(username = username, password = password)
}

fail_cancelled <- function() fail("cancelled", "Signing in was cancelled.")

can_ask <- function() interactive() && (has_own_console() || isatty(stdin()))

# Front ends whose console is not the terminal: readline() asks there.
has_own_console <- function() {
  identical(Sys.getenv("RSTUDIO"), "1") || .Platform$GUI %in% c("Rgui", "AQUA", "RStudio", "Tk", "JGR")
}

# NULL when cancelled.
ask_password <- function(prompt) {
  # What the package rstudioapi calls too.
  rstudio <- if ("tools:rstudio" %in% search()) get0(".rs.api.askForPassword", as.environment("tools:rstudio"))
  if (is.function(rstudio)) return(rstudio(prompt))
  if (.Platform$OS.type == "unix" && isatty(stdin()) && !has_own_console()) return(ask_in_terminal(prompt))
  if (capabilities("tcltk") && requireNamespace("tcltk", quietly = TRUE)) return(ask_in_window(prompt))
  fail(
    "noPrompt", "There is no way here to ask for a password without showing it.",
    "Give it from a variable, e.g. password = Sys.getenv(\"MY_PASSWORD\")."
  )
}

# The terminal's echo is off while the password is typed, and on again whatever happens.
ask_in_terminal <- function(prompt) {
  before <- system2("stty", "-g", stdout = TRUE, stderr = FALSE)
  if (length(before) != 1L || !is.null(attr(before, "status"))) {
    fail("noPrompt", "The terminal's echo can not be turned off.", "Give the password as an argument.")
  }
  on.exit({
    system2("stty", before)
    cat("\n")
  })
  system2("stty", "-echo")
  # R's line editor sets the terminal's modes itself and would show the password: read from the terminal instead.
  terminal <- file("/dev/tty", "r", raw = TRUE)
  on.exit(close(terminal), add = TRUE)
  cat(prompt)
  readLines(terminal, 1L)
}

# A small window, for consoles on Windows and macOS.
ask_in_window <- function(prompt) {
  tk <- function(name) utils::getFromNamespace(name, "tcltk")
  entered <- tk("tclVar")("")
  done <- tk("tclVar")(0L)
  window <- tk("tktoplevel")()
  on.exit(tk("tkdestroy")(window))
  tk("tkwm.title")(window, "Password")
  field <- tk("tkentry")(window, width = "40", show = "*", textvariable = entered)
  set <- function(value) {
    force(value)
    function() tk("tcl")("set", done, value)
  }
  ok <- tk("tkbutton")(window, text = "OK", command = set(1L))
  cancel <- tk("tkbutton")(window, text = "Cancel", command = set(2L))
  tk("tkpack")(tk("tklabel")(window, text = prompt), field, ok, cancel, padx = 10, pady = 5)
  tk("tkbind")(field, "<Return>", set(1L))
  tk("tkbind")(window, "<Destroy>", set(2L))
  tk("tkfocus")(field)
  tk("tkwait.variable")(done)
  if (identical(tk("tclvalue")(done), "1")) tk("tclvalue")(entered) else NULL
}
