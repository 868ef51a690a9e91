name <- readline("Name? ")
Ärgerlich 日本
name
x <- scan()
1 2 3
4

x
y <- scan(n = 2, quiet = TRUE)
10
20
y
choice <- menu(c("yes", "no"), title = "Well?")
2
choice
menu(c("a", "b"))
9
1
lines <- readLines(stdin(), n = 2)
first line
second line
lines
invisible(readline())
