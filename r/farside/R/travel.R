# The sending side; r/farside/R/travel.R is a copy (npm run shared). serialize() forces no promise and runs no active
# binding; the stream it wrote is looked through, so that nobody's environments are touched.

active_reason <- "it is an active binding, which is not run for the journey"

#' The values of variables, without evaluating anything
#'
#' @param names Names that are bound in `envir`.
#' @param envir An environment.
#' @return A list of `value`, a named list, and `dropped`: promises that wait and active bindings, as
#'   `prepare_for_travel()` names what does not travel.
#' @noRd
travel_bindings <- function(names, envir) {
  reasons <- c(
    NA, "it is a promise that was not evaluated, and is not evaluated for the journey",
    active_reason
  )
  bound <- vapply(names, function(name) .Call(stream_binding, as.name(name), envir), 0L, USE.NAMES = FALSE)
  plain <- bound == 0L
  list(value = mget(names[plain], envir = envir), dropped = travel_report(names[!plain], reasons[1L + bound[!plain]]))
}

#' Write values to a file so that they can travel
#'
#' Promises that were forced are written as their values. Promises that were not, and active bindings, are never
#' evaluated: they stay what they are, and are named. What is nested deeper than a receiver reads is left out by itself,
#' not with all the others.
#'
#' @param values A named list.
#' @param file Where to write it, as `serialize()` does. NULL: nothing is written.
#' @param write A function of the values and the path that does it.
#' @return A list of `value` (without what can not travel at all), `dropped` and `incomplete` (data frames of `name` and
#'   `reason`: what is missing, and what arrives without a part of it) and `size` in bytes.
#' @noRd
prepare_for_travel <- function(values, file = NULL, write = write_values) {
  reasons <- vapply(values, stays_behind, "", USE.NAMES = FALSE)
  path <- if (is.null(file)) tempfile("travel-") else file
  if (is.null(file)) on.exit(unlink(path))
  stream <- write_flat(values[is.na(reasons)], path, write)
  on.exit(close_stream(stream), add = TRUE)
  if (identical(stream, too_deep)) {
    rest <- which(is.na(reasons))
    reasons[rest[vapply(rest, function(i) is_too_deep(values[i], path, write), NA)]] <- too_deep
    stream <- write_flat(values[is.na(reasons)], path, write)
    if (identical(stream, too_deep)) stop("The objects can not travel: together they are nested too deeply.", call. = FALSE)
  }
  kept <- values[is.na(reasons)]
  found <- resolve_stream(stream, path)
  list(
    value = kept, dropped = travel_report(names(values)[!is.na(reasons)], reasons[!is.na(reasons)]),
    incomplete = travel_report(names(kept)[found$element], travel_reason(found$what)), size = file.size(path)
  )
}

# A value that is nothing but a handle of this process.
stays_behind <- function(value) {
  # An empty argument, as in formals(), is an error to any function that asks about it.
  if (typeof(value) == "symbol") return(NA_character_)
  if (inherits(value, "connection")) return("a connection belongs to the R that opened it")
  switch(typeof(value),
    externalptr = "an external pointer is an address in the memory of this R",
    weakref = "a weak reference does not keep what it refers to",
    NA_character_
  )
}

travel_report <- function(name, reason) data.frame(name = as.character(name), reason = as.character(reason))

# ---- depth ----

too_deep <- paste(
  "it is nested too deeply for R to read it again (5000 levels at most): make it flatter, as a table of its parts and",
  "their parents"
)
# Levels of items, and with the cells of pairlists, which R reads by recursion: 640 bytes of a stack of 8 MB each.
most_levels <- 5000L
most_cells <- 11000L

# Of R, when its stack ends, and of the scan.
is_depth_error <- function(e) {
  inherits(e, "stackOverflowError") || grepl("C stack|levels deep", conditionMessage(e))
}

# Writes them; gives the stream as it was looked through, `too_deep`, or NULL: what the scan does not understand is the
# receiver's to judge.
write_flat <- function(values, path, write) {
  unlink(path)
  failed <- tryCatch({
    write(values, path)
    NULL
  }, error = identity)
  if (!is.null(failed)) {
    if (is_depth_error(failed)) return(too_deep)
    stop(failed)
  }
  look_through(path)
}

look_through <- function(path, levels = most_levels, cells = most_cells) {
  stream <- tryCatch(.Call(stream_open, path, primitive_names(), TRUE), error = identity)
  if (inherits(stream, "error")) return(if (is_depth_error(stream)) too_deep)
  about <- .Call(stream_about, stream)
  if (about[[6]] <= levels && about[[7]] <= cells) return(stream)
  close_stream(stream)
  too_deep
}

close_stream <- function(stream) if (typeof(stream) == "externalptr") .Call(stream_close, stream)

# By itself; `path` is where all of them are to be.
is_too_deep <- function(values, path, write) {
  alone <- paste0(path, ".alone")
  on.exit(unlink(alone))
  stream <- write_flat(values, alone, write)
  on.exit(close_stream(stream), add = TRUE, after = FALSE)
  identical(stream, too_deep)
}

# ---- the stream ----

write_values <- function(values, path) {
  to <- file(path, "wb")
  tryCatch(serialize(values, to, xdr = FALSE, version = 3L), finally = close(to))
}

# Puts the values of promises in their place, which needs a second file; what was found, by element of the list.
resolve_stream <- function(stream, path) {
  if (is.null(stream)) return(list(element = integer(), what = character()))
  about <- .Call(stream_about, stream)
  if (about[[5]]) {
    resolved <- paste0(path, ".resolved")
    on.exit(unlink(resolved))
    .Call(stream_save, stream, resolved, character())
    .Call(stream_close, stream)
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
