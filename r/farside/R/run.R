#' Run a file as `source()` does, under its own name
#'
#' The text is a stored copy of what stands in the editor, saved or not; errors, tracebacks and `browser()` name the
#' file as its author knows it.
#'
#' @param path The stored copy. UTF-8, or else latin1; any line ends; a byte order mark is dropped.
#' @param name The file's name, as errors and source references show it.
#' @param echo Whether the code is shown before its output, after `> ` and `+ `.
#' @param args What `commandArgs(trailingOnly = TRUE)` gives during the run; `NULL`: as in the session.
#' @param stop Whether an error ends the run; otherwise it is shown and the next expression runs.
#' @return `NULL`, invisibly. An error in the file is an R error, after which the lines it came from are named.
#' @keywords internal
run_file <- function(path, name, echo = TRUE, args = NULL, stop = TRUE) {
  lines <- read_script(path)
  if (!is.null(args)) {
    before <- commandArgs()
    .Call(farside_set_args, c(before[1], paste0("--file=", name), "--args", args))
    on.exit(.Call(farside_set_args, before), add = TRUE)
  }
  ofile <- name # where scripts look for their own name, as below source()
  code <- parse_script(lines, name)
  failure <- new.env(parent = emptyenv())
  finished <- FALSE
  frame <- sys.nframe()
  on.exit(if (!finished) explain_failure(failure, name, frame), add = TRUE)
  shown <- 0L
  for (i in seq_along(code)) {
    if (echo) shown <- show_code(lines, attr(code, "srcref")[[i]], shown)
    if (stop) {
      result <- withCallingHandlers(
        withVisible(eval(code[i], globalenv())),
        error = function(e) {
          failure$places <- places_of(sys.calls()[-seq_len(frame)])
          failure$innermost <- innermost_frame(sys.calls())
          if (identical(conditionCall(e), our_call)) stop(without_call(e))
        },
        warning = function(w) {
          if (!identical(conditionCall(w), our_call)) return()
          warning(without_call(w))
          invokeRestart("muffleWarning")
        }
      )
      if (result$visible) print_value(result$value)
    } else {
      try_code(code[i])
    }
  }
  if (echo) show_lines(lines, shown + 1L, length(lines))
  finished <- TRUE
  invisible()
}

try_code <- function(code) {
  places <- NULL
  failed <- try(withCallingHandlers(
    {
      result <- withVisible(eval(code, globalenv()))
      if (result$visible) print_value(result$value)
    },
    error = function(e) places <<- places_of(sys.calls())
  ))
  if (inherits(failed, "try-error")) show_places(places)
}

# As the console does: S4 objects by show().
print_value <- function(value) if (isS4(value)) methods::show(value) else print(value)

read_script <- function(path) {
  bytes <- readBin(path, "raw", file.size(path))
  if (length(bytes) >= 3L && identical(bytes[1:3], as.raw(c(0xef, 0xbb, 0xbf)))) bytes <- bytes[-(1:3)]
  if (any(bytes == 0L)) stop("The file has NUL bytes: it is not a script.", call. = FALSE)
  text <- rawToChar(bytes)
  if (validUTF8(text)) Encoding(text) <- "UTF-8" else text <- iconv(text, "latin1", "UTF-8")
  strsplit(gsub("\r\n?", "\n", text), "\n", fixed = TRUE)[[1]]
}

# R's own message has name, line, column and a caret; it needs no call before it.
parse_script <- function(lines, name) {
  tryCatch(
    parse(text = lines, srcfile = srcfilecopy(name, lines, isFile = FALSE), keep.source = TRUE, encoding = "UTF-8"),
    error = function(e) stop(conditionMessage(e), call. = FALSE)
  )
}

# ---- echo ----

# The lines of an expression with the comments before it; gives the last line shown.
show_code <- function(lines, ref, shown) {
  last <- ref[3L]
  first <- ref[1L]
  if (last <= shown) return(shown) # after a semicolon
  show_lines(lines, shown + 1L, first - 1L)
  inside <- lines[max(first, shown + 1L):last]
  writeLines(paste0(rep(c(getOption("prompt"), getOption("continue")), c(1L, length(inside) - 1L)), inside))
  last
}

# Comments, as the console shows them; empty lines are left out.
show_lines <- function(lines, from, to) {
  if (from > to) return(invisible())
  lines <- lines[from:to]
  lines <- lines[grepl("[^[:space:]]", lines)]
  if (length(lines) > 0L) writeLines(paste0(getOption("prompt"), lines))
}

# ---- errors ----

# Where in files the calls under way were written, innermost first: "analysis.R:12".
places_of <- function(calls) {
  places <- vapply(rev(calls), function(call) {
    ref <- attr(call, "srcref")
    if (is.null(ref)) return("")
    file <- attr(ref, "srcfile")$filename
    if (length(file) != 1L || !nzchar(file)) "" else paste0(file, ":", ref[1L])
  }, "")
  unique(places[nzchar(places)])
}

show_places <- function(places) {
  if (length(places) > 0L) writeLines(paste0("  at ", places), stderr())
}

# After R's own message, while the frames of the run go away.
explain_failure <- function(failure, name, frame) {
  show_places(failure$places)
  # R stores the traceback when all is unwound.
  .Call(farside_before_prompt, function() {
    trace <- get0(".Traceback", baseenv(), inherits = FALSE)
    if (length(trace) > 0L) assign(".Traceback", clean_traceback(trace, name, frame, failure$innermost), baseenv())
  })
}

# stop() and warning() at top level name the call that evaluates the script. As Rscript shows them, there is none.
our_call <- quote(eval(code[i], globalenv()))
without_call <- function(condition) {
  condition$call <- NULL
  condition
}

# The frame in which the error arose: R's own and ours that handle it come behind it.
innermost_frame <- function(calls) {
  handling <- vapply(calls, function(call) is.call(call) && identical(call[[1L]], as.name(".handleSimpleError")), NA)
  if (any(handling)) which(handling)[1L] - 1L else length(calls) - 1L
}

# Between the run and the code there are withCallingHandlers(), withVisible() and eval() twice.
run_file_frames <- 4L

# Those frames are ours, so are those
# behind the innermost one, when the error was raised again without its call.
clean_traceback <- function(trace, name, frame, innermost = NULL) {
  if (!is.null(innermost)) trace <- trace[seq_along(trace) > length(trace) - innermost]
  run <- length(trace) - frame + 1L
  ours <- run - seq_len(run_file_frames)
  if (any(ours < 1L)) return(trace)
  # Calls, or in an older R their text.
  texts <- vapply(trace[c(run, ours)], function(call) deparse(call, nlines = 1L)[1L], "")
  expected <- c("run_file\\(", "withCallingHandlers\\(", "withVisible\\(", "eval\\(", "eval\\(")
  if (!all(mapply(grepl, expected, texts))) return(trace)
  trace[[run]] <- call("run_file", name)
  trace[-ours]
}
