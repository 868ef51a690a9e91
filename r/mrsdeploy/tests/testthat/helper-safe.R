safe <- function(x, ...) mrsdeploy:::safe_unserialize(x, ...)

# Value, version and byte order; from memory and from a file.
travelled <- function(value, version = 3L, xdr = TRUE) {
  bytes <- serialize(value, NULL, version = version, xdr = xdr)
  file <- tempfile()
  on.exit(unlink(file))
  writeBin(bytes, file)
  list(safe(bytes), safe(file))
}

# Environments have no identity across a journey, so two values are the same when they are written the same; what
# differs of functions is bytecode only, which all.equal() does not look at.
expect_travels <- function(value) {
  for (version in 2:3) {
    for (xdr in c(TRUE, FALSE)) {
      for (arrived in travelled(value, version, xdr)) {
        plain <- unserialize(serialize(value, NULL, version = version, xdr = xdr))
        same <- identical(serialize(arrived, NULL), serialize(plain, NULL)) || identical(arrived, plain) ||
          isTRUE(all.equal(arrived, plain))
        expect_true(same)
      }
    }
  }
}
