# Snapshots: the workspace, the files of the working directory and the packages of the session, in a directory that
# the server has made. All of it happens in one out-of-band call, so that nothing changes in between.

# The directory has a file `offer` as long as the server waits. Who renames or removes it first has decided: R that
# came too late does nothing.
take_offer <- function(offer) {
  if (!suppressWarnings(file.rename(offer, paste0(offer, ".taken")))) stop("nobody waits for it any more", call. = FALSE)
  invisible()
}

# directory: where the snapshot goes. attached: whether loading it attaches packages, and sets options and seed, again.
rpc_snapshot <- function(directory, workdir, attached = FALSE) {
  take_offer(file.path(directory, "offer"))
  names <- setdiff(ls(globalenv(), all.names = TRUE), c(workspace_notes, ".Random.seed"))
  active <- Filter(function(name) bindingIsActive(as.name(name), globalenv()), names)
  plain <- setdiff(names, active)
  deep <- save_objects(plain, file.path(directory, "workspace.RData"))
  plain <- setdiff(plain, deep)
  names <- setdiff(names, deep)
  notes <- snapshot_notes(names, active, attached)
  write_checked(file.path(directory, "notes.rds"), function(file) saveRDS(notes, file))
  copied <- copy_folder(workdir, file.path(directory, "files"))
  library <- session_library()
  if (!is.null(library) && dir.exists(library)) copy_folder(library, file.path(directory, "library"))
  lost <- c(lost_list(deep, rep(too_deep, length(deep))), lost_objects(plain), lost_state(attached), copied$left)
  to_json(list(objects = length(names), files = copied$files, lost = lost))
}

# What R could write but not read again, or not even write, is left out; its names.
save_objects <- function(names, path) {
  if (save_flat(names, path)) return(character())
  deep <- deep_objects(names, path)
  if (!save_flat(setdiff(names, deep), path)) stop("together the objects are nested too deeply", call. = FALSE)
  deep
}

# Each by itself, in a file beside `path`.
deep_objects <- function(names, path) {
  alone <- paste0(path, ".alone")
  on.exit(unlink(alone))
  names[!vapply(names, save_flat, NA, path = alone)]
}

# Whether what was written can be read.
save_flat <- function(names, path) {
  failed <- tryCatch({
    write_checked(path, function(file) {
      # As they are: a promise stays one. Not compressed: R waits for it.
      save(list = names, envir = globalenv(), file = file, eval.promises = FALSE)
    })
    NULL
  }, error = identity)
  if (!is.null(failed) && !is_depth_error(failed)) stop(failed)
  is.null(failed) && can_be_read(path, length(names))
}

# The names are cells themselves.
can_be_read <- function(path, names) {
  stream <- look_through(path, most_cells, most_cells + names)
  on.exit(close_stream(stream))
  !identical(stream, too_deep)
}

# Compression is off, and what does not fit on the disk is an error, also when only closing the file tells.
write_checked <- function(path, write) {
  con <- file(path, "wb")
  open <- TRUE
  on.exit(if (open) close(con))
  tryCatch(write(con), error = function(e) {
    if (grepl("writing to connection", conditionMessage(e), fixed = TRUE)) stop_full(path)
    stop(e)
  })
  open <- FALSE
  if (!identical(close(con) %||% 0L, 0L)) stop_full(path)
  invisible()
}

# The server knows the words "disk full".
stop_full <- function(path) stop("disk full: ", path, " could not be written", call. = FALSE)

# What is not in the workspace file. Active bindings would be run by save(); their functions are kept instead.
snapshot_notes <- function(names, active, attached) {
  baseline <- session$baseline
  options <- options()
  mine <- names(options)[!vapply(names(options), function(name) identical(options[[name]], baseline$options[[name]]), NA)]
  mine <- Filter(function(name) find_lost(options[[name]]) == 0L, setdiff(mine, options_of_session))
  list(
    names = names, active = active_functions(active), attached = attached,
    search = setdiff(grep("^package:", search(), value = TRUE), baseline$search),
    options = options[mine], seed = get0(".Random.seed", globalenv(), inherits = FALSE)
  )
}

# These are about the place and the people, not about the work.
options_of_session <- c("width", "device", "browser", "editor", "pager", "viewer", "menu.graphics")

# How R was before the first prompt, behind the profile.
note_baseline <- function() session$baseline <- list(options = options(), search = search())

copy_folder <- function(from, to) {
  dir.create(to, showWarnings = FALSE, recursive = TRUE, mode = "0700")
  done <- .Call(farside_copy_tree, path.expand(from), path.expand(to))
  names(done) <- c("files", "bytes", "names", "reasons", "problem", "full")
  if (done$full) stop_full(done$problem)
  if (nzchar(done$problem)) stop("a file could not be copied (", done$problem, ")", call. = FALSE)
  list(files = done$files, left = lost_list(done$names, done$reasons))
}

# ---- what is lost ----

lost_list <- function(names, reasons) unname(Map(function(name, reason) list(name = name, reason = reason), names, reasons))

# Enough for millions of elements, and a bound for everything.
most_looked_at <- 5e6

