json <- farside:::to_json

test_that("numbers keep their value with the fewest digits", {
  expect_equal(json(c(0.1, 1 / 3, 1e300, -0, 5e-324)), "[0.1,0.33333333333333331,1e+300,-0,4.94065645841247e-324]")
  values <- c(pi, exp(1), 2^53 + 2, .Machine$double.eps, runif(100) * 10^sample(-20:20, 100, TRUE))
  expect_identical(as.numeric(strsplit(gsub("[][]", "", json(values)), ",")[[1]]), values)
  expect_equal(json(c(1L, NA, 100000L)), "[1,null,100000]")
  expect_equal(json(c(NaN, Inf, NA)), "[null,null,null]")
})

test_that("text is UTF-8 and escaped, whatever it was", {
  expect_equal(json("a\"b\\c\n\t\001"), "\"a\\\"b\\\\c\\u000a\\u0009\\u0001\"")
  latin1 <- iconv("caf\u00e9", "UTF-8", "latin1")
  expect_equal(json(latin1), "\"caf\u00e9\"")
  expect_equal(json("\xff\xfe"), "\"\u00ff\u00fe\"")
  expect_equal(json("\u65e5\u672c \U1F469"), "\"\u65e5\u672c \U1F469\"")
  expect_equal(json(c("x", NA)), "[\"x\",null]")
})

test_that("lists are objects or arrays, and I() keeps an array", {
  expect_equal(json(list(a = 1, b = list(TRUE, NULL))), "{\"a\":1,\"b\":[true,null]}")
  expect_equal(json(I("x")), "[\"x\"]")
  expect_equal(json(list()), "[]")
  expect_equal(json(character()), "[]")
})
