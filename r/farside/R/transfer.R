# Objects on their way between sessions and clients: one file holds a named list in R's serialization.

# Writes the objects of these names, or all that are listed by ls(), to a new file. Nothing is evaluated for it: what
# can not travel (`skipped`) or not as a whole (`incomplete`) is named with its reason. limit: bytes of the file.
rpc_export <- function(path, names = NULL, limit = Inf) {
  if (is.null(names)) names <- ls(globalenv(), sorted = TRUE)
  names <- unique(enc2utf8(names))
  stop_when_absent(names)
  whole <- FALSE
  on.exit(if (!whole) unlink(path))
  bound <- travel_bindings(names, globalenv())
  write <- function(values, path) .Call(farside_write_object, path, values, limit)
  sent <- prepare_for_travel(bound$value, path, write)
  # The values of promises took the place of their code.
  if (sent$size > limit) stop("The objects are larger than ", format(limit, scientific = FALSE), " bytes.", call. = FALSE)
  whole <- TRUE
  to_json(list(
    size = sent$size, names = I(as.character(names(sent$value))),
    skipped = report_list(rbind(bound$dropped, sent$dropped), names), incomplete = report_list(sent$incomplete, names)
  ))
}

# In the order of the names.
report_list <- function(report, names) {
  report <- report[order(match(report$name, names)), ]
  lost_list(report$name, report$reason)
}

# Assigns what such a file holds, all or none: in the global environment, or in one list of the name `into`.
rpc_import <- function(path, into = NULL) {
  stop_when_deep(path)
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

# R can write what ends its stack when it reads it.
stop_when_deep <- function(path) {
  stream <- look_through(path, most_cells)
  on.exit(close_stream(stream))
  if (identical(stream, too_deep)) {
    stop("The objects can not be read: one is nested too deeply for R. Make it flatter before it is sent.", call. = FALSE)
  }
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
