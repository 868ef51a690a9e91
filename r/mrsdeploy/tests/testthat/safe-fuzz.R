# Run by test-safe-fuzz.R in an R of its own: mutates streams at random and looks at what arrives.
arguments <- commandArgs(TRUE)
seed <- as.integer(arguments[1])
rounds <- as.integer(arguments[2])
canary <- arguments[3]
last <- arguments[4]
library(mrsdeploy)
set.seed(seed)
RNGversion("4.0.0")

lazy <- function(x, y) {
  force(x)
  environment()
}
active <- new.env()
makeActiveBinding("x", function() file.create(canary), active)
fire <- function() file.create(canary)
values <- list(
  list(1:10, c(a = 1, b = NA), "x", NULL, TRUE, 1i, as.raw(1:3), as.character(1:100), sort(runif(70))),
  iris[1:5, ], matrix(1:6, 2, dimnames = list(c("a", "b"), NULL)), factor(letters), lm(dist ~ speed, cars[1:8, ]),
  lazy(1 + 1, fire()), compiler::cmpfun(function(x, y = 2) for (i in 1:3) x <- x + switch("a", a = y, b = fire())),
  active, quote(f(x, fire(), y = 2)), y ~ x, as.POSIXlt(Sys.time()), methods::getClass("numeric"), ecdf(c(1, 3, 2)),
  ts(1:24, start = 2000, frequency = 12), as.pairlist(list(a = 1, b = sum)), .Internal(wrap_meta(c(3, 1, 2), 1L, TRUE))
)
streams <- c(lapply(values, serialize, NULL), lapply(values, serialize, NULL, xdr = FALSE, version = 2L))
special <- c(0:25, 100, 238:255, -1L, -2L, 2147483647L, 255 + 256 * 1:4, 1026, 32768 * 4096 + 1026, 512 + 13, 256 + 19)

mutate <- function(bytes) {
  for (k in seq_len(sample(1:4, 1, prob = c(8, 2, 1, 1)))) {
    at <- sample(length(bytes) - 8L, 1) + 2L
    bytes <- switch(sample(6, 1),
      replace(bytes, at, as.raw(sample(0:255, 1))),
      replace(bytes, at + 0:3, writeBin(as.integer(sample(special, 1)), raw(), endian = sample(c("big", "little"), 1))),
      bytes[seq_len(at)],
      bytes[-(at + seq_len(sample(12, 1)))],
      append(bytes, bytes[sample(length(bytes), sample(40, 1), replace = TRUE)], at),
      { # a piece of another stream, at the place where one of its items may begin
        other <- sample(streams, 1)[[1]]
        from <- sample(length(other) - 4L, 1)
        append(bytes, other[from:min(length(other), from + sample(80, 1))], at)
      }
    )
    if (length(bytes) < 40L) return(bytes)
    bytes <- bytes[!is.na(bytes)]
  }
  bytes
}

quietly <- function(code) suppressWarnings(suppressMessages(try(code, silent = TRUE)))
touch <- function(value) {
  quietly(attributes(value))
  quietly(dim(value))
  quietly(names(value))
  quietly(serialize(value, NULL))
  quietly(utils::capture.output(str(value, vec.len = 1, list.len = 20)))
  if (is.environment(value)) quietly(as.list(value))
  if (is.data.frame(value)) quietly(utils::capture.output(print(utils::head(value, 3))))
}

arrived <- refused <- 0L
for (round in seq_len(rounds)) {
  bytes <- mutate(sample(streams, 1)[[1]])
  writeBin(bytes, last)
  value <- tryCatch(
    suppressWarnings(mrsdeploy:::safe_unserialize(if (round %% 2) bytes else last)),
    mrsdeploy_unsafe = function(e) e
  )
  if (inherits(value, "mrsdeploy_unsafe")) refused <- refused + 1L
  else {
    arrived <- arrived + 1L
    touch(value)
  }
  if (file.exists(canary)) stop("round ", round, " ran code")
}
cat(sprintf("done %d arrived %d refused\n", arrived, refused))
