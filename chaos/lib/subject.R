# The profile of a session under test. What it prints goes to a file as well (the truth), and so does the number of
# each input it reads. Both are written after the console, in one piece that no interrupt divides.
.chaos <- new.env()

.chaos$open <- function() {
  if (!is.null(.chaos$truth)) return(invisible())
  .chaos$path <- file.path(Sys.getenv("CHAOS_TRUTH"), basename(dirname(getwd())))
  .chaos$truth <- file(paste0(.chaos$path, ".out"), "ab")
  .chaos$inputs <- file(paste0(.chaos$path, ".in"), "ab")
  .chaos$count <- 0
}

# Lines with running numbers, on standard output or standard error.
say <- function(text, error = FALSE) suspendInterrupts({
  .chaos$open()
  numbers <- .chaos$count + seq_along(text)
  .chaos$count <- .chaos$count + length(text)
  lines <- paste0(sprintf("%08d %s\n", numbers, text), collapse = "")
  cat(lines, file = if (error) stderr() else stdout())
  cat(lines, file = .chaos$truth)
  flush(.chaos$truth)
})

.chaos$note <- function(what) suspendInterrupts({
  .chaos$open()
  cat(what, "\n", file = .chaos$inputs, sep = "")
  flush(.chaos$inputs)
})

# An input: its number is written down, then its work is done.
i <- function(id, work) {
  .chaos$note(id)
  if (!missing(work)) work
  invisible()
}

# Whatever answers is an input, too: "i(17)" has the number 17.
ask <- function(times) for (k in seq_len(times)) {
  answer <- readline(paste0("answer ", k, "? "))
  .chaos$note(sub("^i\\(([0-9]+).*", "\\1", answer))
  say(paste("answered", answer), error = k %% 2 == 0)
}

lines <- function(times, pause = 0) for (k in seq_len(times)) {
  say("line of R", error = k %% 7 == 0)
  if (pause > 0 && k %% 20 == 0) Sys.sleep(pause)
}

flood <- function(blocks) for (k in seq_len(blocks)) say(rep(strrep("x", 60), 1000))

# tee writes to its standard output first, then to the truth; neither ends by an interrupt.
child <- function(id, count) {
  .chaos$open()
  code <- "trap '' INT TERM; seq -f 'child %s %%06.0f' 1 %d | tee -a '%s'; echo 'last of %s' | tee -a '%s' >&2"
  out <- paste0(.chaos$path, ".out")
  system(sprintf(code, id, count, out, id, out))
}

picture <- function() plot(rnorm(50))
nap <- function(seconds) Sys.sleep(seconds)
crunch <- function() sort(rnorm(1e6))[1]