find_lost <- function(value) .Call(farside_find_lost, value, most_looked_at)

lost_objects <- function(names) {
  found <- vapply(names, function(name) {
    if (is_promise(name, globalenv())) 0L else find_lost(get(name, globalenv(), inherits = FALSE))
  }, 0L)
  reason <- ifelse(bitwAnd(found, 2L) > 0L, "it holds a connection: open it again",
    "it holds a pointer into memory of this R process: make it again")
  lost_list(names[found > 0L], reason[found > 0L])
}

lost_state <- function(attached) {
  open <- showConnections()
  devices <- setdiff(names(grDevices::dev.list()), "farside")
  data <- grep("^(package|tools):|^\\.GlobalEnv$|^Autoloads$", search(), value = TRUE, invert = TRUE)
  packages <- setdiff(grep("^package:", search(), value = TRUE), session$baseline$search)
  c(
    lost_list(open[, "description"], rep("it is an open connection", nrow(open))),
    lost_list(devices, rep("it is an open graphics device", length(devices))),
    lost_list(setdiff(data, session$baseline$search), rep("it is attached data: attach() it again", length(data))),
    if (!attached) {
      lost_list(sub("^package:", "", packages), rep("it is an attached package: call library() again", length(packages)))
    }
  )
}

# ---- loading ----

# Merges a snapshot into the session: files of the same name and objects of the same name are replaced.
# attached: NULL for what was said when it was created.
rpc_load_snapshot <- function(directory, offer, workdir, attached = NULL) {
  take_offer(offer)
  session$keep_changes <- TRUE # the options that packages set when they are loaded are meant to stay
  notes <- readRDS(file.path(directory, "notes.rds"))
  attached <- attached %||% notes$attached
  check_loadable(notes$names, file.path(directory, "workspace.RData"))
  copied <- copy_folder(file.path(directory, "files"), workdir)
  packages <- load_library(file.path(directory, "library"))
  lost <- c(copied$left, packages$lost)
  if (attached) lost <- c(lost, attach_packages(rev(sub("^package:", "", notes$search))))
  active <- Filter(function(name) exists(name, globalenv(), inherits = FALSE) &&
    bindingIsActive(as.name(name), globalenv()), notes$names)
  rm(list = active, envir = globalenv())
  load(file.path(directory, "workspace.RData"), envir = globalenv())
  for (name in names(notes$active)) {
    if (exists(name, globalenv(), inherits = FALSE)) rm(list = name, envir = globalenv())
    makeActiveBinding(name, notes$active[[name]], globalenv())
  }
  if (attached) restore_state(notes)
  to_json(list(
    objects = length(notes$names), files = copied$files, packages = I(as.character(packages$names)), lost = lost
  ))
}

# Before anything is changed: what load() would stop at when half of it was done.
check_loadable <- function(names, path) {
  if (!file.exists(path)) stop("its workspace is not there any more", call. = FALSE)
  there <- Filter(function(name) exists(name, globalenv(), inherits = FALSE), names)
  # Active bindings give way.
  locked <- Filter(function(name) {
    bindingIsLocked(as.name(name), globalenv()) && !bindingIsActive(as.name(name), globalenv())
  }, there)
  if (length(locked) > 0L) {
    stop("\"", paste(locked, collapse = "\", \""), "\" is locked in the session: nothing was loaded", call. = FALSE)
  }
  if (!can_be_read(path, length(names))) stop("an object in it is nested too deeply: nothing was loaded", call. = FALSE)
}

restore_state <- function(notes) {
  options(notes$options)
  if (!is.null(notes$seed)) {
    assign(".Random.seed", notes$seed, globalenv())
  } else if (exists(".Random.seed", globalenv(), inherits = FALSE)) {
    rm(".Random.seed", envir = globalenv())
  }
}

attach_packages <- function(packages) {
  absent <- setdiff(packages, sub("^package:", "", grep("^package:", search(), value = TRUE)))
  problems <- vapply(absent, function(package) {
    tryCatch({
      suppressPackageStartupMessages(library(package, character.only = TRUE))
      ""
    }, error = function(e) conditionMessage(e))
  }, "")
  lost_list(absent[nzchar(problems)], paste("the package could not be attached:", problems[nzchar(problems)]))
}

# A package replaces the one of its name as a whole.
load_library <- function(from) {
  names <- if (dir.exists(from)) list.files(from) else character()
  library <- session_library()
  if (length(names) == 0L) return(list(names = character(), lost = list()))
  if (is.null(library)) {
    return(list(names = character(), lost = lost_list(names, rep("this server keeps packages in a personal library", length(names)))))
  }
  for (name in names) {
    fresh <- file.path(library, paste0(".farside-", name))
    unlink(fresh, recursive = TRUE)
    copy_folder(file.path(from, name), fresh)
    unlink(file.path(library, name), recursive = TRUE)
    if (!file.rename(fresh, file.path(library, name))) stop("the package ", name, " could not be put in place")
  }
  loaded <- intersect(names, loadedNamespaces())
  list(names = names, lost = lost_list(loaded, rep("another copy is loaded already: it is used until R starts anew", length(loaded))))
}
