# comments, blank lines and continuation

x <- c(a = 1, b = 2)
x
f <- function(n) {
  if (n > 1)
    n * f(n - 1)
  else 1
}
f(5)
for (i in 1:3)
  print(i)
invisible(7)
NULL
"a string with \"quotes\" and \\"
'multi
line
string'
summary(cars)
str(iris)
letters
options(width = 60)
letters
options(prompt = "R> ", continue = "... ")
1 +
  2
options(prompt = "> ", continue = "+ ")
1; 2; 3
(function() 5)()
