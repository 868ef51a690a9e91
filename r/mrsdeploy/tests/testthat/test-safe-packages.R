# Objects of well-known packages arrive and work.

test_that("a ggplot arrives and is drawn", {
  plot <- ggplot2::ggplot(mtcars, ggplot2::aes(wt, mpg)) + ggplot2::geom_point() + ggplot2::facet_wrap(~cyl)
  arrived <- suppressWarnings(safe(serialize(plot, NULL)))
  expect_identical(ggplot2::layer_data(arrived), ggplot2::layer_data(plot))
})

test_that("an R6 object without active fields arrives and works; with one it is refused", {
  counter <- R6::R6Class("Counter", public = list(n = 0, add = function(by = 1) {
    self$n <- self$n + by
    invisible(self)
  }), private = list(secret = 7))
  arrived <- safe(serialize(counter$new()$add(2), NULL))
  expect_identical(arrived$add()$n, 3)
  active <- R6::R6Class("A", active = list(x = function() 1))
  expect_error(safe(serialize(active$new(), NULL)), "active binding", class = "mrsdeploy_unsafe")
})

test_that("a data.table arrives without a word and takes :=", {
  # Evaluated where data.table is known to be used.
  inside <- new.env(parent = globalenv())
  inside$.datatable.aware <- TRUE
  table <- data.table::data.table(a = 1:3, b = letters[1:3], key = "a")
  expect_silent(arrived <- safe(serialize(table, NULL)))
  expect_identical(as.data.frame(arrived), as.data.frame(table))
  inside$arrived <- arrived
  expect_silent(eval(quote(arrived[, `:=`("d", a * 2L)]), inside))
  expect_identical(inside$arrived$d, c(2L, 4L, 6L))
  expect_identical(data.table::key(arrived), "a")
})

test_that("what looks like an sf object arrives", {
  point <- function(x, y) structure(c(x, y), class = c("XY", "POINT", "sfg"))
  geometry <- structure(
    list(point(1, 2), point(3, 4)), class = c("sfc_POINT", "sfc"), precision = 0, n_empty = 0L,
    bbox = structure(c(xmin = 1, ymin = 2, xmax = 3, ymax = 4), class = "bbox"),
    crs = structure(list(input = "EPSG:4326", wkt = "GEOGCRS[...]"), class = "crs")
  )
  sf <- structure(
    list(id = 1:2, geometry = geometry), row.names = 1:2, class = c("sf", "data.frame"), sf_column = "geometry",
    agr = structure(factor(NA, c("constant", "aggregate", "identity")), names = "id")
  )
  expect_travels(sf)
})

test_that("S4 and reference objects arrive", {
  where <- globalenv()
  methods::setClass("SafePoint", representation(x = "numeric", names = "character"), where = where)
  on.exit(methods::removeClass("SafePoint", where = where))
  expect_travels(methods::new("SafePoint", x = 1, names = letters))
})
