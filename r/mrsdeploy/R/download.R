# Downloads: written beside the target, gone on with after a break, checked, and only then put in place.

# Gets a file of the remote working directory.
download <- function(connection, filename, target) {
  fetch_file(
    connection, file_path(connection, filename), target, filename,
    # The original has no checksums.
    hash = if (connection$farside) function() remote_hash(connection, filename)
  )
}

# hash: a function that gives the SHA-256 the content must have, NULL when nobody knows.
fetch_file <- function(connection, path, target, label, hash = NULL) {
  if (!dir.exists(dirname(target))) fail("notWritten", paste0("There is no folder \"", dirname(target), "\" here."))
  part <- tempfile(paste0(".", basename(target), "-"), dirname(target))
  on.exit(unlink(part))
  receive_pieces(connection, path, part, label)
  if (!is.null(hash)) check_hash(part, hash(), label)
  if (!file.rename(part, target)) fail("notWritten", paste0("The file \"", target, "\" could not be written."))
  invisible(target)
}

check_hash <- function(file, expected, label) {
  if (is.null(expected) || identical(tolower(expected), cli::hash_file_sha256(file))) return(invisible())
  what <- paste0("\"", label, "\" did not arrive as it is on the server: its SHA-256 differs.")
  fail("damaged", what, "Get it again.")
}

remote_hash <- function(connection, filename) {
  path <- paste0(path_of("v2", "sessions", connection$session), "/digest/", path_below(filename))
  http_json(connection, "GET", path, timeout = 0)$hash
}

# Writes to the file as it comes. What is there after a break is asked for no more, if the content is still the same.
receive_pieces <- function(connection, path, file, label) {
  patience <- new_patience(new_screen())
  to <- file(file, "wb")
  on.exit(close(to))
  got <- new.env(parent = emptyenv())
  got$bytes <- 0
  on.exit(if (!is.null(got$bar)) got$bar$done(), add = TRUE)
  while (!isTRUE(got$complete)) {
    error <- tryCatch(
      {
        receive_once(connection, path, to, got, label)
        NULL
      },
      mrsdeploy_stream = identity, mrsdeploy_unreachable = identity
    )
    if (is.null(error)) patience$fine() else patience$wait(error)
  }
  invisible()
}

# One request. Statuses other than 200 and 206 end in the error of the reply.
receive_once <- function(connection, path, to, got, label) {
  headers <- list("Accept-Encoding" = "identity")
  if (got$bytes > 0) {
    headers[["Range"]] <- paste0("bytes=", as_text(got$bytes), "-")
    if (!is.null(got$tag)) headers[["If-Range"]] <- got$tag
  }
  handle <- new_request(connection, "GET", headers = headers, timeout = 0)
  begun <- FALSE
  receive <- function(bytes) {
    if (!begun) {
      begun <<- TRUE
      begin_receiving(handle, to, got, label)
    }
    writeBin(bytes, to)
    got$bytes <- got$bytes + length(bytes)
    got$bar$to(got$bytes)
  }
  withCallingHandlers(
    curl::curl_fetch_stream(request_url(connection, path), receive, handle),
    error = function(e) {
      pass_interrupt(e)
      if (inherits(e, "mrsdeploy_error") || !is_curl_error(e)) return()
      # Why: the reply of a request that is refused is short.
      reply <- curl::handle_data(handle)
      if (reply$status_code >= 400L) http(connection, "GET", path, headers = list(Range = "bytes=0-0"))
      stop(stream_error(e))
    }
  )
  if (!begun) begin_receiving(handle, to, got, label)
  if (got$bytes < got$size) stop(stream_error(simpleError("the reply broke off")))
  got$complete <- TRUE
}

begin_receiving <- function(handle, to, got, label) {
  reply <- curl::handle_data(handle)
  headers <- parse_headers(reply$headers)
  if (reply$status_code == 200L && got$bytes > 0) {
    # The content changed meanwhile: from the beginning.
    seek(to, 0, rw = "write")
    truncate(to)
    got$bytes <- 0
  }
  length <- as.numeric(if (is.null(headers[["content-length"]])) NA else headers[["content-length"]])
  got$size <- if (is.na(length)) -1 else got$bytes + length
  got$tag <- headers$etag
  if (is.null(got$bar)) got$bar <- progress(label, max(got$size, 0))
  invisible()
}
