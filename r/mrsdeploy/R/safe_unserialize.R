# An object that comes from a server can not run code when it is loaded or first touched. src/stream_*.c checks the
# serialization stream without making R objects of it; what passes is read by R itself. docs/safe-objects.md says what
# is refused, replaced and let in.

#' Read a serialized value that somebody else wrote
#'
#' @param source A raw vector or the path of a file: what `serialize()`, `saveRDS()` or `save()` wrote in a binary
#'   format. Of what `save()` wrote the value is a named list.
#' @param trust Whether to read it as R would, without checks.
#' @return The value. An error of class `mrsdeploy_unsafe` when it is refused; a warning of class `mrsdeploy_replaced`
#'   when promises that were not evaluated were replaced by ones that stop with a reason.
#' @noRd
safe_unserialize <- function(source, trust = getOption("mrsdeploy.trust", FALSE)) {
  if (is.raw(source) && length(source) < 2L || is.character(source) && !file.exists(source)) {
    stop_unsafe("there is nothing to read")
  }
  plain <- safe_expand(source)
  if (!identical(plain, source) && is.character(plain)) on.exit(unlink(plain))
  if (isTRUE(trust)) return(trusting_unserialize(plain))
  handle <- refusing(.Call(stream_open, plain, primitive_names(), FALSE))
  on.exit(.Call(stream_close, handle), add = TRUE, after = FALSE)
  about <- .Call(stream_about, handle)
  absent <- absent_packages(about[[2]])
  read <- refusing(.Call(stream_value, handle, absent))
  if (read[[2]] > 0) warn_replaced(read[[2]])
  if (about[[1]]) as.list(read[[1]]) else read[[1]]
}

stop_unsafe <- function(reason, advice = TRUE) {
  text <- paste0("The object from the server was not loaded: ", reason, ".")
  if (advice) {
    text <- paste0(text, " If you trust the server, options(mrsdeploy.trust = TRUE) loads it all the same.")
  }
  stop(structure(
    class = c("mrsdeploy_unsafe", "error", "condition"),
    list(message = text, call = NULL, reason = reason)
  ))
}

refusing <- function(call) tryCatch(call, error = function(e) stop_unsafe(conditionMessage(e)))

warn_replaced <- function(count) {
  text <- sprintf(ngettext(
    count,
    "%d value was an unevaluated promise in the remote session. Using it is an error that says so.",
    "%d values were unevaluated promises in the remote session. Using one is an error that says so."
  ), as.integer(count))
  warning(structure(
    class = c("mrsdeploy_replaced", "warning", "condition"), list(message = text, call = NULL, count = count)
  ))
}

# Namespaces are loaded as R would, from the libraries of the user; nothing is attached. What is not here is named, and
# the global environment stands in for it, as in R.
absent_packages <- function(names) {
  names <- unique(names)
  attached <- startsWith(names, "package:")
  here <- ifelse(attached, names %in% search(), vapply(names, namespace_is_here, NA, USE.NAMES = FALSE))
  absent <- names[!as.logical(here)]
  if (length(absent) > 0L) {
    text <- paste0(
      "The object refers to ", paste0("\"", sub("^package:", "", absent), "\"", collapse = ", "),
      ", which is not ", ifelse(any(startsWith(absent, "package:")), "attached", "installed"),
      " here; the global environment stands in for it."
    )
    warning(structure(
      class = c("mrsdeploy_absent", "warning", "condition"), list(message = text, call = NULL, packages = absent)
    ))
  }
  absent
}

namespace_is_here <- function(name) {
  if (startsWith(name, "package:")) return(FALSE)
  isNamespaceLoaded(name) || suppressMessages(requireNamespace(name, quietly = TRUE))
}

trusting_unserialize <- function(source) {
  if (is.raw(source)) {
    if (!startsWith_raw(source, "RDX")) return(unserialize(source))
    source <- rawConnection(source)
    on.exit(close(source))
  } else if (!startsWith_raw(readBin(source, "raw", 5L), "RDX")) {
    file <- file(source, "rb")
    on.exit(close(file))
    return(unserialize(file))
  }
  into <- new.env(parent = emptyenv())
  names <- load(source, into)
  mget(names, into)
}

startsWith_raw <- function(bytes, text) {
  magic <- charToRaw(text)
  length(bytes) >= length(magic) && identical(bytes[seq_along(magic)], magic)
}
