# Objects on their way between sessions and clients: one file holds a named list in R's serialization.

# Writes the objects of these names, or all that are listed by ls(), to a new file. Nothing is evaluated for it: what
# can not travel is named with its reason. limit: bytes of the file.
rpc_export <- function(path, names = NULL, limit = Inf) {
  all <- is.null(names)
  if (all) names <- ls(globalenv(), sorted = TRUE)
  names <- unique(enc2utf8(names))
  stop_when_absent(names)
  reasons <- vapply(names, travel_objection, "", envir = globalenv())
  travels <- is.na(reasons)
  whole <- FALSE
  on.exit(if (!whole) unlink(path))
  size <- .Call(farside_write_object, path, mget(names[travels], envir = globalenv()), limit)
  whole <- TRUE
  skipped <- Map(function(name, reason) list(name = name, reason = reason), names[!travels], reasons[!travels])
  to_json(list(size = size, names = I(names[travels]), skipped = unname(skipped)))
}

# Why an object can not travel; NA when it can.
travel_objection <- function(name, envir) {
  if (bindingIsActive(as.name(name), envir)) return("it is an active binding, which is not run")
  if (is_promise(name, envir)) return("it is a promise that was not evaluated yet")
  .Call(farside_travel_problem, get(name, envir = envir, inherits = FALSE))
}

# Assigns what such a file holds, all or none: in the global environment, or in one list of the name `into`.
rpc_import <- function(path, into = NULL) {
  values <- tryCatch(.Call(farside_read_object, path), error = function(e) {
    stop("The objects can not be read: ", conditionMessage(e), call. = FALSE)
  })
  if (!is.list(values) || is.object(values)) stop("The objects are not a list.", call. = FALSE)
  if (!is.null(into)) values <- structure(list(into_list(into, values)), names = into)
  names <- names(values)
  if (length(values) == 0L) names <- character()
  import_check(values, names)
  list2env(values, globalenv())
  to_json(list(names = I(enc2utf8(names))))
}

# A list of that name keeps what else it has; anything else is replaced.
into_list <- function(into, values) {
  if (!exists(into, globalenv(), inherits = FALSE)) return(values)
  if (bindingIsActive(as.name(into), globalenv()) || is_promise(into, globalenv())) return(values)
  there <- get(into, globalenv(), inherits = FALSE)
  if (!is.list(there) || is.object(there) || length(values) == 0L || is.null(names(values))) return(values)
  there[names(values)] <- values
  there
}

import_check <- function(values, names) {
  refuse <- function(...) stop(..., call. = FALSE)
  if (length(names) != length(values)) refuse("The objects have no names.")
  if (anyNA(names) || any(names == "")) refuse("One of the objects has no name.")
  if (anyDuplicated(names)) refuse("Two objects have the name \"", names[anyDuplicated(names)], "\".")
  for (name in names) {
    if (!exists(name, globalenv(), inherits = FALSE)) next
    if (bindingIsActive(as.name(name), globalenv())) refuse("\"", name, "\" is an active binding: nothing was assigned.")
    if (bindingIsLocked(as.name(name), globalenv())) refuse("\"", name, "\" is locked: nothing was assigned.")
  }
  if (environmentIsLocked(globalenv())) refuse("The global environment is locked: nothing was assigned.")
}
