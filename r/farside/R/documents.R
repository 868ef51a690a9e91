# Texts that are too long for a record and for the console: files beside the journal, read by clients while R is busy
# or gone. Bounded: the oldest go first.

documents <- new.env(parent = emptyenv())
documents$directory <- NULL
documents$count <- 0L

max_documents <- 200L
# Of one document, and of all of them together.
max_document_bytes <- 4 * 1024^2
max_documents_bytes <- 64 * 1024^2

# The number of the document, NULL when it could not be kept.
keep_document <- function(text) {
  directory <- documents$directory
  if (is.null(directory)) return(NULL)
  tryCatch(suppressWarnings({
    dir.create(directory, showWarnings = FALSE, mode = "0700")
    if (documents$count == 0L) documents$count <- max(0L, document_numbers(directory))
    number <- documents$count + 1L
    path <- file.path(directory, paste0(number, ".txt"))
    temporary <- paste0(path, ".new")
    on.exit(unlink(temporary))
    writeLines(enc2utf8(within_bytes(text)), temporary, useBytes = TRUE)
    if (!file.rename(temporary, path)) stop("it could not be put in place")
    documents$count <- number
    remove_old_documents(directory)
    number
  }), error = function(e) NULL)
}

within_bytes <- function(text) {
  sizes <- cumsum(nchar(text, "bytes") + 1)
  if (length(text) == 0L || sizes[length(sizes)] <= max_document_bytes) return(text)
  kept <- sum(sizes <= max_document_bytes)
  c(text[seq_len(kept)], paste0("[", length(text) - kept, " more lines were not kept]"))
}

document_numbers <- function(directory) {
  as.integer(sub("\\.txt$", "", list.files(directory, "^[0-9]+\\.txt$")))
}

remove_old_documents <- function(directory) {
  numbers <- sort(document_numbers(directory), decreasing = TRUE)
  paths <- file.path(directory, paste0(numbers, ".txt"))
  too_much <- cumsum(file.size(paths)) > max_documents_bytes | seq_along(paths) > max_documents
  unlink(paths[too_much & seq_along(paths) > 1L])
}
