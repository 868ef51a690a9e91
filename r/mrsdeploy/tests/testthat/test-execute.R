test_that("the list of an execution", {
  sign_in()
  out <- capture.output(
    result <- remoteExecute("z <- x + y; print(z)", inputs = '[{"name":"x","value":120},{"name":"y","value":130}]', outputs = "z")
  )
  expect_equal(out, "[1] 250")
  expect_equal(names(result), c("success", "errorMessage", "outputParameters", "consoleOutput", "changedFiles"))
  expect_identical(result, list(
    success = TRUE, errorMessage = "", outputParameters = list(z = 250L), consoleOutput = "[1] 250\n",
    changedFiles = character()
  ))
})

test_that("values keep their shape", {
  sign_in()
  result <- remoteExecute(
    "m <- matrix(1:6, 2); v <- c(a = 1.5, b = NA); s <- c('x', 'ü'); n <- NULL; l <- TRUE",
    inputs = '[{"name":"d","value":{"Age":[71,55.25],"Sex":["M","F"]}},{"name":"one","value":[1]}]',
    outputs = c("d", "m", "v", "s", "l", "one")
  )
  values <- result$outputParameters
  expect_equal(values$d, data.frame(Age = c(71, 55.25), Sex = c("M", "F")))
  expect_equal(values$m, matrix(1:6, 2))
  expect_equal(unname(values$v), c(1.5, NA))
  expect_equal(values$s, c("x", "\u00fc"))
  expect_true(values$l)
  expect_equal(values$one, 1)
})

test_that("an error of the code is a result", {
  sign_in()
  capture.output(result <- remoteExecute("cat('before\\n'); stop('bad thing')"), type = "message")
  expect_false(result$success)
  expect_match(result$errorMessage, "bad thing")
  expect_match(result$consoleOutput, "^before\n")
  capture.output(result <- remoteExecute("1 +* 2"), type = "message")
  expect_false(result$success)
})

test_that("a script is read here, and its errors name its lines", {
  sign_in()
  path <- file.path(tempdir(), "my script.R")
  writeLines(c("a <- 1", "", "b <- a + 1", "f <- function() stop('here')", "f()"), path)
  capture.output(result <- remoteScript(path, outputs = "b", displayPlots = FALSE, writePlots = FALSE), type = "message")
  expect_false(result$success)
  expect_match(result$consoleOutput, "my script.R:4")
  expect_error(remoteScript("/no/such.R"), "no script", class = "mrsdeploy_noSuchFile")
})

test_that("plots are written here when asked", {
  sign_in()
  folder <- tempfile()
  dir.create(folder)
  old <- setwd(folder)
  on.exit(setwd(old), add = TRUE)
  result <- remoteExecute("plot(1:3); svg('own.svg'); plot(1); invisible(dev.off())")
  expect_setequal(result$changedFiles, c("Rplot001.png", "own.svg"))
  expect_equal(list.files(), character())
  expect_message(remoteExecute("plot(3:1)", writePlots = TRUE), "Rplot001.png")
  expect_equal(dim(png::readPNG("Rplot001.png"))[1:2], c(400L, 400L))
})

test_that("output comes while the code runs", {
  sign_in()
  seen <- NULL
  remote <- textConnection("seen", "w", local = TRUE)
  sink(remote)
  setTimeLimit(elapsed = Inf)
  result <- tryCatch(remoteExecute("for (i in 1:3) { cat('tick', i, '\\n'); Sys.sleep(0.2) }"), finally = sink())
  close(remote)
  expect_equal(seen, paste("tick", 1:3, ""))
  old <- options(mrsdeploy.console_update = 500)
  on.exit(options(old), add = TRUE)
  expect_equal(capture.output(remoteExecute("cat('at the end\\n')")), "at the end")
})

test_that("wrong use says what is wrong", {
  sign_in()
  expect_error(remoteExecute(1), "rcode", class = "mrsdeploy_badArgument")
  expect_error(remoteExecute("1", inputs = list(x = 1)), "inputs", class = "mrsdeploy_badArgument")
  expect_error(remoteExecute("1", inputs = "{"), "no JSON", class = "mrsdeploy_badArgument")
  expect_error(remoteExecute("1", inputs = '{"x":1}'), "array", class = "mrsdeploy_badArgument")
  expect_error(remoteExecute("1", displayPlots = NA), "displayPlots", class = "mrsdeploy_badArgument")
  expect_error(remoteExecute("1", outputs = 1), "outputs", class = "mrsdeploy_badArgument")
})
