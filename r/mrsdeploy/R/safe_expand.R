# Compressed values (gzip, bzip2, xz) are expanded into a temporary file first, within a bound: what the server sends is
# not to fill the disk.

safe_expand <- function(source) {
  first <- if (is.raw(source)) utils::head(source, 6L) else readBin(source, "raw", 6L)
  if (!is_compressed(first)) return(source)
  if (is.raw(source)) {
    path <- tempfile("mrsdeploy-")
    on.exit(unlink(path))
    writeBin(source, path)
    source <- path
  }
  expand_file(source)
}

is_compressed <- function(first) {
  any(vapply(list("1f8b", "425a68", "fd377a585a"), function(magic) {
    startsWith(paste(format(first), collapse = ""), magic)
  }, NA))
}

# gzip makes a thousand of one at most, so beyond that factor nothing honest is refused; bzip2 and xz can make more.
expand_file <- function(path, most = getOption("mrsdeploy.expand", max(2^30, 200 * file.size(path)))) {
  into <- tempfile("mrsdeploy-")
  from <- gzfile(path, "rb")
  to <- file(into, "wb")
  on.exit({
    close(from)
    close(to)
  })
  size <- 0
  repeat {
    bytes <- tryCatch(readBin(from, "raw", 2^20), error = function(e) NULL, warning = function(w) NULL)
    if (is.null(bytes)) {
      unlink(into)
      stop_unsafe("what it was compressed to is damaged", advice = FALSE)
    }
    if (length(bytes) == 0L) break
    size <- size + length(bytes)
    if (size > most) {
      unlink(into)
      stop_unsafe(paste0(
        "it would expand to more than ", format(most, big.mark = ",", scientific = FALSE),
        " bytes (options(mrsdeploy.expand = ) sets the most)"
      ), advice = FALSE)
    }
    writeBin(bytes, to)
  }
  into
}
