# The global environment in a file: when a session is ended with it, at checkpoints, and back again.

# Beside the user's objects in the file: what was attached, and the functions of active bindings, which are not run.
workspace_notes <- ".farside_workspace"

# Writes the whole or nothing. limit: bytes of objects in memory from which on it is not tried.
# Objects that R can not write because they are nested too deeply do not take the others with them.
# Returns list(saved = TRUE, bytes, left), where `left` names those, or list(saved = FALSE, reason).
save_workspace <- function(path, limit = Inf) {
  temporary <- paste0(path, ".new")
  on.exit(unlink(temporary))
  tryCatch({
    names <- setdiff(ls(globalenv(), all.names = TRUE), workspace_notes)
    active <- Filter(function(name) bindingIsActive(as.name(name), globalenv()), names)
    plain <- setdiff(names, active)
    if (is.finite(limit) && objects_size(plain) > limit) stop("its objects are larger than ", format_bytes(limit))
    notes <- new.env(parent = globalenv())
    notes[[workspace_notes]] <- list(search = search(), active = active_functions(active))
    # As it is: a promise stays one. Fast rather than small, since R waits for it.
    write <- function(names) {
      save(
        list = c(names, workspace_notes), envir = notes, file = temporary,
        eval.promises = FALSE, compress = "gzip", compression_level = 1L
      )
      character()
    }
    left <- tryCatch(write(plain), error = function(e) {
      if (!is_depth_error(e)) stop(e)
      deep <- deep_objects(plain, temporary)
      notes[[workspace_notes]]$left <- deep
      write(setdiff(plain, deep))
      deep
    })
    if (!file.rename(temporary, path)) stop("it could not be put in place")
    list(saved = TRUE, bytes = file.size(path), left = left)
  }, error = function(e) list(saved = FALSE, reason = conditionMessage(e)))
}

# Loads such a file, or any other of save(), and attaches what was attached. Returns the names that were loaded.
restore_workspace <- function(path) {
  names <- load(path, envir = globalenv())
  if (!workspace_notes %in% names) return(names)
  notes <- get(workspace_notes, globalenv())
  rm(list = workspace_notes, envir = globalenv())
  for (entry in rev(setdiff(grep("^package:", notes$search, value = TRUE), search()))) {
    attach_again(sub("^package:", "", entry))
  }
  say_left(notes$left)
  for (name in names(notes$active)) makeActiveBinding(name, notes$active[[name]], globalenv())
  union(setdiff(names, workspace_notes), names(notes$active))
}

attach_again <- function(package) {
  tryCatch(
    suppressPackageStartupMessages(library(package, character.only = TRUE)),
    error = function(e) message("The package ", package, " was not attached: ", conditionMessage(e))
  )
}

# Since R 4.2 they can be asked for; before, active bindings are left out.
active_functions <- function(names) {
  if (!exists("activeBindingFunction", baseenv())) return(list())
  ask <- get("activeBindingFunction", baseenv())
  functions <- lapply(names, function(name) ask(as.name(name), globalenv()))
  names(functions) <- names
  functions
}

# Promises are not forced for it.
objects_size <- function(names) {
  waits <- vapply(names, is_promise, NA, globalenv())
  sum(vapply(names[!waits], function(name) as.numeric(utils::object.size(get(name, globalenv()))), 0))
}

format_bytes <- function(bytes) format(structure(bytes, class = "object_size"), units = "auto")

# The end of a session that asked for it, when R is back at top level and not in some q(). insisted: that q() asks for
# it itself. What went wrong is said in its console.
save_at_end <- function(path, insisted = FALSE) {
  if (!insisted && sys.nframe() > 2L) return(invisible())
  saved <- save_workspace(path)
  if (!saved$saved) message("The workspace was not saved: ", saved$reason)
  say_left(saved$left)
}

say_left <- function(names) {
  for (name in names) message("The object \"", name, "\" was not saved: ", too_deep, ".")
}
