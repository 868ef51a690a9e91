# Uploads over tus 1.0 (https://tus.io): resumable, in pieces.

# Bytes of a piece. Large ones are fast; a proxy that does not take them gets some under 1 MB.
large_piece <- 8 * 1024^2
small_piece <- 900 * 1024

# Sends a local file. metadata: what the server does with it, as in the endpoint /v2/uploads; the hash is added.
upload <- function(connection, path, metadata, label) {
  size <- file.size(path)
  metadata$hash <- cli::hash_file_sha256(path)
  patience <- new_patience(new_screen())
  location <- persistently(patience, function() create_upload(connection, size, metadata))
  done <- FALSE
  # Also after Ctrl-C: half a file is of no use.
  on.exit(if (!done) attempt(tus(connection, "DELETE", location)))
  source <- file(path, "rb")
  on.exit(close(source), add = TRUE)
  bar <- progress(label, size)
  on.exit(bar$done(), add = TRUE)
  send_pieces(connection, location, source, size, bar, patience)
  done <- TRUE
  invisible()
}

create_upload <- function(connection, size, metadata) {
  pairs <- paste(names(metadata), vapply(metadata, function(value) base64(value), ""), collapse = ",")
  headers <- list("Upload-Length" = as_text(size), "Upload-Metadata" = pairs)
  reply <- http(connection, "POST", "/v2/uploads", headers = c(tus_version, headers), timeout = 0)
  # Only its last part is used: a proxy may have changed the rest.
  paste0("/v2/uploads/", sub(".*/", "", reply$headers$location))
}

tus_version <- list("Tus-Resumable" = "1.0.0")

tus <- function(connection, method, location, body = NULL, headers = list(), ...) {
  http(connection, method, location, body = body, headers = c(tus_version, headers), timeout = 0, ...)
}

base64 <- function(text) gsub("\n", "", jsonlite::base64_enc(charToRaw(enc2utf8(text))), fixed = TRUE)

send_pieces <- function(connection, location, source, size, bar, patience) {
  piece <- large_piece
  offset <- 0
  while (offset < size) {
    seek(source, offset)
    bytes <- readBin(source, "raw", min(piece, size - offset))
    if (length(bytes) == 0L) fail("changed", "The file became shorter while it was sent.", "Send it again.")
    reply <- tryCatch(send_piece(connection, location, bytes, offset), mrsdeploy_error = identity)
    if (!inherits(reply, "error")) {
      patience$fine()
      offset <- as.numeric(reply$headers[["upload-offset"]])
    } else if (identical(reply$status, 413L) && piece > small_piece && identical(reply$code, "http_413")) {
      piece <- small_piece
    } else if (is_passing(reply) || isTRUE(reply$status %in% c(409L, 423L))) {
      patience$wait(reply)
      offset <- persistently(patience, function() upload_offset(connection, location, size))
    } else {
      stop(reply)
    }
    bar$to(offset)
  }
  invisible()
}

send_piece <- function(connection, location, bytes, offset) {
  headers <- list("Upload-Offset" = as_text(offset), "Content-Type" = "application/offset+octet-stream")
  tus(connection, "PATCH", location, bytes, headers)
}

# How much the server has. An upload that is gone was complete: only its last reply was lost.
upload_offset <- function(connection, location, size) {
  reply <- tus(connection, "HEAD", location, accept = c(404L, 410L))
  if (reply$status < 300L) as.numeric(reply$headers[["upload-offset"]]) else size
}

# ---- progress ----

# Bytes from which on a bar is shown, if the transfer takes a while.
bar_from <- 1024^2

progress <- function(label, size) {
  if (size < bar_from) return(list(to = function(now) NULL, done = function() NULL))
  format <- paste(
    "{cli::pb_name}{cli::pb_bar} {cli::pb_percent} {cli::pb_current_bytes}/{cli::pb_total_bytes}",
    "{cli::pb_rate_bytes} {cli::pb_eta_str}"
  )
  id <- cli::cli_progress_bar(name = basename(label), total = size, format = format, .auto_close = FALSE)
  list(
    to = function(now) cli::cli_progress_update(set = now, id = id),
    done = function() cli::cli_progress_done(id = id)
  )
}
