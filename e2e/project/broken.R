half <- function(x) {
  stop("no half of ", x)
}
half(3)
