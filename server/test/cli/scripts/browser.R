f <- function(x) {
  y <- x * 2
  browser()
  z <- y + 1
  z
}
f(3)
y
n
n
z
where
c
debug(f)
f(1)
n
y
Q
undebug(f)
options(error = NULL)
g <- function() { browser(); stop("after browser") }
g()
ls()
c
"done"
