# R's serialization stream, item by item, to write what serialize() never would.

w <- list()
w$int <- function(...) writeBin(as.integer(c(...)), raw(), endian = "big")
w$header <- c(charToRaw("X\n"), w$int(3L, 263170L, 197888L, 5L), charToRaw("UTF-8"))
w$flags <- function(type, object = FALSE, attr = FALSE, tag = FALSE, levels = 0) {
  w$int(type + 256 * object + 512 * attr + 1024 * tag + 4096 * levels)
}
w$nil <- w$int(254L)
w$globalenv <- w$int(253L)
w$unbound <- w$int(252L)
w$missing <- w$int(251L)
w$baseenv <- w$int(241L)
w$ref <- function(index) w$int(index * 256 + 255)
w$char <- function(text, levels = 64) c(w$flags(9L, levels = levels), w$int(nchar(text, "bytes")), charToRaw(text))
w$symbol <- function(name) c(w$int(1L), w$char(name))
w$ints <- function(x, attr = NULL, ...) c(w$flags(13L, attr = !is.null(attr), ...), w$int(length(x), x), attr)
w$reals <- function(x) c(w$int(14L, length(x)), writeBin(as.double(x), raw(), endian = "big"))
w$strings <- function(...) {
  texts <- c(...)
  c(w$int(16L, length(texts)), unlist(lapply(texts, w$char)))
}
w$list <- function(..., attr = NULL, type = 19L) {
  c(w$flags(type, attr = !is.null(attr), object = !is.null(attr)), w$int(length(list(...))), ..., attr)
}
w$cons <- function(car, cdr = w$nil, tag = NULL, type = 2L, levels = 0, attr = NULL) {
  c(w$flags(type, tag = !is.null(tag), levels = levels, attr = !is.null(attr)), attr, tag, car, cdr)
}
w$attributes <- function(...) {
  all <- list(...)
  out <- w$nil
  for (name in rev(names(all))) out <- w$cons(all[[name]], out, tag = w$symbol(name))
  out
}
w$call <- function(name, ...) {
  out <- w$nil
  for (argument in rev(list(...))) out <- w$cons(argument, out)
  w$cons(w$symbol(name), out, type = 6L)
}
w$promise <- function(code, env = w$globalenv, value = w$unbound) w$cons(value, code, tag = env, type = 5L)
w$environment <- function(frame = w$nil, parent = w$globalenv, table = w$nil, attr = w$nil) {
  c(w$int(4L, 0L), parent, frame, table, attr)
}
w$closure <- function(body, formals = w$nil, env = w$globalenv) w$cons(formals, body, tag = env, type = 3L)
w$altrep <- function(class, package, state, attr = w$nil, type = 13L) {
  info <- w$cons(w$symbol(class), w$cons(w$symbol(package), w$cons(w$ints(type))))
  c(w$int(238L), info, state, attr)
}
w$package <- function(type, ...) c(w$int(type, 0L, length(c(...))), unlist(lapply(c(...), w$char)))

# What is run when anything is: a file that appears.
canary <- tempfile("canary-")
w$fire <- function() w$call("file.create", w$strings(canary))
fired <- function() file.exists(canary)
