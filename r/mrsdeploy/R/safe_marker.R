# What stands in a list for a promise that was not evaluated in the remote session: using it is the error that says so.
# length() and as.list() have no method: tools that write backtraces ask those of whatever stands in a call.

stop_unevaluated <- function(x, ...) {
  stop(structure(
    class = c("mrsdeploy_unevaluated", "error", "condition"),
    list(message = .subset2(unclass(x), "message"), call = NULL)
  ))
}

#' @export
print.mrsdeploy_promise <- stop_unevaluated
#' @export
format.mrsdeploy_promise <- stop_unevaluated
#' @export
summary.mrsdeploy_promise <- function(object, ...) stop_unevaluated(object)
#' @export
as.character.mrsdeploy_promise <- stop_unevaluated
#' @export
as.double.mrsdeploy_promise <- stop_unevaluated
#' @export
`[.mrsdeploy_promise` <- stop_unevaluated
#' @export
`[[.mrsdeploy_promise` <- stop_unevaluated
#' @export
`$.mrsdeploy_promise` <- function(x, name) stop_unevaluated(x)
#' @export
Math.mrsdeploy_promise <- stop_unevaluated
#' @export
Ops.mrsdeploy_promise <- function(e1, e2) stop_unevaluated(if (inherits(e1, "mrsdeploy_promise")) e1 else e2)
#' @export
Summary.mrsdeploy_promise <- function(..., na.rm = FALSE) {
  stop_unevaluated(Filter(function(x) inherits(x, "mrsdeploy_promise"), list(...))[[1L]])
}
