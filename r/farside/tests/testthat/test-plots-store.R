# The store: bounded, whole files only, and out of the way of forked children.

test_that("a loop of 10,000 plots stays within the bound, oldest pages first", {
  bound <- 10 * 1024^2
  plots <- local_plots(bound)
  for (i in 1:10000) plot(i)
  at_prompt()
  kept <- pages_of(plots)
  expect_lte(sum(file.size(page_file(plots, kept))), bound)
  expect_identical(kept, as.numeric(seq(min(kept), 10000)))
  log <- announced(plots)
  expect_identical(log$page[log$removed], as.numeric(seq_len(min(kept) - 1)))
})

test_that("the newest page stays even when it is larger than the bound", {
  plots <- local_plots(1000)
  plot(1)
  plot(2)
  at_prompt()
  expect_identical(pages_of(plots), 2)
})

test_that("a page that can not be written is reported once, and drawing goes on", {
  plots <- local_plots()
  unlink(plots, recursive = TRUE)
  said <- capture.output(type = "message", {
    plot(1)
    at_prompt()
    plot(2)
    at_prompt()
  })
  expect_identical(grep("was not kept", said), 1L)
})

test_that("a forked child does not write into its parent's store", {
  plots <- local_plots()
  plot(1)
  at_prompt()
  child <- parallel::mcparallel({
    plot(2)
    at_prompt()
    graphics.off()
  })
  parallel::mccollect(child)
  expect_identical(pages_of(plots), 1)
})

test_that("a raster that must stay sharp counts as a large page, another as a small one", {
  plots <- local_plots()
  image(volcano, useRaster = TRUE)
  plot(1)
  at_prompt()
  expect_gt(announced(plots)$operations[1], 3000)
  expect_lt(announced(plots)$operations[2], 100)
})

test_that("a base plot after one of grid does not carry the other along, and draws the same", {
  plots <- local_plots()
  plot(1)
  at_prompt()
  grid::grid.newpage()
  for (i in 1:50) grid::grid.rect(width = i / 50, name = as.character(i))
  at_prompt()
  plot(1)
  at_prompt()
  sizes <- file.size(page_file(plots, 1:3))
  expect_gt(sizes[2], 2 * sizes[1])
  expect_lt(sizes[3], 1.5 * sizes[1])
  expect_identical(replayed_bytes(page_file(plots, 3)), replayed_bytes(page_file(plots, 1)))
})

test_that("a page that grid drew on keeps its grid objects", {
  plots <- local_plots()
  plot(1)
  grid::pushViewport(grid::viewport(clip = "off"))
  grid::grid.circle(r = .2, name = "dot")
  at_prompt()
  page <- farside:::read_page(page_file(plots, 1))
  grDevices::png(tempfile(), type = "cairo")
  grDevices::replayPlot(page)
  expect_identical(grid::grid.get("dot")$name, "dot")
})
