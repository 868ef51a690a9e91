#' @useDynLib mrsdeploy, .registration = TRUE
NULL

# A pasted block may switch between the two R: while there is a remote session its lines must come one by one, and the
# terminal's line editor must not hand it over as a whole.
lines_one_by_one <- function() {
  if (!is.null(state$paste) || !can_ask()) return(invisible())
  state$paste <- .Call(terminal_paste, FALSE)
  invisible()
}

# As it was before.
lines_as_pasted <- function() {
  if (isTRUE(state$paste)) .Call(terminal_paste, TRUE)
  state$paste <- NULL
  invisible()
}
