x <- paste(rep("abcdefghij", 600), collapse = "")
nchar(x)
x
cat(rep("word", 3000), fill = 80)
y <- c("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "b")
y
1:500
matrix(1:400, 20)
for (i in 1:2000) cat("line", i, "\n")
invisible(lapply(1:50, print))
