# Plots of the remote session: its pages, drawn by the server at the size that is wanted.

# As in the original: plots come as files of this size.
plot_pixels <- 400

# The pages drawn since they were last shown: page -> revision.
note_page <- function(pages, event) {
  page <- as.character(event$page)
  if (isTRUE(event$removed)) pages[[page]] <- NULL else pages[[page]] <- event$revision
  pages
}

# Shows and writes new pages as the connection asks for; gives what is left to show: nothing.
show_pages <- function(connection, pages) {
  plots <- connection$plots
  for (page in names(pages)) {
    if (plots$display && can_display()) with_plot_warning(display_png(page_png(connection, page, window_pixels())))
    if (plots$write) with_plot_warning(write_page(connection, page))
  }
  list()
}

# A plot that can not be shown does not take the session along.
with_plot_warning <- function(expr) {
  tryCatch(expr, error = function(e) warning("A plot was not shown: ", conditionMessage(e), call. = FALSE))
}

page_png <- function(connection, page, pixels) {
  path <- paste0(path_of("v2", "sessions", connection$session), "/plots/", page)
  query <- list(format = "png", width = pixels[1L], height = pixels[2L], scale = 1)
  http(connection, "GET", path, query = query)$content
}

# A plot window is opened where somebody looks at it; a script gets none unless it opened a device itself.
can_display <- function() {
  if (!interactive() && grDevices::dev.cur() == 1L) return(FALSE)
  if (requireNamespace("png", quietly = TRUE)) return(TRUE)
  if (is.null(state$said_png)) {
    message("To see remote plots here, install the package png.")
    state$said_png <- TRUE
  }
  FALSE
}

# Of the plot window that is open, else of the default one.
window_pixels <- function() {
  if (grDevices::dev.cur() == 1L) return(c(672, 672))
  size <- tryCatch(grDevices::dev.size("px"), error = function(e) c(NA, NA))
  if (anyNA(size)) return(c(672, 672))
  pmin(pmax(round(size), 50), 10000)
}

display_png <- function(bytes) {
  picture <- png::readPNG(bytes)
  old <- graphics::par(mar = c(0, 0, 0, 0), mfrow = c(1, 1), xaxs = "i", yaxs = "i")
  on.exit(graphics::par(old))
  graphics::plot.new()
  graphics::plot.window(c(0, 1), c(0, 1))
  place <- fit(dim(picture)[2:1], graphics::par("pin"))
  graphics::rasterImage(picture, place[1L], place[2L], place[3L], place[4L])
  invisible()
}

# Where a picture of that shape goes in the unit square of a window, without changing its shape.
fit <- function(picture, window) {
  scale <- min(window / picture)
  half <- picture * scale / window / 2
  c(0.5 - half, 0.5 + half)
}

write_page <- function(connection, page) {
  name <- sprintf("Rplot%03d.png", as.integer(page))
  write_whole(page_png(connection, page, c(plot_pixels, plot_pixels)), name)
  message("Plot written to ", name)
}

# A file is there whole or not at all.
write_whole <- function(bytes, path) {
  temporary <- tempfile(paste0(".", basename(path), "-"), dirname(path))
  on.exit(unlink(temporary))
  writeBin(bytes, temporary)
  if (!file.rename(temporary, path)) fail("notWritten", paste0("The file ", path, " could not be written."))
  invisible(path)
}
