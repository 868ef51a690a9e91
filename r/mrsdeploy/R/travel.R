# The sending side; r/farside/R/travel.R is a copy (npm run shared). serialize() forces no promise and runs no active
# binding; the stream it wrote is looked through, so that nobody's environments are touched.

#' Write values to a file so that they can travel
#'
#' Promises that were forced are written as their values. Promises that were not, and active bindings, are never
#' evaluated: they stay what they are, and are named.
#'
#' @param values A named list.
#' @param file Where to write it, as `serialize()` does. NULL: nothing is written.
#' @return A list of `value` (without what can not travel at all), `dropped` (a data frame of `name` and `reason`: what
#'   is missing, or arrives incomplete) and `size` in bytes.
#' @noRd
prepare_for_travel <- function(values, file = NULL) {
  rooted <- vapply(values, stays_behind, "", USE.NAMES = FALSE)
  kept <- values[is.na(rooted)]
  dropped <- travel_report(names(values)[!is.na(rooted)], rooted[!is.na(rooted)])
  path <- if (is.null(file)) tempfile("travel-") else file
  if (is.null(file)) on.exit(unlink(path))
  found <- travel_write(kept, path)
  about <- travel_report(names(kept)[found$element], travel_reason(found$what))
  list(value = kept, dropped = rbind(dropped, about), size = file.size(path))
}

# A value that is nothing but a handle of this process.
stays_behind <- function(value) {
  if (inherits(value, "connection")) return("a connection belongs to the R that opened it")
  switch(typeof(value),
    externalptr = "an external pointer is an address in the memory of this R",
    weakref = "a weak reference does not keep what it refers to",
    NA_character_
  )
}

travel_report <- function(name, reason) data.frame(name = as.character(name), reason = as.character(reason))

# Written once; a second time only when promises have to be resolved. What was found, by element of the list.
travel_write <- function(values, path) {
  to <- file(path, "wb")
  tryCatch(serialize(values, to, xdr = FALSE, version = 3L), finally = close(to))
  none <- list(element = integer(), what = character())
  # What the scan does not understand is the receiver's to judge.
  handle <- tryCatch(.Call(stream_open, path, primitive_names(), TRUE), error = function(e) NULL)
  if (is.null(handle)) return(none)
  on.exit(.Call(stream_close, handle))
  about <- .Call(stream_about, handle)
  if (about[[5]]) {
    resolved <- paste0(path, ".resolved")
    .Call(stream_save, handle, resolved, character())
    .Call(stream_close, handle)
    if (!file.rename(resolved, path)) stop("The file ", path, " could not be replaced.", call. = FALSE)
  }
  seen <- about[[3]] > 0 & !duplicated(paste(about[[3]], about[[4]]))
  connections <- about[[3]][about[[4]] == "connection"]
  seen <- seen & !(about[[4]] == "pointer" & about[[3]] %in% connections)
  list(element = as.integer(about[[3]][seen]), what = about[[4]][seen])
}

travel_reason <- function(what) {
  reasons <- c(
    connection = "it holds a connection, which belongs to the R that opened it and arrives closed",
    pointer = "it holds an external pointer, an address in the memory of this R, which arrives empty",
    "weak reference" = "it holds a weak reference, which arrives empty",
    promise = "it holds a promise that was not evaluated; it is not evaluated for the journey and arrives as an error",
    "active binding" = paste(
      "it holds an active binding, which is not run for the journey;",
      "the other side loads it only with options(mrsdeploy.trust = TRUE)"
    ),
    "foreign vector" = "it holds a vector that only the package that made it can read; make an ordinary vector of it"
  )
  unname(reasons[what])
}

# The functions of R itself that a value may refer to, by how they take their arguments.
primitive_names <- function() {
  if (is.null(the_primitives$names)) {
    names <- ls(baseenv(), all.names = TRUE)
    kinds <- vapply(names, function(name) typeof(get(name, baseenv())), "")
    the_primitives$names <- list(names[kinds == "builtin"], names[kinds == "special"])
  }
  the_primitives$names
}
the_primitives <- new.env(parent = emptyenv())
