# The renderer: a helper R of its own that draws stored pages at any size. A malformed page can crash or hang the
# process that draws it, so this never runs in a session; its starter limits its time and replaces it.

# Pixels per inch: text has its natural size where a CSS pixel is 1/96 inch. A pane with less room than the recording
# device shows what that one would, smaller; below the least resolution text could not be read.
css_resolution <- 96
least_resolution <- 60
# When margins do not fit at natural text size, the page is drawn smaller and smaller instead of not at all.
shrink_steps <- c(1, 0.75, 0.5, 0.35, 0.25)
too_small <- "too large|too small|zero dimension|non-finite|invalid graphics state"
# Marks replies among anything that drawing may print.
reply_mark <- "farside-render"

#' Serve rendering requests
#'
#' One request a line on standard input: id, format, width, height, scale, page file, target file, separated by
#' tabs, files percent-encoded. One reply a line: a mark, the id, `ok` or `failed`, and the percent-encoded reason.
#' Ends at the end of input.
#' @keywords internal
render_main <- function() {
  cache <- new.env()
  serve_requests(function(fields) {
    on.exit(grDevices::graphics.off())
    render_request(fields, cache)
  })
}

# The loop of a helper: what it is asked and how it replies.
serve_requests <- function(answer) {
  requests <- file("stdin", "r")
  on.exit(close(requests))
  cat(reply_mark, "ready\n", sep = "\t")
  while (length(line <- readLines(requests, 1L, warn = FALSE)) == 1L) {
    fields <- strsplit(line, "\t", fixed = TRUE)[[1L]]
    reason <- tryCatch(
      {
        suppressMessages(suppressWarnings(answer(fields)))
        NULL
      },
      error = conditionMessage
    )
    reply <- if (is.null(reason)) "ok" else paste0("failed\t", utils::URLencode(enc2utf8(reason), TRUE))
    cat("\n", reply_mark, "\t", fields[1L], "\t", reply, "\n", sep = "")
    flush(stdout())
  }
}

# NULL when the target was written.
render_request <- function(fields, cache) {
  if (length(fields) != 7L) stop("a malformed request")
  size <- as.numeric(fields[3:5])
  page <- utils::URLdecode(fields[6L])
  plot <- cached_page(page, cache)
  render_page(plot, utils::URLdecode(fields[7L]), fields[2L], size[1L], size[2L], size[3L])
  NULL
}

# Resizing asks for the same page again and again.
cached_page <- function(file, cache) {
  info <- file.info(file, extra_cols = FALSE)
  if (is.na(info$size)) stop("the page is no longer stored")
  key <- paste(file, info$size, format(as.numeric(info$mtime), digits = 20))
  if (!identical(cache$key, key)) {
    cache$plot <- NULL
    cache$plot <- read_page(file)
    cache$key <- key
  }
  cache$plot
}

#' Read a stored page so that it can be drawn in this process
#' @param file An uncompressed RDS file of the session's plot store.
#' @return A recorded plot with an attribute `missing`: packages of its session that are not here.
#' @keywords internal
read_page <- function(file) {
  plot <- readRDS(file)
  if (!inherits(plot, "recordedplot")) stop("the stored page is damaged")
  # Packages must be found before what refers to them is read.
  libraries <- setdiff(attr(plot, "libraries"), .libPaths())
  libraries <- libraries[dir.exists(libraries)]
  if (length(libraries)) {
    .libPaths(c(libraries, .libPaths()))
    plot <- readRDS(file)
  }
  found <- vapply(attr(plot, "load"), requireNamespace, NA, quietly = TRUE)
  attr(plot, "missing") <- names(found)[!found]
  relink_page(plot)
}

# References to C routines do not survive storage. R's own replayPlot() relinks them in time that grows with the
# square of the operations.
relink_page <- function(plot) {
  routines <- new.env()
  relink <- function(operation) {
    symbol <- operation[[2L]][[1L]]
    if (inherits(symbol, "NativeSymbolInfo")) operation[[2L]][[1L]] <- native_routine(symbol, routines)
    operation
  }
  operations <- lapply(as.list(plot[[1L]]), relink)
  plot[[1L]] <- as.pairlist(operations)
  attr(plot, "pid") <- Sys.getpid()
  plot
}

native_routine <- function(symbol, routines) {
  library <- (if (is.null(symbol$package)) symbol$dll else symbol$package)[["name"]]
  key <- paste(library, symbol$name)
  if (is.null(routines[[key]])) {
    native <- getNativeSymbolInfo(symbol$name, getLoadedDLLs()[[library]], withRegistrationInfo = TRUE)
    if (native$numParameters != symbol$numParameters) stop("the stored page has an invalid graphics call")
    routines[[key]] <- native
  }
  routines[[key]]
}

#' Draw a page
#' @param plot What [read_page()] returned.
#' @param target File to write.
#' @param format `"png"`, `"svg"` or `"pdf"`.
#' @param width,height CSS pixels.
#' @param scale Device pixels per CSS pixel of a PNG.
#' @return The factor by which text was made smaller than natural to fit.
#' @keywords internal
render_page <- function(plot, target, format, width, height, scale = 1) {
  reason <- NULL
  for (shrink in shrink_steps) {
    again <- tryCatch(draw_page(plot, target, format, width, height, scale, shrink), error = conditionMessage)
    if (is.null(again)) return(invisible(shrink))
    if (is.null(reason)) reason <- again
    if (!grepl(too_small, again)) break
  }
  missing <- attr(plot, "missing")
  if (length(missing)) {
    reason <- paste0(reason, " (not installed on the server: ", paste(missing, collapse = ", "), ")")
  }
  stop(reason, call. = FALSE)
}

draw_page <- function(plot, target, format, width, height, scale, shrink) {
  resolution <- shrink * resolution_for(width, height)
  inches <- c(width, height) / resolution
  switch(format,
    png = draw_png(plot, target, c(width, height) * scale, resolution * scale),
    svg = draw_on(plot, grDevices::svg(target, inches[1L], inches[2L])),
    pdf = draw_on(plot, grDevices::cairo_pdf(target, inches[1L], inches[2L])),
    stop("an unknown format")
  )
  if (format == "svg") set_svg_size(target, width, height)
  NULL
}

resolution_for <- function(width, height) {
  recorded_inches <- plot_pixels / plot_resolution
  min(css_resolution, max(least_resolution, min(width, height) / recorded_inches))
}

draw_png <- function(plot, target, pixels, resolution) {
  pixels <- round(pixels)
  draw_on(plot, grDevices::png(target, pixels[1L], pixels[2L], res = resolution, type = "cairo"))
}

# `device` opens the device when it is forced here.
draw_on <- function(plot, device) {
  force(device)
  on.exit(grDevices::dev.off())
  withCallingHandlers(grDevices::replayPlot(plot), warning = stop_if_incomplete)
}

# The engine leaves out the rest of a page that does not fit, and only warns.
stop_if_incomplete <- function(warning) {
  if (grepl("display list redraw incomplete", conditionMessage(warning), fixed = TRUE)) {
    stop("the plot is too large for this size", call. = FALSE)
  }
}

# R states points; viewers should use the CSS pixels asked for, whatever the drawing was shrunk to.
set_svg_size <- function(file, width, height) {
  bytes <- readChar(file, file.size(file), useBytes = TRUE)
  size <- sprintf("width=\"%g\" height=\"%g\" viewBox=", width, height)
  bytes <- sub("width=\"[^\"]*\" height=\"[^\"]*\" viewBox=", size, bytes, useBytes = TRUE)
  writeChar(bytes, file, eos = NULL, useBytes = TRUE)
}
