#' Move objects between the local and the remote workspace
#'
#' `putLocalObject()` and `getRemoteObject()` move the objects that are named, `putLocalWorkspace()` and
#' `getRemoteWorkspace()` all of them. An object of the same name in the target is replaced.
#'
#' Objects travel in R's own binary form, so any class can; large ones show a progress bar, can be cancelled with
#' Ctrl-C, go on after a connection that broke, and are checked by their SHA-256. What can not travel, such as
#' connections, external pointers and what is nested more than 5000 levels deep, is named in a warning; the other
#' objects travel. A workspace is what [ls()] lists: name objects that begin with a dot. Active bindings are not run,
#' and of a workspace promises are not evaluated. Objects here that are locked or active bindings are not replaced.
#'
#' What comes from a server can not run code here when it is loaded or first touched: objects that try are refused, and
#' promises that were never evaluated become values that stop with a reason. A refusal is a warning that names the
#' objects while others arrive, otherwise an error of class `mrsdeploy_unsafe`. `options(mrsdeploy.trust = TRUE)` turns
#' this off.
#'
#' @param obj A character vector: the names of the objects, not the objects.
#' @param name `NULL`: the objects keep their names. Otherwise they are put into a list of that name in the target's
#'   workspace, which is made when it is not there.
#' @return `getRemoteObject()`: a list of the objects, invisibly, or `NULL` when none could be had. `putLocalObject()`:
#'   the same of what was sent. The other two: `TRUE`, invisibly.
#' @name remoteObjects
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, diff = FALSE, commandline = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   x <- 1:10
#'   putLocalObject("x")
#'   remoteExecute("model <- lm(dist ~ speed, cars)")
#'   getRemoteObject("model", name = "results")
#'   remoteLogout()
#' }
NULL

#' @rdname remoteObjects
#' @export
putLocalObject <- function(obj, name = NULL) {
  check_names(obj, "obj")
  if (!is.null(name)) check_string(name, "name", "the name of a list")
  from <- parent.frame()
  absent <- obj[!vapply(obj, exists, NA, envir = from)]
  if (length(absent) > 0L) {
    fail("noSuchObject", paste0("There is no object ", quoted(absent), " on this machine."), "See ls().")
  }
  obj <- unique(obj)
  active <- vapply(obj, is_active, NA, envir = from, USE.NAMES = FALSE)
  # An argument of a function and the data of a package are promises: who names them wants their values.
  values <- mget(obj[!active], envir = from, inherits = TRUE)
  dropped <- travel_report(obj[active], rep(active_reason, sum(active)))
  invisible(send_objects(need_session(), values, name, dropped))
}

#' @rdname remoteObjects
#' @export
getRemoteObject <- function(obj, name = NULL) {
  check_names(obj, "obj")
  if (!is.null(name)) check_string(name, "name", "the name of a list")
  connection <- need_session()
  values <- fetch_objects(connection, unique(obj))
  if (length(values) == 0L) return(invisible(NULL))
  assign_here(values, name)
  invisible(values)
}

#' @rdname remoteObjects
#' @export
putLocalWorkspace <- function() {
  connection <- need_session()
  from <- globalenv()
  bound <- travel_bindings(ls(from), from)
  send_objects(connection, bound$value, NULL, bound$dropped)
  invisible(TRUE)
}

#' @rdname remoteObjects
#' @export
getRemoteWorkspace <- function() {
  connection <- need_session()
  values <- fetch_objects(connection, NULL)
  if (length(values) > 0L) assign_here(values, NULL)
  invisible(TRUE)
}

is_active <- function(name, envir) {
  while (!exists(name, envir, inherits = FALSE)) envir <- parent.env(envir)
  bindingIsActive(as.name(name), envir)
}

