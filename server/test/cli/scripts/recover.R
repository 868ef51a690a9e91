f <- function(x) g(x + 1)
g <- function(y) stop("deep")
options(error = recover)
f(1)
1
x
c
0
options(error = NULL)
tracemem
set.seed(42)
rnorm(5)
sample(10)
fit <- lm(mpg ~ wt + hp, mtcars)
summary(fit)
anova(fit)
glm(am ~ wt, binomial, mtcars)
pb <- txtProgressBar(0, 5, style = 3)
for (i in 1:5) setTxtProgressBar(pb, i)
close(pb)
print(ls())
help_missing_topic <- 1
.Last.value
sessionInfo()$R.version$version.string
Recall
interactive()
