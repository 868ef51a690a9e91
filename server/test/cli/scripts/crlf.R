x <- 1
x
if (x > 0) {
  "yes"
}
