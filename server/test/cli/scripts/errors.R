stop("one")
g <- function() stop("inside")
h <- function() g()
h()
traceback()
warning("first")
w <- function() { warning("a"); warning("b"); "value" }
w()
for (i in 1:12) warning(paste("many", i))
warnings()
options(warn = 1)
w()
1 +* 2
x <- c(1, 2
3)
)
tryCatch(stop("caught"), error = function(e) conditionMessage(e), finally = cat("finally\n"))
log(-1)
as.integer("x")
undefined_thing
undefined_function(1)
"unfinished" "strings"
if (TRUE) 1 else
  2
else
stopifnot("it is not so" = 1 == 2)
message("to stderr")
suppressWarnings(as.integer("y"))
try(stop("tried"))
print("after")
