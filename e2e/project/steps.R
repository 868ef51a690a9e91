# Sent line by line.
a <- 20 +
  1

b <- sapply(1:3, function(i) {
  i * 2
})
cat("sum is", a + sum(b), "\n")
