.Last <- function() cat("last words\n")
cat("before\n")
q(status = 3)
cat("never\n")