# The user's workspace is where the original put them too. One that can not be replaced does not take the others with it.
assign_here <- function(values, name) {
  target <- globalenv()
  reasons <- vapply(if (is.null(name)) names(values) else name, not_replaced, "", envir = target)
  if (any(!is.na(reasons))) {
    lines <- paste0("  ", names(reasons), ": ", reasons)[!is.na(reasons)]
    warning("What is here was not replaced:\n", paste(lines, collapse = "\n"), call. = FALSE)
    if (!is.null(name)) return(invisible())
    values <- values[is.na(reasons)]
  }
  if (!is.null(name)) {
    there <- get0(name, target, inherits = FALSE)
    there <- if (is.list(there)) there else list()
    there[names(values)] <- values
    values <- structure(list(there), names = name)
  }
  list2env(values, target)
  invisible()
}

# Why a variable here stays as it is; NA when it does not. An active binding would be run by it.
not_replaced <- function(name, envir) {
  if (!exists(name, envir, inherits = FALSE)) {
    return(if (environmentIsLocked(envir)) "the workspace here is locked" else NA_character_)
  }
  if (bindingIsActive(as.name(name), envir)) return("it is an active binding here, which is not run for it")
  if (bindingIsLocked(as.name(name), envir)) "it is locked here" else NA_character_
}

quoted <- function(names) paste0("\"", names, "\"", collapse = ", ")

# ---- there ----

# dropped: what was found before that it can not travel.
send_objects <- function(connection, values, name, dropped) {
  file <- tempfile("objects")
  on.exit(unlink(file))
  prepared <- prepare_for_travel(values, file)
  warn_dropped(rbind(dropped, prepared$dropped, prepared$incomplete), "sent")
  if (length(prepared$value) == 0L) return(NULL)
  in_session(connection, if (connection$farside) {
    metadata <- list(session = connection$session, objects = if (is.null(name)) "" else name)
    upload(connection, file, metadata, paste(utils::head(names(values), 3L), collapse = ", "))
  } else {
    old_send(connection, prepared$value, name)
  })
  values[names(prepared$value)]
}

warn_dropped <- function(dropped, what) {
  if (NROW(dropped) == 0L) return(invisible())
  reasons <- paste0("  ", dropped$name, ": ", dropped$reason)
  warning("What can not travel as it is, when it was ", what, ":\n", paste(reasons, collapse = "\n"), call. = FALSE)
}

# ---- here ----

# A named list; NULL for `names`: all objects. What is not loaded is told.
fetch_objects <- function(connection, names) {
  refused <- new.env(parent = emptyenv())
  refuse <- function(name, error) refused[[name]] <- error
  values <- in_session(connection, {
    if (connection$farside) fetch_exported(connection, names, refuse) else old_fetch(connection, names, refuse)
  })
  errors <- mget(ls(refused, all.names = TRUE), refused)
  # Who asked for objects by name and gets none of them has to know.
  if (length(errors) > 0L && length(values) == 0L && !is.null(names)) stop(errors[[1L]])
  reasons <- vapply(errors, function(error) paste("it was not loaded:", error$reason), "")
  warn_dropped(travel_report(names(errors), reasons), "fetched")
  values
}

# One object that is refused must not take the others with it: they are fetched again without it, in halves.
fetch_exported <- function(connection, names, refuse, again = FALSE) {
  exports <- paste0(path_of("v2", "sessions", connection$session), "/exports")
  made <- export_objects(connection, exports, names)
  if (is.null(made)) return(list())
  names <- as.character(unlist(made$names))
  values <- tryCatch(
    fetch_export(connection, paste0(exports, "/", encode(made$id)), names),
    mrsdeploy_unsafe = identity
  )
  # What was said of an object is not said again.
  if (!again) warn_dropped(rbind(told(made$skipped), told(made$incomplete)), "fetched")
  if (!inherits(values, "mrsdeploy_unsafe")) return(values)
  if (length(names) == 1L) {
    refuse(names, values)
    return(list())
  }
  first <- seq_len(length(names) %/% 2L)
  c(
    fetch_exported(connection, names[first], refuse, again = TRUE),
    fetch_exported(connection, names[-first], refuse, again = TRUE)
  )
}

