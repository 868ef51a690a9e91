# `inst/start.R` is what R runs as its user profile: one line that calls become_worker(). It has no newline at its end:
# the user's own profile is read behind it as if it were the same file, so lines keep their numbers in R's messages.
# Settings are the launcher's environment variables FARSIDE_*, which nothing that runs in the session sees:
# SESSION_DIR, LIB, PACKAGES, PACKAGES_KIND, SITE_LIBRARY, BUNDLED_LIBRARY and REPOS (library.R), ORIGINAL_R_PROFILE_USER where there was one, COLUMNS (width at the first prompt), RESTORE (a saved
# workspace to load then), LEASE_MS, JOURNAL_BYTES, PLOT_BYTES; SPARE: wait until somebody needs a session, see spare.R.
become_worker <- function() {
  own <- Sys.getenv("R_PROFILE_USER")
  settings <- take_settings()
  if (!is.na(settings["SPARE"])) settings <- await_session(settings)
  if (!is.na(settings["ORIGINAL_R_PROFILE_USER"])) {
    Sys.setenv(R_PROFILE_USER = settings[["ORIGINAL_R_PROFILE_USER"]])
  }
  start_libraries(settings)
  before_first_prompt(settings)
  start_worker(
    settings[["SESSION_DIR"]],
    lease = number_setting(settings, "LEASE_MS", 0),
    journal_bytes = number_setting(settings, "JOURNAL_BYTES", 0),
    plot_bytes = number_setting(settings, "PLOT_BYTES", plot_store_bytes)
  )
  continue_profile(own)
}

# The settings without their prefix, named; they are removed from the environment.
take_settings <- function() {
  all <- Sys.getenv()
  mine <- all[startsWith(names(all), "FARSIDE_")]
  Sys.unsetenv(c(names(mine), "R_PROFILE_USER"))
  structure(as.character(mine), names = substring(names(mine), nchar("FARSIDE_") + 1L))
}

number_setting <- function(settings, name, default) {
  value <- suppressWarnings(as.numeric(settings[name]))
  if (is.na(value) || value < 0) default else value
}

# Replaces the console by the journal and the control socket in the session directory, and stops when that can not be.
# lease: milliseconds without a reader after which the session ends; 0: never. journal_bytes, plot_bytes: the bounds of
# what is kept on disk, oldest output and oldest pages first; 0 for the journal's default.
start_worker <- function(directory, lease = 0, journal_bytes = 0, plot_bytes = plot_store_bytes) {
  memory <- .Call(farside_memory_limit)
  hello <- to_json(c(list(
    protocol = 2L,
    pid = Sys.getpid(),
    rVersion = paste(R.version$major, R.version$minor, sep = "."),
    rHome = R.home(),
    platform = R.version$platform,
    workdir = getwd()
  ), if (!is.null(memory)) list(limits = list(memory = memory))))
  session$directory <- path.expand(directory)
  .Call(farside_set_menu_test, is_menu)
  .Call(farside_set_evaluator, evaluate_call)
  .Call(farside_set_describer, describe_calls)
  .Call(farside_set_saver, function(insisted) save_at_end(file.path(directory, "workspace.RData"), insisted))
  note_tempdir(directory)
  .Call(farside_start, path.expand(directory), hello, as.numeric(lease), as.numeric(journal_bytes))
  plot_start(file.path(directory, "plots"), plot_bytes)
  session$workdir <- getwd()
  start_frontend(path.expand(directory))
  invisible()
}

# For whoever finds R killed: its temporary directory is still there then.
note_tempdir <- function(directory) {
  tryCatch(cat(tempdir(), "\n", file = file.path(directory, "tempdir"), sep = ""), error = function(e) NULL)
}

# The width is set behind the user's profile, and objects are loaded where all packages are there that R starts with.
before_first_prompt <- function(settings) {
  columns <- settings["COLUMNS"]
  restore <- settings["RESTORE"]
  .Call(farside_before_prompt, function() {
    note_baseline()
    if (!is.na(columns)) rpc_width(columns)
    if (!is.na(restore)) restore_session(restore)
  })
  invisible()
}

# Loads a workspace that another session saved, and says so in the console.
restore_session <- function(file) {
  tryCatch(load_library(file.path(dirname(file), "library")), error = function(e) {
    message("The packages of the session could not be taken over: ", conditionMessage(e))
  })
  saved <- format(file.mtime(file), "%Y-%m-%d %H:%M:%S")
  names <- tryCatch(suppressWarnings(restore_workspace(file)), error = function(e) {
    message("The workspace saved at ", saved, " could not be restored: ", conditionMessage(e))
    NULL
  })
  if (!is.null(names)) message(restored_line(names, saved))
  invisible()
}

restored_line <- function(names, saved) {
  shown <- paste(utils::head(names, 10L), collapse = ", ")
  more <- if (length(names) > 10L) ", ..." else ""
  what <- if (length(names) == 1L) "object" else "objects"
  list <- if (length(names) > 0L) paste0(": ", shown, more) else ""
  paste0("Restored ", length(names), " ", what, " saved at ", saved, list)
}

# The profile R would have run had `own`, our start.R, not been in its place.
user_profile <- function() {
  named <- Sys.getenv("R_PROFILE_USER", NA)
  candidates <- if (is.na(named)) c(".Rprofile", "~/.Rprofile") else named
  utils::head(Filter(file.exists, path.expand(candidates)), 1L)
}

# Makes R read the user's profile where it reads `own` to its end: in its own top-level loop, with its own errors.
continue_profile <- function(own) {
  profile <- user_profile()
  if (length(profile) == 1L && !.Call(farside_continue_file, path.expand(own), profile)) {
    warning("The profile ", profile, " was not run: ", own, " is not being read.", call. = FALSE)
  }
  invisible()
}

# Asked at a prompt that is not R's own: the function that called us through R's console.
is_menu <- function() {
  below <- sys.nframe() - 1L
  below > 0L && isNamespaceLoaded("utils") && identical(sys.function(below), utils::menu)
}

# The calls under way, innermost first, as JSON; asked when R crashes, so it must be simple and never stop.
describe_calls <- function() {
  calls <- rev(utils::head(sys.calls(), -1L))
  lines <- vapply(utils::head(calls, 50L), function(call) {
    substr(paste(deparse(call, nlines = 1L), collapse = " "), 1L, 100L)
  }, "")
  to_json(as.list(lines))
}
