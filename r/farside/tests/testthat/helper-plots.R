# A store of its own for each test, the recording device as the default, and nothing left open afterwards.
local_plots <- function(limit = 1024^3, env = parent.frame()) {
  session <- tempfile("farside-plots-")
  dir.create(session)
  old <- options(device = NULL)
  farside:::plot_start(file.path(session, "plots"), limit)
  tidy <- function() {
    grDevices::graphics.off()
    options(old)
    unlink(session, recursive = TRUE)
  }
  do.call(on.exit, list(as.call(list(tidy)), TRUE), envir = env)
  file.path(session, "plots")
}

at_prompt <- function() invisible(.Call(farside:::farside_plot_flush))

# The announced lines as a data frame.
announced <- function(plots) {
  file <- file.path(plots, "pages.jsonl")
  lines <- if (file.exists(file)) readLines(file) else character()
  number <- function(key) as.numeric(sub(paste0(".*\"", key, "\":([0-9]+).*"), "\\1", lines))
  data.frame(
    page = number("page"), revision = number("revision"), operations = number("operations"),
    removed = grepl("removed", lines)
  )
}

pages_of <- function(plots) sort(as.numeric(sub("[.]rds$", "", list.files(plots, "rds$"))))

page_file <- function(plots, page) file.path(plots, paste0(page, ".rds"))

# Draws a stored page as the renderer does, at the recording device's own size.
replayed_bytes <- function(file, width = 400, height = 400, resolution = 72) {
  target <- tempfile(fileext = ".png")
  plot <- farside:::read_page(file)
  farside:::draw_png(plot, target, c(width, height), resolution)
  readBin(target, "raw", file.size(target))
}

drawn_bytes <- function(draw, width = 400, height = 400, resolution = 72) {
  target <- tempfile(fileext = ".png")
  grDevices::png(target, width, height, res = resolution, type = "cairo")
  number <- grDevices::dev.cur()
  draw()
  grDevices::dev.off(number)
  readBin(target, "raw", file.size(target))
}
