# A value in a file of saveRDS() or serialize(), from a server: taken so that it can not run code here.
received_value <- function(file) {
  bytes <- read_rds_bytes(file)
  safe_unserialize(bytes)
}

# The bytes of the stream, without compression.
read_rds_bytes <- function(file) {
  bytes <- readBin(file, "raw", file.size(file))
  if (length(bytes) >= 2L && identical(bytes[1:2], as.raw(c(0x1f, 0x8b)))) memDecompress(bytes, "gzip") else bytes
}
