format_mean <- function(x) {
  format(mean(x), digits = 4)
}
