# Helpers of analysis.R.

#' Reads the daily measurements of New York's air, May to September 1973.
#' Ozone in ppb, solar radiation in langley, wind in miles an hour, temperature in degrees Fahrenheit.
read_air <- function(path) {
  air <- read.csv(path)
  air$Date <- as.Date(air$Date)
  air$Month <- factor(month.abb[as.integer(format(air$Date, "%m"))], levels = month.abb[5:9])
  air$Celsius <- (air$Temp - 32) * 5 / 9
  air
}

#' One row a month: days, days with ozone measured, and means.
monthly_table <- function(air) {
  rows <- lapply(split(air, air$Month), function(m) {
    data.frame(
      month = as.character(m$Month[1]),
      days = nrow(m),
      measured = sum(!is.na(m$Ozone)),
      ozone = round(mean(m$Ozone, na.rm = TRUE), 1),
      wind = round(mean(m$Wind), 1),
      celsius = round(mean(m$Celsius), 1)
    )
  })
  do.call(rbind, c(rows, make.row.names = FALSE))
}
