# The session's graphics device and the store of its pages; the C part is src/plot_device.c and src/plot_store.c.

# The size in pixels, at the resolution of a screen bitmap, when R chooses the device itself.
plot_pixels <- 400
plot_resolution <- 72
# Pages beyond this many bytes a session make the oldest ones go.
plot_store_bytes <- 1024^3

#' Open the session's graphics device
#'
#' Draws nothing and writes no file: what is drawn is recorded, and shown by a viewer at any size. It is the
#' session's `options("device")`, so code that plots without opening a device gets it.
#'
#' @param width,height Size in inches; plots that ask for the device's size get this one.
#' @param pointsize Default size of text.
#' @param bg Background colour.
#' @return `NULL`, invisibly.
#' @keywords internal
plot_device <- function(width = plot_pixels / plot_resolution, height = plot_pixels / plot_resolution,
                        pointsize = 12, bg = "white") {
  unused <- file.path(tempdir(), "farside-plot.png")
  grDevices::png(unused,
    width = width, height = height, units = "in", res = plot_resolution,
    pointsize = pointsize, bg = bg, type = "cairo"
  )
  .Call(farside_plot_adopt)
  invisible()
}

#' Keep plots in a directory and make the recording device the default
#'
#' @param directory Made when it is not there.
#' @param limit Bytes of pages to keep; the oldest are removed first.
#' @return `NULL`, invisibly.
#' @keywords internal
plot_start <- function(directory, limit = plot_store_bytes) {
  .Call(farside_plot_store, directory, as.numeric(limit), plot_record)
  options(device = plot_device)
  invisible()
}

# Makes a recorded plot of an engine snapshot: what R's recordPlot() would note on it, and what another process needs
# to draw it.
plot_record <- local({
  version <- NULL
  function(snapshot) {
    if (is.null(version)) version <<- getRversion()
    snapshot <- without_stale_grid(snapshot)
    attr(snapshot, "pid") <- Sys.getpid()
    attr(snapshot, "Rversion") <- version
    attr(snapshot, "load") <- loadedNamespaces()
    attr(snapshot, "attach") <- character()
    attr(snapshot, "libraries") <- .libPaths()
    class(snapshot) <- "recordedplot"
    snapshot
  }
})

# A snapshot also carries grid's display list, which only grid.newpage() empties: after a ggplot each page of base
# graphics would be stored with the whole ggplot. Emptied when nothing but base graphics drew on the page.
without_stale_grid <- function(snapshot) {
  for (i in seq_along(snapshot)[-1L]) {
    state <- snapshot[[i]]
    stale <- identical(attr(state, "pkgName"), "grid") && is.integer(state[[2L]]) && state[[2L]] > 0L
    if (stale && only_base_graphics(snapshot[[1L]])) {
      state[[1L]] <- vector("list", length(state[[1L]]))
      state[[2L]] <- 0L
      snapshot[[i]] <- state
    }
  }
  snapshot
}

only_base_graphics <- function(operations) {
  is_base <- function(operation) {
    symbol <- operation[[2L]][[1L]]
    inherits(symbol, "NativeSymbolInfo") && unclass(symbol$dll)[["name"]] %in% c("graphics", "grDevices")
  }
  all(vapply(as.list(operations), is_base, NA))
}
