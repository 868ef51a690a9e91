# What other front-ends show in windows: help, pages, tables, web pages, files to edit. Here it is text in the console,
# and clients that have something better are told what it is about: the text between the two marks of present() is
# theirs to leave out. Nothing of R is replaced: these are the answers to R's own hooks for front-ends.

# Lines of one text in the console; the rest stays in its document.
max_console_lines <- 1000L

start_frontend <- function(directory) {
  documents$directory <- file.path(directory, "documents")
  .Call(farside_frontend, list(files = show_files, edit = edit_files, table = show_table, entry = refuse_entry))
  .Call(farside_watch_libraries, environment(.libPaths), function(paths) note_libraries(directory, paths))
  # A window would open on the screen of whoever started the server.
  Sys.unsetenv("DISPLAY")
  options(browser = show_url, askpass = refuse_password)
  loadNamespace("utils") # it would register its own methods over these
  registerS3method("print", "vignette", show_vignette, envir = baseenv())
  registerS3method("print", "browseVignettes", show_vignettes, envir = baseenv())
  window_is_device()
}

# Whole or not at all; a full disk must not stop R.
note_libraries <- function(directory, paths) {
  path <- file.path(directory, "libraries.json")
  temporary <- paste0(path, ".new")
  tryCatch(suppressWarnings({
    writeLines(to_json(I(enc2utf8(paths))), temporary, useBytes = TRUE)
    file.rename(temporary, path)
  }), error = function(e) NULL)
}

# what: list(kind =, ...) for clients, without what is NULL. code: prints the same as text.
present <- function(what, code) {
  what <- Filter(Negate(is.null), what)
  text <- vapply(what, is.character, NA)
  what[text] <- lapply(what[text], function(x) substr(enc2utf8(x), 1L, 1000L))
  .Call(farside_show, to_json(what))
  on.exit(.Call(farside_show, NULL))
  force(code)
  invisible()
}

# ---- texts ----

# For file.show(), page(), and all that shows its result by them.
show_files <- function(files, headers, title, remove) {
  text <- unlist(Map(function(file, header) {
    lines <- tryCatch(suppressWarnings(readLines(file, warn = FALSE)), error = function(e) {
      paste0("NO FILE ", file)
    })
    c(if (nzchar(header)) c(header, ""), lines)
  }, files, headers), use.names = FALSE)
  if (remove) unlink(files)
  text <- without_overstrikes(text)
  about <- help_under_way()
  if (is.null(about)) about <- list(kind = "text", document = keep_document(text))
  if (!nzchar(title) && is.null(about$topic)) title <- basename(files[1L])
  present(c(about, list(title = title)), print_lines(text))
}

# Bold and underlined text of a line printer.
without_overstrikes <- function(text) {
  bad <- !validUTF8(text)
  text[bad] <- latin1_to_utf8(text[bad])
  gsub(".\b", "", text, perl = FALSE)
}

print_lines <- function(text) {
  writeLines(utils::head(text, max_console_lines))
  more <- length(text) - max_console_lines
  if (more > 0L) writeLines(paste0("[", more, " more lines are not shown here]"))
}

# What the caller of file.show() is about to show: a page of help, or the result of a search.
help_under_way <- function() {
  if (!isNamespaceLoaded("utils")) return(NULL)
  for (i in rev(seq_len(sys.nframe() - 1L))) {
    f <- sys.function(i)
    if (identical(f, utils:::print.help_files_with_topic)) {
      file <- get0("file", sys.frame(i), inherits = FALSE)
      if (is.character(file)) return(list(kind = "help", topic = basename(file), package = package_of(file)))
    }
    if (identical(f, utils:::print.hsearch)) {
      pattern <- get0("x", sys.frame(i), inherits = FALSE)$pattern
      if (is.character(pattern)) return(list(kind = "search", query = pattern))
    }
  }
  NULL
}

# Of the path of a page: <library>/<package>/help/<page>.
package_of <- function(file) basename(dirname(dirname(file)))

# ---- files to edit ----

edit_files <- function(files) {
  temporary <- startsWith(normalizePath(files, mustWork = FALSE), normalizePath(tempdir()))
  if (any(temporary)) stop(no_editor(
    "edit(), fix() and the like open an editor where R runs, which has no screen.",
    "Write the new value in a script and run it; of a table, look with View(x) and change x[row, column]."
  ))
  for (file in files) {
    path <- normalizePath(file, mustWork = FALSE)
    present(list(kind = "edit", path = path, file = within_workdir(path)), writeLines(c(
      paste0(path, " is a file on the machine where R runs; there is no editor here."),
      "Edit it on your machine and upload it again, or open it from VS Code."
    )))
  }
}

# Relative to the working directory at the start, where files can be had from; NULL for what lies elsewhere.
within_workdir <- function(path) {
  root <- paste0(session$workdir, "/")
  if (length(session$workdir) == 1L && startsWith(path, root)) substring(path, nchar(root) + 1L)
}

refuse_entry <- function(columns, modes) {
  stop(no_editor(
    "data.entry(), and edit() and fix() of a table, need a screen where R runs.",
    "Look at it with View(x), and change it by code: x[row, column] <- value."
  ))
}

refuse_password <- function(prompt = "Password: ") {
  stop(no_editor(
    "A password typed here would be shown, and kept in the session's journal.",
    "Put it in a file that only you can read and use readRenviron(), or a key ring package."
  ))
}

no_editor <- function(what, instead) {
  structure(class = c("farside_unavailable", "error", "condition"), list(message = paste(what, instead), call = NULL))
}

# ---- windows for plots ----

# x11() opens the device of the session. It is the one function that is replaced, in its namespace: R asks no hook
# there. It keeps that environment and mentions nothing of ours.
window_is_device <- function() {
  window <- function(display = "", width = NULL, height = NULL, pointsize = NULL, ...) {
    message("There are no windows where R runs: plots go to the session's own device.")
    size <- list(width = width, height = height, pointsize = pointsize)
    do.call(dev.new, c(size[!vapply(size, is.null, NA)], list(noRStudioGD = TRUE)))
  }
  grDevices <- asNamespace("grDevices")
  environment(window) <- grDevices
  window <- utils::removeSource(window)
  attached <- if ("package:grDevices" %in% search()) as.environment("package:grDevices")
  for (env in c(grDevices, attached)) for (name in c("x11", "X11")) rebind(name, window, env)
}

rebind <- function(name, value, env) {
  unlock <- get("unlockBinding", baseenv())
  if (bindingIsLocked(name, env)) unlock(name, env)
  assign(name, value, envir = env)
  lockBinding(name, env)
}
