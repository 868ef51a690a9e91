#' Snapshots of the remote session
#'
#' A snapshot keeps the workspace, all files of the working directory and the packages installed into the session. It
#' belongs to whoever made it, and can be loaded into any later session.
#'
#' Packages that were attached are not attached again: `library()` them once more, or say `attached = TRUE` when the
#' snapshot is made. What can not be kept, such as connections and external pointers, is named in a warning.
#'
#' @param name A label for people.
#' @param attached Our addition: whether loading the snapshot also attaches the packages that are attached now, and sets
#'   the options and the random seed. For `loadSnapshot()`: `NULL` does what was said when it was made.
#' @param snapshot_id The id, as `createSnapshot()` and `listSnapshots()` give it.
#' @param file Where the zip archive is written; `NULL` returns it as a raw vector.
#' @param x,object What `listSnapshots()` gives.
#' @param ... Not used.
#' @return `createSnapshot()`: the id. `listSnapshots()`: an object of class `snapshotDetails`, a list with one list a
#'   snapshot: `id`, `name`, `owner`, `creationTime`, `contentSize` (bytes); `as.character()` gives the ids.
#'   `downloadSnapshot()`: a raw vector, or `TRUE` when it wrote a file. The others: `TRUE`, invisibly.
#' @name snapshots
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, diff = FALSE, commandline = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   remoteExecute("model <- lm(dist ~ speed, cars)")
#'   id <- createSnapshot("my modeling environment")
#'   listSnapshots()
#'   loadSnapshot(id)
#'   deleteSnapshot(id)
#'   remoteLogout()
#' }
NULL

#' @rdname snapshots
#' @export
createSnapshot <- function(name = NULL, attached = FALSE) {
  if (!is.null(name)) check_string(name, "name", "a label for the snapshot")
  check_flag(attached, "attached")
  connection <- need_session()
  # Without a name an empty object, and not an empty array.
  body <- if (is.null(name)) list() else list(name = name)
  made <- in_session(connection, if (connection$farside) {
    path <- paste0(path_of("v2", "sessions", connection$session), "/snapshots")
    http_json(connection, "POST", path, body = c(body, list(attached = attached)), timeout = 0)
  } else {
    path <- paste0(path_of("sessions", connection$session), "/snapshot")
    http_json(connection, "POST", path, body = body, timeout = 0)
  })
  warn_lost(made$lost, "The snapshot does not keep")
  made$snapshotId
}

#' @rdname snapshots
#' @export
loadSnapshot <- function(snapshot_id, attached = NULL) {
  check_string(snapshot_id, "snapshot_id", "the id of a snapshot")
  if (!is.null(attached)) check_flag(attached, "attached")
  connection <- need_session()
  in_session(connection, if (connection$farside) {
    path <- paste0(path_of("v2", "sessions", connection$session, "snapshots", snapshot_id), "/load")
    body <- Filter(Negate(is.null), list(attached = attached))
    loaded <- http_json(connection, "POST", path, body = body, timeout = 0)
    warn_lost(loaded$lost, "Not restored were")
    for (note in loaded$notes) message(clean_text(as.character(note)))
  } else {
    http(connection, "POST", path_of("sessions", connection$session, "loadsnapshot", snapshot_id), timeout = 0)
  })
  invisible(TRUE)
}

#' @rdname snapshots
#' @export
listSnapshots <- function() {
  connection <- need_connection()
  fields <- c("id", "name", "owner", "creationTime", "contentSize")
  records <- lapply(http_json(connection, "GET", "/snapshots"), function(record) {
    known <- record[intersect(fields, names(record))]
    lapply(known, function(value) if (is_string(value)) clean_text(value) else value)
  })
  structure(records, class = "snapshotDetails")
}

#' @rdname snapshots
#' @export
downloadSnapshot <- function(snapshot_id, file = NULL) {
  check_string(snapshot_id, "snapshot_id", "the id of a snapshot")
  if (!is.null(file)) check_string(file, "file", "a local path")
  connection <- need_connection()
  target <- if (is.null(file)) tempfile("snapshot", fileext = ".zip") else file
  if (is.null(file)) on.exit(unlink(target))
  fetch_file(connection, path_of("snapshots", snapshot_id), target, "snapshot")
  if (is.null(file)) readBin(target, "raw", file.size(target)) else TRUE
}

#' @rdname snapshots
#' @export
deleteSnapshot <- function(snapshot_id) {
  check_string(snapshot_id, "snapshot_id", "the id of a snapshot")
  http(need_connection(), "DELETE", path_of("snapshots", snapshot_id))
  invisible(TRUE)
}

warn_lost <- function(lost, what) {
  if (length(lost) == 0L) return(invisible())
  lines <- vapply(lost, function(one) paste0("  ", clean_text(one$name), ": ", clean_text(one$reason)), "")
  warning(what, ":\n", paste(lines, collapse = "\n"), call. = FALSE)
}

#' @rdname snapshots
#' @export
print.snapshotDetails <- function(x, ...) {
  if (length(x) == 0L) cat("There are no snapshots.\n")
  for (record in unclass(x)) {
    for (field in names(record)) cat(field, ": ", format_field(record[[field]]), "\n", sep = "")
    cat("\n")
  }
  invisible(x)
}

format_field <- function(value) if (is.null(value)) "NULL" else format(value, scientific = FALSE, trim = TRUE)

#' @rdname snapshots
#' @export
summary.snapshotDetails <- function(object, ...) {
  field <- function(name, missing) {
    vapply(unclass(object), function(record) if (is.null(record[[name]])) missing else record[[name]], missing)
  }
  size_of <- function(record) if (is.null(record$contentSize)) NA_real_ else as.numeric(record$contentSize)
  size <- vapply(unclass(object), size_of, 0)
  data.frame(
    id = field("id", ""), name = field("name", ""), creationTime = field("creationTime", ""), contentSize = size,
    stringsAsFactors = FALSE
  )
}

#' @rdname snapshots
#' @export
as.character.snapshotDetails <- function(x, ...) vapply(unclass(x), function(record) record$id, "")
