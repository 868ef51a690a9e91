# Words that mean something at the remote prompt itself, and not to the remote R.

# list(word, before): what a complete line asks for, and the code in front of it on the same line; NULL for plain code.
control_word <- function(line) {
  parsed <- tryCatch(parse(text = line, keep.source = TRUE), error = function(e) NULL)
  if (length(parsed) == 0L) return(NULL)
  word <- word_of(parsed[[length(parsed)]])
  if (is.null(word)) return(NULL)
  before <- ""
  if (length(parsed) > 1L) {
    ref <- attr(parsed, "srcref")[[length(parsed)]]
    before <- sub("[;[:space:]]*$", "", substr(line, 1L, ref[5L] - 1L))
  }
  list(word = word, before = before)
}

word_of <- function(code) {
  if (identical(code, quote(exit))) return("exit")
  if (!is.call(code)) return(NULL)
  called <- code[[1L]]
  if (is.call(called) && identical(called[[1L]], quote(`::`)) && identical(called[[2L]], quote(mrsdeploy))) {
    called <- called[[3L]]
  }
  if (!is.name(called)) return(NULL)
  name <- as.character(called)
  if (name %in% c("q", "quit")) return("quit")
  if (name %in% c("pause", "resume", "remoteLogout") && length(code) == 1L) return(name)
  if (name == "exit" && length(code) == 1L) return("exit")
  NULL
}
