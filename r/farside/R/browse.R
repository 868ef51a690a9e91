# Web pages and vignettes: R's option "browser", and what print() does with a vignette.

# A page of R's own help server, whose port only the machine of R can reach, is shown as what it is about.
show_url <- function(url) {
  own <- own_help_path(url)
  if (!is.null(own)) return(show_own_page(own, url))
  if (grepl("^https?://", url, ignore.case = TRUE)) {
    return(present(list(kind = "url", url = url), writeLines(paste("Open in a browser:", url))))
  }
  path <- sub("^file://(localhost)?", "", url)
  if (file.exists(path)) return(show_local_page(normalizePath(path)))
  present(list(kind = "url", url = url), writeLines(paste("Not opened:", url)))
}

show_local_page <- function(path) {
  present(list(kind = "page", path = path, file = within_workdir(path)), writeLines(c(
    paste("This page is a file on the machine where R runs:", path),
    "Copy or save it in the working directory as one file (htmlwidgets::saveWidget(widget, \"page.html\",",
    "selfcontained = TRUE)), bring it back, and open it on your machine."
  )))
}

own_help_path <- function(url) {
  port <- tools:::httpdPort()
  start <- paste0("http://127.0.0.1:", port)
  if (port > 0L && startsWith(url, paste0(start, "/"))) sub("[?#].*", "", substring(url, nchar(start) + 1L))
}

# For help(help_type = "html"), help.start() and their kin.
show_own_page <- function(path, url) {
  parts <- strsplit(utils::URLdecode(path), "/", fixed = TRUE)[[1L]][-1L]
  if (length(parts) == 4L && parts[1L] == "library" && parts[3L] %in% c("html", "help")) {
    topic <- sub("\\.html$", "", parts[4L])
    if (topic == "00Index") return(show_package_index(parts[2L]))
    return(show_help_page(topic, parts[2L]))
  }
  if (identical(parts, c("doc", "html", "index.html"))) return(show_help_start())
  present(list(kind = "url", url = url), writeLines(c(
    paste("This page is served where R runs, for programs on that machine only:", url),
    "?topic, ??words and vignette() show the same here."
  )))
}

show_help_page <- function(topic, package) {
  found <- suppressWarnings(utils::help((topic), (package), help_type = "text"))
  if (length(found) == 0L) return(writeLines(paste0("No help on ", topic, " in package ", package, ".")))
  print(found)
  invisible()
}

show_package_index <- function(package) {
  index <- system.file("INDEX", package = package)
  lines <- if (nzchar(index)) readLines(index, warn = FALSE) else "No index is installed."
  present(list(kind = "help", package = package, title = package), print_lines(c(
    paste0("Help on package ", package), "", lines
  )))
}

show_help_start <- function() {
  present(list(kind = "search", query = ""), writeLines(c(
    "?topic shows the help on a function, ??words searches all pages, help(package = \"name\") lists a package,",
    "browseVignettes() lists what packages explain at length. Manuals: https://cran.r-project.org/manuals.html"
  )))
}

# ---- vignettes ----

# As print.vignette(), without a viewer: the text it was made from.
show_vignette <- function(x, ...) {
  source <- file.path(x$Dir, "doc", x$File)
  document <- file.path(x$Dir, "doc", x$PDF)
  lines <- if (file.exists(source)) readLines(source, warn = FALSE) else "Its text is not installed."
  what <- list(kind = "vignette", package = basename(x$Dir), topic = x$Topic, title = x$Title)
  present(what, print_lines(c(
    paste0(x$Title, " (vignette ", x$Topic, " of package ", basename(x$Dir), ")"),
    if (nzchar(x$PDF)) paste("Where R runs:", document), "", lines
  )))
  invisible(x)
}

show_vignettes <- function(x, ...) {
  if (length(x) == 0L) {
    message("No vignettes found by ", paste(deparse(attr(x, "call")), collapse = " "))
    return(invisible(x))
  }
  lines <- unlist(lapply(names(x), function(package) {
    all <- x[[package]]
    topics <- sub("\\.[^.]*$", "", basename(all[, "File"]))
    c(paste0("Vignettes in package ", sQuote(package, FALSE), ":"), "", formatDL(topics, all[, "Title"]), "")
  }))
  lines <- c(lines, "vignette(\"name\", package = \"package\") shows one.")
  package <- if (length(x) == 1L) names(x)
  present(list(kind = "vignettes", package = package, title = "Vignettes"), print_lines(lines))
  invisible(x)
}
