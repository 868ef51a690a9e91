# Answers questions about documentation in a helper R of its own: the session may be busy, and pages of help can run
# code while they are formatted. Its starter limits its time and replaces it.

max_help_hits <- 500L

#' Serve questions about documentation
#'
#' One request a line on standard input, as of [render_main()]: id, what is asked (`topic`, `search`, `vignettes`,
#' `vignette`), library paths, four arguments, target file; all but the first two percent-encoded, paths separated by
#' newlines. The answer goes into the target.
#' @keywords internal
help_main <- function() {
  own <- .libPaths()
  serve_requests(function(fields) {
    if (length(fields) != 8L) stop("a malformed request")
    values <- utils::URLdecode(fields[3:8])
    Encoding(values) <- "UTF-8"
    libraries <- strsplit(values[1L], "\n", fixed = TRUE)[[1L]]
    suppressWarnings(.libPaths(if (length(libraries)) libraries else own))
    answer <- switch(fields[2L],
      topic = help_topic(values[2L], values[3L], values[4L]),
      search = help_search(values[2L]),
      vignettes = help_vignettes(values[3L]),
      vignette = help_vignette(values[2L], values[3L], values[4L]),
      stop("an unknown question")
    )
    writeLines(enc2utf8(to_json(answer)), values[6L], useBytes = TRUE)
  })
}

# Packages in the order in which a plain session would find them.
help_packages <- function() {
  all <- basename(dirname(Sys.glob(file.path(.libPaths(), "*", "DESCRIPTION"))))
  first <- c("base", "methods", "datasets", "utils", "grDevices", "graphics", "stats")
  unique(c(first, all))
}

# One page as text or HTML with the pages of the same name in other packages; without a topic a package's index.
# NULL when there is none.
help_topic <- function(topic, package, format) {
  if (!nzchar(topic)) return(package_index(package))
  packages <- if (nzchar(package)) package else help_packages()
  homes <- find.package(packages, quiet = TRUE)
  files <- unlist(lapply(homes, function(home) index_search(topic, home)))
  if (length(files) == 0L) return(NULL)
  rd <- utils:::.getHelpFile(files[1L])
  list(
    topic = topic, package = package_of(files[1L]), page = basename(files[1L]), title = rd_title(rd), format = format,
    content = paste(format_rd(rd, format, package_of(files[1L])), collapse = "\n"),
    others = lapply(files[-1L], function(file) {
      list(package = package_of(file), page = basename(file), title = rd_title(utils:::.getHelpFile(file)))
    })
  )
}

index_search <- function(topic, home) {
  path <- file.path(home, "help", "aliases.rds")
  if (!file.exists(path)) return(character())
  page <- readRDS(path)[topic]
  if (is.na(page)) character() else file.path(home, "help", page)
}

rd_title <- function(rd) {
  for (part in rd) if (identical(attr(part, "Rd_tag"), "\\title")) {
    return(trimws(gsub("[[:space:]]+", " ", paste(unlist(part), collapse = ""))))
  }
  ""
}

format_rd <- function(rd, format, package) {
  target <- tempfile()
  on.exit(unlink(target))
  if (format == "html") tools::Rd2HTML(rd, target, package = package, dynamic = TRUE)
  else tools::Rd2txt(rd, target, package = package, options = list(underline_titles = FALSE), outputEncoding = "UTF-8")
  text <- readLines(target, warn = FALSE, encoding = "UTF-8")
  if (format == "html") text else without_overstrikes(text)
}

# Every page of a package, and its vignettes.
package_index <- function(package) {
  home <- find.package(package, quiet = TRUE)
  if (length(home) == 0L) return(NULL)
  meta <- file.path(home, "Meta", "Rd.rds")
  pages <- if (file.exists(meta)) readRDS(meta)
  description <- utils::packageDescription(package, lib.loc = dirname(home))
  list(
    topic = "", package = package, page = "", title = paste(description$Title, collapse = " "), format = "index",
    content = paste(package, description$Version),
    others = lapply(order(pages$Name), function(i) {
      list(package = package, page = pages$Name[i], title = trimws(gsub("[[:space:]]+", " ", pages$Title[i])))
    })
  )
}

help_search <- function(words) {
  found <- suppressMessages(utils::help.search(words, lib.loc = .libPaths()))$matches
  found <- found[!duplicated(found[c("Type", "Package", "Name")]), , drop = FALSE]
  found <- utils::head(found, max_help_hits)
  lapply(seq_len(nrow(found)), function(i) {
    list(type = found$Type[i], package = found$Package[i], topic = found$Name[i], title = found$Title[i])
  })
}

# ---- vignettes ----

vignette_table <- function(package) {
  home <- find.package(package, quiet = TRUE)
  path <- file.path(home, "Meta", "vignette.rds")
  if (length(home) == 0L || !file.exists(path)) return(NULL)
  table <- readRDS(path)
  if (!is.data.frame(table) || nrow(table) == 0L) return(NULL)
  data.frame(
    package = package, home = home, source = table$File, document = table$PDF, title = table$Title,
    name = sub("\\.[^.]*$", "", basename(table$File)), stringsAsFactors = FALSE
  )
}

help_vignettes <- function(package) {
  all <- do.call(rbind, lapply(if (nzchar(package)) package else help_packages(), vignette_table))
  lapply(seq_len(NROW(all)), function(i) {
    row <- all[i, ]
    list(package = row$package, name = row$name, title = row$title, document = tools::file_ext(row$document))
  })
}

# The text it was made from, or with format "html" what was made of it, when that is a page. NULL when there is none.
help_vignette <- function(name, package, format) {
  all <- vignette_table(package)
  row <- all[all$name == name, ]
  if (NROW(row) == 0L) return(NULL)
  is_page <- format == "html" && tools::file_ext(row$document[1L]) == "html"
  path <- file.path(row$home[1L], "doc", if (is_page) row$document[1L] else row$source[1L])
  if (!file.exists(path)) stop("the vignette is listed by its package, but ", basename(path), " is not there")
  text <- readLines(path, warn = FALSE, encoding = "UTF-8")
  bad <- !validUTF8(text)
  text[bad] <- latin1_to_utf8(text[bad])
  list(
    package = package, name = name, title = row$title[1L], format = if (is_page) "html" else "text",
    content = paste(text, collapse = "\n")
  )
}
