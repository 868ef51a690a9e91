# A stored page draws what R would have drawn at once, pixel for pixel.

expect_faithful <- function(draw) {
  plots <- local_plots()
  draw()
  at_prompt()
  graphics.off()
  pages <- pages_of(plots)
  expect_gt(length(pages), 0)
  expect_identical(replayed_bytes(page_file(plots, max(pages))), drawn_bytes(draw))
}

demanding <- list(
  base = function() {
    plot(cars, main = "Stopping", pch = 19, col = "#00000080")
    lines(lowess(cars), col = 2, lwd = 2)
    legend("topleft", c("a", "b"), lty = 1:2, title = "Legend")
  },
  plotmath = function() {
    plot(0:1, 0:1, type = "n", xlab = expression(x[i]^2), main = expression(hat(beta) == (X^t * X)^{-1} * X^t * y))
    text(.5, .5, expression(integral(f(x) * dx, a, b) + bgroup("[", frac(alpha, sqrt(2)), "]")), cex = 2, srt = 30)
  },
  mfrow = function() {
    par(mfrow = c(2, 2), oma = c(0, 0, 2, 0))
    for (i in 1:4) hist((1:50 * i) %% 13, main = i)
    mtext("Outer", outer = TRUE)
  },
  layout = function() {
    layout(matrix(c(1, 1, 2, 3), 2), widths = c(2, 1))
    barplot(VADeaths, legend.text = TRUE)
    pie(1:4)
    boxplot(len ~ dose, ToothGrowth, notch = TRUE)
  },
  image = function() image(volcano, col = hcl.colors(20)),
  raster = function() {
    plot(0:1, 0:1, type = "n")
    rasterImage(as.raster(volcano / 200), 0, 0, 1, 1, angle = 20, interpolate = FALSE)
    rasterImage(as.raster(volcano / 200), .5, .5, 1, 1)
  },
  persp = function() persp(volcano, theta = 135, phi = 30, shade = .75, border = NA, col = "green3"),
  contour = function() filled.contour(volcano, color.palette = terrain.colors),
  hershey = function() {
    plot(0:1, 0:1, type = "n")
    text(.5, .5, "Hershey \\*a\\*b", vfont = c("serif", "bold italic"), cex = 2)
  },
  cjk = function() plot(1, main = "\u4e2d\u6587\u6807\u9898 \u65e5\u672c\u8a9e", xlab = "\ud55c\uad6d\uc5b4", ylab = "e\u0301 \u00df"),
  paths = function() {
    plot(0:1, 0:1, type = "n", bg = "grey")
    polypath(c(.1, .1, .9, .9, NA, .2, .2, .8, .8), c(.1, .9, .9, .1, NA, .2, .8, .8, .2), rule = "evenodd", col = 3)
    symbols(.5, .5, stars = matrix(1:6, 1), inches = .5, add = TRUE, bg = 5)
  },
  grid = function() {
    grid::grid.newpage()
    grid::pushViewport(grid::viewport(angle = 30, width = .5, height = .5))
    grid::grid.circle(r = .6, gp = grid::gpar(fill = "tomato", alpha = .5, lty = 2))
    grid::popViewport()
    grid::grid.text("grid", rot = 45, gp = grid::gpar(fontsize = 30, fontface = "bold"))
  },
  mixed = function() {
    par(mfrow = c(1, 2))
    plot(1:3)
    plot(3:1)
    # Without its own clipping R itself replays grid's first drawing on a base page clipped to the last plot region.
    grid::pushViewport(grid::viewport(width = .5, height = .5, clip = "off"))
    grid::grid.rect(.5, .5, .2, .2, gp = grid::gpar(fill = "#FF000040"))
    grid::popViewport()
  }
)

for (name in names(demanding)) local({
  draw <- demanding[[name]]
  test_that(paste("faithful:", name), {
    expect_faithful(draw)
  })
})

test_that("faithful: lattice", {
  skip_if_not_installed("lattice")
  expect_faithful(function() print(lattice::xyplot(mpg ~ wt | factor(cyl), mtcars, type = c("p", "r"), auto.key = TRUE)))
})

