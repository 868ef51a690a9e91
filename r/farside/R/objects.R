# Questions about the objects of the session. Looking never forces a promise or runs an active binding.

rpc_objects <- function() {
  names <- sort(ls(globalenv(), all.names = FALSE))
  to_json(unname(lapply(names, describe_object, envir = globalenv())))
}

describe_object <- function(name, envir) {
  unseen <- function(type) list(name = name, class = I(type), type = type, length = 0L)
  if (bindingIsActive(name, envir)) return(unseen("active binding"))
  if (is_promise(name, envir)) return(unseen("promise"))
  value <- get(name, envir = envir, inherits = FALSE)
  about <- list(
    name = name, class = I(oldClass(value) %||% class(value)), type = typeof(value),
    length = plain_length(value), size = as.numeric(utils::object.size(value))
  )
  dimensions <- attr(value, "dim", exact = TRUE)
  if (is.data.frame(value)) dimensions <- c(.row_names_info(value, 2L), length(unclass(value)))
  if (!is.null(dimensions)) about$dim <- I(as.integer(dimensions))
  about
}

# Without methods: a class's own length() could run anything.
plain_length <- function(value) if (is.environment(value)) length(ls(value, all.names = TRUE)) else length(unclass(value))

`%||%` <- function(a, b) if (is.null(a)) b else a

is_promise <- function(name, envir) .Call(farside_is_promise, as.name(name), envir)

rpc_serialize <- function(names) {
  absent <- names[!vapply(names, exists, NA, envir = globalenv(), inherits = FALSE)]
  if (length(absent) > 0) stop("There is no object \"", absent[1], "\".", call. = FALSE)
  file <- tempfile("farside-object-")
  on.exit(unlink(file))
  save(list = names, file = file, envir = globalenv(), compress = FALSE)
  readBin(file, "raw", file.size(file))
}

# The file is what save() or saveRDS() or serialize() wrote.
rpc_assign_file <- function(name, path) {
  value <- read_object(path)
  assign(name, value, globalenv())
  to_json(TRUE)
}

read_object <- function(path) {
  into <- new.env(parent = emptyenv())
  loaded <- tryCatch(suppressWarnings(load(path, into)), error = function(e) NULL)
  if (length(loaded) > 0) return(get(loaded[1], into, inherits = FALSE))
  tryCatch(suppressWarnings(readRDS(path)), error = function(e) {
    unserialize(readBin(path, "raw", file.size(path)))
  })
}

rpc_remove <- function(names) {
  absent <- names[!vapply(names, exists, NA, envir = globalenv(), inherits = FALSE)]
  if (length(absent) > 0) stop("There is no object \"", absent[1], "\".", call. = FALSE)
  rm(list = names, envir = globalenv())
  to_json(TRUE)
}

# Named values in the encodings of the REST API: vectors as arrays, matrices by rows, data frames by columns.
rpc_values <- function(names) {
  values <- lapply(names, function(name) {
    if (!exists(name, globalenv(), inherits = FALSE)) stop("There is no object \"", name, "\".", call. = FALSE)
    list(name = name, value = json_value(get(name, globalenv(), inherits = FALSE)))
  })
  to_json(unname(values))
}

json_value <- function(x) {
  if (is.data.frame(x)) return(lapply(as.list(x), function(column) I(plain(column))))
  if (is.matrix(x)) return(unname(lapply(seq_len(nrow(x)), function(i) I(plain(x[i, ])))))
  if (is.list(x)) return(lapply(x, json_value))
  if (is.atomic(x)) return(plain(x))
  stop("An object of class \"", class(x)[1], "\" has no JSON form.", call. = FALSE)
}

plain <- function(x) if (is.factor(x) || inherits(x, c("Date", "POSIXt"))) as.character(x) else as.vector(unname(x))
