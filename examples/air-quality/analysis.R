# What drives ozone? A small analysis with a data file, a helper, tables, a model and plots.
source("R/helpers.R")

air <- read_air("data/air-quality.csv")
str(air)

by_month <- monthly_table(air)
print(by_month)

# Ozone is skewed, so the model is for its logarithm.
model <- lm(log(Ozone) ~ Celsius + Wind + Solar.R, data = air)
print(summary(model))

# 1: ozone over the season
plot(Ozone ~ Date, data = air, type = "h", col = "steelblue", main = "Ozone in New York, 1973",
     xlab = "", ylab = "Ozone (ppb)")
lines(lowess(air$Date[!is.na(air$Ozone)], air$Ozone[!is.na(air$Ozone)], f = 0.3), lwd = 2)

# 2: the spread in each month
boxplot(Ozone ~ Month, data = air, col = "grey90", main = "Ozone by month", xlab = "", ylab = "Ozone (ppb)")

# 3: how well the model does
used <- as.integer(rownames(model.frame(model)))
plot(exp(fitted(model)), air$Ozone[used], log = "xy", pch = 19, col = air$Month[used],
     main = "Measured against fitted", xlab = "fitted (ppb)", ylab = "measured (ppb)")
abline(0, 1, lty = 2)
legend("topleft", legend = levels(air$Month), col = seq_along(levels(air$Month)), pch = 19, bty = "n")

# A picture and a table as files
png("ozone-by-wind.png", width = 900, height = 600)
coplot(Ozone ~ Wind | Month, data = subset(air, !is.na(Ozone)), panel = panel.smooth, rows = 1)
dev.off()
write.csv(by_month, "by-month.csv", row.names = FALSE)
cat("Files written: ozone-by-wind.png, by-month.csv\n")
