# First in the R of Farside's terminal: marks what R waits for with a nonce, so that the terminal need not guess, and
# then runs the user's own profile. Needs only base: the other packages are attached after it.
local({
  nonce <- Sys.getenv("FARSIDE_LOCAL_NONCE")
  columns <- Sys.getenv("FARSIDE_LOCAL_COLUMNS", "80")
  own <- Sys.getenv("FARSIDE_LOCAL_PROFILE", NA)
  Sys.unsetenv(c("FARSIDE_LOCAL_NONCE", "FARSIDE_LOCAL_COLUMNS", "FARSIDE_LOCAL_PROFILE"))
  # An R that this one starts gets the user's profile, not this one.
  if (is.na(own)) Sys.unsetenv("R_PROFILE_USER") else Sys.setenv(R_PROFILE_USER = own)
  if (!nzchar(nonce)) return(invisible())

  head <- paste0("\036", nonce)
  # R cuts a prompt of readline() after 255 bytes.
  room <- 255L - nchar(head, "bytes") - 3L
  mark <- function(kind, text) paste0(head, kind, text, "\037")
  plain <- function(text) {
    if (is.character(text) && length(text) == 1L && startsWith(text, head))
      substr(text, nchar(head) + 3L, nchar(text) - 1L) else text
  }
  raw_option <- function(name) .Internal(getOption(name))

  turn <- 0L
  # The digit changes with each command that succeeds: that is how the terminal tells an error.
  set_prompts <- function() {
    turn <<- 1L - turn
    options(
      prompt = mark(paste0(">", turn), plain(raw_option("prompt"))),
      continue = mark("+0", plain(raw_option("continue")))
    )
    TRUE
  }

  here <- environment()
  put <- function(name, value) {
    environment(value) <- here
    unlockBinding(name, baseenv())
    assign(name, value, envir = baseenv())
    lockBinding(name, baseenv())
  }
  # Code that asks for the prompt to print it, as source(echo = TRUE) does, gets it as the user set it.
  put("getOption", function(x, default = NULL) {
    ans <- .Internal(getOption(x))
    if (is.null(ans)) default
    else if (identical(x, "prompt") || identical(x, "continue")) plain(ans)
    else ans
  })
  put("readline", function(prompt = "") {
    prompt <- as.character(prompt)[1L]
    if (nchar(prompt, "bytes") > room) {
      cat(prompt)
      prompt <- ""
    }
    .Internal(readline(mark("?0", prompt)))
  })

  # For what the terminal asks on its own; .Last.value stays what it was.
  quietly <- function(expr) {
    last <- get0(".Last.value", envir = baseenv())
    tryCatch(expr, error = function(e) NULL)
    invisible(last)
  }
  reply <- function(text) cat(mark("=0", paste(text, collapse = "\n")))
  tools <- new.env()
  tools$.farside <- list(
    width = function(columns) quietly(options(width = min(max(as.integer(columns), 10L), 10000L))),
    run = quietly,
    has = function(package) quietly(reply(nzchar(system.file(package = package)))),
    complete = function(before, cursor) quietly({
      utils <- asNamespace("utils")
      utils$.assignLinebuffer(before)
      utils$.assignEnd(nchar(before, "bytes"))
      token <- utils$.guessTokenFromLine()
      utils$.completeToken()
      items <- as.character(utils$.retrieveCompletions())
      reply(c(max(cursor - nchar(token), 0L), items[nzchar(items) & items != token]))
    })
  )
  attach(tools, name = "tools:farside", warn.conflicts = FALSE)

  # A pager and an editor need a terminal of their own, which R does not have here.
  show_text <- function(files, header = "", title = "", delete.file = FALSE) {
    for (i in seq_along(files)) {
      if (length(header) >= i && nzchar(header[i])) cat(header[i], "\n\n", sep = "")
      text <- readLines(files[i], warn = FALSE)
      cat(gsub("_\b", "", text, fixed = TRUE), "", sep = "\n")
    }
    if (delete.file) unlink(files)
  }
  no_editor <- function(name, file = "", title = "", ...) {
    stop("There is no editor in this terminal. Open the file in VS Code: ", if (nzchar(file)) normalizePath(file), call. = FALSE)
  }
  options(
    width = min(max(as.integer(columns), 10L), 10000L), pager = show_text, editor = no_editor,
    help_type = "text", menu.graphics = FALSE, crayon.enabled = TRUE, crayon.colors = 256L
  )

  profile <- if (is.na(own)) Filter(file.exists, c(".Rprofile", "~/.Rprofile"))[1L] else path.expand(own)
  if (!is.na(profile) && file.exists(profile))
    tryCatch(
      source(profile, local = FALSE, echo = FALSE, print.eval = TRUE),
      error = function(e) message("Error in ", profile, ": ", conditionMessage(e))
    )
  set_prompts()
  invisible(addTaskCallback(function(...) set_prompts(), name = "farside"))
})