test_that("faithful: ggplot2, and a base plot after it", {
  skip_if_not_installed("ggplot2")
  chart <- ggplot2::ggplot(mtcars, ggplot2::aes(wt, mpg, colour = factor(cyl))) + ggplot2::geom_point()
  expect_faithful(function() print(chart + ggplot2::facet_wrap(~gear)))
  expect_faithful(function() {
    print(chart)
    plot(1)
  })
})

test_that("faithful: gradients, masks and clipping paths", {
  skip_if(getRversion() < "4.1")
  expect_faithful(function() {
    grid::grid.newpage()
    clip <- grid::circleGrob(r = .4)
    grid::pushViewport(grid::viewport(clip = clip))
    grid::grid.rect(gp = grid::gpar(fill = grid::linearGradient(c("red", "blue"))))
    grid::popViewport()
    grid::pushViewport(grid::viewport(mask = grid::circleGrob(r = .2, gp = grid::gpar(fill = "black"))))
    grid::grid.rect(gp = grid::gpar(fill = "yellow"))
    grid::popViewport()
  })
})

test_that("every format is written at the size asked for", {
  plots <- local_plots()
  plot(1:10)
  at_prompt()
  page <- farside:::read_page(page_file(plots, 1))
  png <- tempfile(fileext = ".png")
  farside:::render_page(page, png, "png", 300, 200, 2)
  expect_identical(readBin(png, "integer", 6, endian = "big")[5:6], c(600L, 400L))
  svg <- tempfile(fileext = ".svg")
  farside:::render_page(page, svg, "svg", 300, 200)
  expect_match(paste(readLines(svg, 3), collapse = ""), "width=\"300\" height=\"200\" viewBox=\"0 0 360 240\"")
  pdf <- tempfile(fileext = ".pdf")
  farside:::render_page(page, pdf, "pdf", 300, 200)
  expect_identical(readBin(pdf, "raw", 4), charToRaw("%PDF"))
})

test_that("text has its natural size in a large pane, and that of a 400 x 400 bitmap in one of that size", {
  expect_identical(farside:::resolution_for(1200, 800), 96)
  expect_equal(farside:::resolution_for(400, 400), 72)
  expect_identical(farside:::resolution_for(900, 100), 60)
  plots <- local_plots()
  plot(1:10)
  at_prompt()
  target <- tempfile(fileext = ".png")
  farside:::render_page(farside:::read_page(page_file(plots, 1)), target, "png", 400, 400)
  expect_identical(readBin(target, "raw", 1e6), drawn_bytes(function() plot(1:10)))
})

test_that("a page too large for its size is drawn smaller instead of not at all", {
  plots <- local_plots()
  par(mfrow = c(3, 3))
  for (i in 1:9) plot(i)
  at_prompt()
  page <- farside:::read_page(page_file(plots, 1))
  expect_lt(farside:::render_page(page, tempfile(), "png", 250, 200), 1)
})

test_that("a page of which the engine would leave out the rest is drawn smaller, too", {
  plots <- local_plots()
  par(mfrow = c(6, 1), mar = c(2, 2, 1, 1))
  for (i in 1:6) plot(i)
  at_prompt()
  page <- farside:::read_page(page_file(plots, 1))
  expect_silent(shrink <- farside:::render_page(page, tempfile(), "svg", 320, 100))
  expect_lt(shrink, 1)
})

test_that("a failure names what is missing", {
  plots <- local_plots()
  plot(1)
  recordGraphics(if (isTRUE(getOption("farside.test"))) stop("no such theme"), list(), environment())
  at_prompt()
  raw <- readRDS(page_file(plots, 1))
  attr(raw, "load") <- "notInstalledAnywhere"
  saveRDS(raw, page_file(plots, 1), compress = FALSE)
  old <- options(farside.test = TRUE)
  on.exit(options(old), add = TRUE)
  page <- farside:::read_page(page_file(plots, 1))
  expect_error(
    farside:::render_page(page, tempfile(), "png", 300, 300),
    "no such theme \\(not installed on the server: notInstalledAnywhere\\)"
  )
})
