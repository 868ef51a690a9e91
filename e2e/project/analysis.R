source("R/helpers.R")

points <- read.csv("data/points.csv")
print(nrow(points))
cat("mean of y:", format_mean(points$y), "\n")

fit <- lm(y ~ x, data = points)
plot(points$x, points$y, pch = 19, col = "#1f77b4", main = "Remote plot", xlab = "x", ylab = "y")
abline(fit, lwd = 2)

write.csv(coef(summary(fit)), "coefficients.csv")
