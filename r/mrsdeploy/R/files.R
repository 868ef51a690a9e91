#' Files of the remote session
#'
#' List, upload, download and delete files in the working directory of the remote session.
#'
#' Files may have any size and any content. Large ones show a progress bar and can be cancelled with Ctrl-C; a transfer
#' that breaks goes on where it stopped; the SHA-256 is compared at the end, and only then the file appears under its
#' name.
#'
#' @param filename The file: for `putLocalFile()` its local path, for the others its path in the remote working
#'   directory, where `/` separates sub-folders.
#' @param name What the file is called there; its base name by default. May have sub-folders, which are made.
#' @param as `"text"`: the content as a character string; `"raw"`: as a raw vector; `"file"`: write it to `dest`, for
#'   files that do not fit in memory.
#' @param dest With `as = "file"`: the local path; the base name in the local working directory by default.
#' @param ... Not used; for old scripts, some of which pass `as`.
#' @return `listRemoteFiles()`: a character vector of paths. `putLocalFile()`, `deleteRemoteFile()`: `TRUE`, invisibly.
#'   `getRemoteFile()`: the content, or `NULL` with a warning when there is no such file; with `as = "file"` the path of
#'   the local file, invisibly.
#' @name remoteFiles
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, diff = FALSE, commandline = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   path <- file.path(tempdir(), "cars.csv")
#'   write.csv(cars, path, row.names = FALSE)
#'   putLocalFile(path)
#'   listRemoteFiles()
#'   cat(getRemoteFile("cars.csv"))
#'   deleteRemoteFile("cars.csv")
#'   remoteLogout()
#' }
NULL

#' @rdname remoteFiles
#' @export
listRemoteFiles <- function() {
  connection <- need_session()
  in_session(connection, {
    if (connection$farside) {
      files <- http_json(connection, "GET", files_path(connection))
      vapply(files, function(file) file$path, "")
    } else {
      as.character(unlist(http_json(connection, "GET", paste0(path_of("sessions", connection$session), "/files"))))
    }
  })
}

#' @rdname remoteFiles
#' @export
putLocalFile <- function(filename, name = NULL, ...) {
  check_string(filename, "filename", "the path of a local file")
  if (is.null(name)) name <- basename(filename)
  check_string(name, "name", "the name of the file in the remote working directory")
  if (!file.exists(filename) || dir.exists(filename)) {
    fail("noSuchFile", paste0("There is no file \"", filename, "\" here."), paste0("R looks in ", getwd(), "."))
  }
  connection <- need_session()
  in_session(connection, {
    if (connection$farside) {
      metadata <- list(session = connection$session, path = name, overwrite = "true")
      if (is_executable(filename)) metadata$executable <- "true"
      upload(connection, filename, metadata, name)
    } else {
      old_put_file(connection, filename, name)
    }
  })
  invisible(TRUE)
}

#' @rdname remoteFiles
#' @export
getRemoteFile <- function(filename, as = "text", dest = NULL) {
  check_string(filename, "filename", "the name of a remote file")
  known <- is_string(as) && as %in% c("text", "raw", "file")
  if (!known) fail("badArgument", "`as` must be \"text\", \"raw\" or \"file\".")
  if (!is.null(dest)) check_string(dest, "dest", "a local path")
  connection <- need_session()
  target <- if (as == "file") (if (is.null(dest)) local_name(filename) else dest) else tempfile("remote-file")
  if (as != "file") on.exit(unlink(target))
  found <- in_session(connection, tryCatch({
    download(connection, filename, target)
    TRUE
  }, mrsdeploy_error = function(e) {
    if (!e$code %in% c("noSuchFile", "http_404")) stop(e)
    warning(conditionMessage(e), call. = FALSE)
    FALSE
  }))
  if (!found) return(NULL)
  if (as == "file") return(invisible(target))
  bytes <- readBin(target, "raw", file.size(target))
  if (as == "raw") bytes else file_text(bytes, filename)
}

#' @rdname remoteFiles
#' @export
deleteRemoteFile <- function(filename) {
  check_string(filename, "filename", "the name of a remote file")
  connection <- need_session()
  in_session(connection, {
    http(connection, "DELETE", file_path(connection, filename))
  })
  invisible(TRUE)
}

# Says that the session is gone when that is what an error says.
in_session <- function(connection, expr) {
  tryCatch(expr, mrsdeploy_error = function(e) session_error(connection, e))
}

file_text <- function(bytes, filename) {
  if (any(bytes == 0L)) {
    warning("The file \"", filename, "\" is not text: it has NUL bytes. Get it with as = \"raw\".", call. = FALSE)
    return(NULL)
  }
  text <- rawToChar(bytes)
  if (validUTF8(text)) Encoding(text) <- "UTF-8"
  text
}

files_path <- function(connection) paste0(path_of("v2", "sessions", connection$session), "/files")

file_path <- function(connection, filename) {
  if (connection$farside) paste0(files_path(connection), "/", path_below(filename))
  else paste0(path_of("sessions", connection$session), "/files/", encode(filename))
}

# A form with one file, under the name it has here.
old_put_file <- function(connection, filename, name) {
  if (basename(filename) != name) {
    folder <- tempfile("put")
    dir.create(folder)
    on.exit(unlink(folder, recursive = TRUE))
    renamed <- file.path(folder, basename(name))
    file.copy(filename, renamed)
    filename <- renamed
  }
  path <- paste0(path_of("sessions", connection$session), "/files")
  http(connection, "POST", path, form = list(file = curl::form_file(filename)), timeout = 0)
}

# A small file, such as a plot.
file_bytes <- function(connection, filename) {
  http(connection, "GET", file_path(connection, filename), timeout = 0)$content
}

is_executable <- function(path) .Platform$OS.type == "unix" && file.access(path, 1L) == 0L
