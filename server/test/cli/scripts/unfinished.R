f <- function(x) {
  x +