fetch_export <- function(connection, path, names) {
  on.exit(attempt(http(connection, "DELETE", path)))
  if (length(names) == 0L) return(list())
  file <- tempfile("objects")
  on.exit(unlink(file), add = TRUE)
  label <- paste(utils::head(names, 3L), collapse = ", ")
  # The server computes it meanwhile.
  hash <- function() http_json(connection, "GET", paste0(path, "/digest"), timeout = 0)$hash
  fetch_file(connection, path, file, label, hash = hash)
  values <- received_value(file)
  if (!is.list(values) || !identical(enc2utf8(as.character(names(values))), enc2utf8(names))) {
    fail("damaged", "The server sent something else than objects.")
  }
  values
}

told <- function(list) {
  field <- function(name) vapply(list, function(one) clean_text(one[[name]]), "")
  travel_report(field("name"), field("reason"))
}

# Names that are not there are told, and the others exported. NULL when none is there.
export_objects <- function(connection, path, names) {
  repeat {
    which <- if (is.null(names)) list(all = TRUE) else list(names = I(enc2utf8(names)))
    body <- c(which, hash = "later")
    made <- tryCatch(
      http_json(connection, "POST", path, body = body, timeout = 0),
      mrsdeploy_noSuchObject = identity
    )
    if (!inherits(made, "error")) return(made)
    left <- setdiff(names, made$details$name)
    if (length(left) == length(names)) stop(made)
    warning(conditionMessage(made), call. = FALSE)
    if (length(left) == 0L) return(NULL)
    names <- left
  }
}

# A value in a file from a server: taken so that it can not run code here.
received_value <- function(file) safe_unserialize(file)

# ---- servers of the original: one object a request ----

old_object_path <- function(connection, name) {
  paste0(path_of("sessions", connection$session), "/workspace/", encode(name))
}

old_send <- function(connection, values, name) {
  if (!is.null(name)) values <- structure(list(values), names = ".mrsdeploy_objects")
  for (each in names(values)) {
    http(
      connection, "POST", old_object_path(connection, each), body = serialize(values[[each]], NULL, version = 2L),
      headers = list("Content-Type" = "application/octet-stream"), timeout = 0
    )
  }
  if (is.null(name)) return(invisible())
  target <- deparse(as.name(name), backtick = TRUE)
  code <- paste0(
    "if (!exists(", deparse(name), ", inherits = FALSE) || !is.list(", target, ")) ", target, " <- list()\n",
    target, "[names(.mrsdeploy_objects)] <- .mrsdeploy_objects\nrm(.mrsdeploy_objects)"
  )
  run_code(connection, execute_body(code, NULL, NULL), NULL)
  invisible()
}

old_fetch <- function(connection, names, refuse) {
  if (is.null(names)) {
    names <- unlist(http_json(connection, "GET", paste0(path_of("sessions", connection$session), "/workspace")))
  }
  values <- list()
  for (name in names) {
    file <- tempfile("object")
    reply <- tryCatch(
      http(connection, "GET", old_object_path(connection, name), timeout = 0, into = file),
      mrsdeploy_error = identity
    )
    if (inherits(reply, "error")) {
      if (!identical(reply$status, 404L)) stop(reply)
      warn_dropped(data.frame(name = name, reason = conditionMessage(reply)), "fetched")
    } else {
      value <- tryCatch(received_value(file), mrsdeploy_unsafe = identity)
      if (inherits(value, "mrsdeploy_unsafe")) {
        refuse(name, value)
      } else {
        # What save() writes is a list of one.
        values[name] <- list(if (is.list(value) && identical(names(value), name)) value[[1L]] else value)
      }
    }
    unlink(file)
  }
  values
}
