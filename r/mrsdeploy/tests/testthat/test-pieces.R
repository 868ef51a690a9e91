test_that("terminal text keeps colours and loses what speaks to the terminal", {
  clean <- mrsdeploy:::text_cleaner()
  expect_equal(clean("a\u001b[31mred\u001b[0m"), "a\u001b[31mred\u001b[0m")
  expect_equal(clean("x\u001b]52;c;aGVsbG8=\u0007y\u001b]0;title\u001b\\z"), "xyz")
  expect_equal(clean("x\u001b[6ny\u001b[c"), "xy")
  expect_equal(clean("cut \u001b]0;ti"), "cut ")
  expect_equal(clean("tle\u0007on"), "on")
  expect_equal(clean("end\u001b"), "end")
  expect_equal(clean("[1mbold"), "\u001b[1mbold")
  expect_equal(mrsdeploy:::clean_text("a\nb\u001b[31m"), "ab[31m")
})

test_that("events come whole, however the stream is cut", {
  events <- list(list(seq = 1L, type = "output", text = "\u00fc\n"), list(type = "live"), list(seq = 2L, type = "prompt"))
  lines <- vapply(events, function(e) as.character(jsonlite::toJSON(e, auto_unbox = TRUE)), "")
  bytes <- charToRaw(enc2utf8(paste0(lines, "\n", collapse = "")))
  for (size in c(1, 3, 10, 1000)) {
    split <- mrsdeploy:::event_splitter()
    seen <- list()
    for (at in seq(1, length(bytes), size)) seen <- c(seen, split(bytes[at:min(length(bytes), at + size - 1)]))
    expect_equal(seen, events)
  }
})

test_that("words at the remote prompt", {
  word <- function(line) mrsdeploy:::control_word(line)$word
  expect_equal(word("exit"), "exit")
  expect_equal(word(" exit # now"), "exit")
  expect_equal(word("pause()"), "pause")
  expect_equal(word("mrsdeploy::pause();"), "pause")
  expect_equal(word("remoteLogout()"), "remoteLogout")
  expect_equal(word("q('no')"), "quit")
  expect_equal(mrsdeploy:::control_word("x <- 'ü'; pause()"), list(word = "pause", before = "x <- 'ü'"))
  for (code in c("exit <- 1", "f(exit)", "pause", "'exit'", "pause(1)", "x <- function() pause()", "if (a) exit", "1 +")) {
    expect_null(word(code), info = code)
  }
})

test_that("Ctrl-C goes up a ladder, and a nervous finger is one wish", {
  ladder <- mrsdeploy:::new_ladder()
  expect_equal(c(ladder$press(0), ladder$press(0.1), ladder$press(1), ladder$press(2), ladder$press(3)), c(1, 0, 2, 3, 3))
  ladder$reset()
  expect_equal(ladder$press(4), 1)
})

test_that("a file from a server stays in the working directory", {
  name <- mrsdeploy:::local_name
  expect_equal(name("../../etc/passwd.png"), "passwd.png")
  expect_equal(name("a\\..\\b.png"), "a_.._b.png")
  expect_equal(name(".Rprofile"), "_.Rprofile")
})

test_that("inputs of a job are code on its first line", {
  expect_equal(mrsdeploy:::input_code(NULL), "")
  code <- mrsdeploy:::input_code('[{"name":"a b","value":"x\\ny"},{"name":"d","value":{"n":[1,2.5]}}]')
  expect_false(grepl("\n", code))
  env <- new.env()
  eval(parse(text = code), env)
  expect_equal(env$`a b`, "x\ny")
  expect_equal(env$d, data.frame(n = c(1, 2.5)))
})
