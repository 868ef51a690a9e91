# Out-of-band calls: the code the server asks for runs here, at a prompt, and leaves no trace.

# Called from C with the code's text; gives list(ok, raw or character).
evaluate_call <- function(code) {
  restore <- keep_state()
  on.exit(restore())
  withCallingHandlers(
    tryCatch(
      list(TRUE, as_reply(eval(parse(text = code, keep.source = FALSE, encoding = "UTF-8"), globalenv()))),
      error = function(e) list(FALSE, enc2utf8(conditionMessage(e)))
    ),
    warning = function(w) invokeRestart("muffleWarning"),
    message = function(m) invokeRestart("muffleMessage")
  )
}

as_reply <- function(value) {
  if (is.raw(value)) value else enc2utf8(paste(as.character(value), collapse = "\n"))
}

# The random seed, the last warnings, the traceback and the options are the user's. A call that is meant to change them
# sets session$keep_changes.
keep_state <- function() {
  session$keep_changes <- FALSE
  global <- globalenv()
  base <- baseenv()
  seed <- global$.Random.seed
  warnings <- base$last.warning
  trace <- base$.Traceback
  settings <- options()
  function() {
    if (session$keep_changes) return(invisible())
    restore_options(settings)
    if (is.null(seed)) {
      if (exists(".Random.seed", global, inherits = FALSE)) rm(".Random.seed", envir = global)
    } else if (!identical(global$.Random.seed, seed)) {
      assign(".Random.seed", seed, global)
    }
    if (!identical(base$last.warning, warnings)) assign("last.warning", warnings, base)
    if (!identical(base$.Traceback, trace)) assign(".Traceback", trace, base)
  }
}

# Only those that changed: setting some has effects of its own. The width is what rpc_width() is for.
restore_options <- function(settings) {
  now <- options()
  if (identical(now, settings)) return(invisible())
  names <- setdiff(union(names(now), names(settings)), "width")
  changed <- names[!vapply(names, function(name) identical(now[[name]], settings[[name]]), NA)]
  before <- settings[changed] # NULL for those that were not there
  names(before) <- changed
  options(before)
}
