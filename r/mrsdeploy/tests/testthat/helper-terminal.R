# R in a real terminal, as somebody sits at it.

skip_without_terminal <- function() {
  skip_without_server()
  testthat::skip_on_os("windows")
}

# A test that waits for what never comes ends after this, with what was there. Seconds.
patience_s <- 120

# list(type, see, screen, close): `see` waits until the text shows up behind what was seen before.
terminal_r <- function() {
  server <- test_server()
  process <- processx::process$new(
    file.path(R.home("bin"), "R"), c("--no-save", "--no-restore", "--quiet"), pty = TRUE,
    pty_options = list(echo = TRUE, rows = 50L, cols = 120L), wd = tempdir(), cleanup_tree = TRUE,
    env = c(
      "current", R_LIBS = paste(.libPaths(), collapse = .Platform$path.sep), URL = server$url, PASSWORD = server$password,
      TERM = "xterm-256color", R_PROFILE_USER = "", HOME = tempdir(), DISPLAY = ""
    )
  )
  shown <- ""
  at <- 1L
  list(
    type = function(text) process$write_input(text),
    see = function(text) {
      give_up <- Sys.time() + patience_s
      repeat {
        place <- regexpr(text, substring(shown, at), fixed = TRUE)
        if (place > 0L) {
          before <- substring(shown, at, at + place - 2L)
          at <<- at + place + nchar(text) - 1L
          return(invisible(before))
        }
        if (!process$is_alive()) stop("R ended; it showed:\n", shown)
        if (Sys.time() > give_up) stop("\"", text, "\" did not show up:\n", shown)
        process$poll_io(1000)
        shown <<- paste0(shown, gsub("\r", "", process$read_output()))
      }
    },
    screen = function() shown,
    close = function() process$kill_tree()
  )
}

control_c <- "\003"
