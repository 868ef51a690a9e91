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
plain_length <- function(value) {
  if (is.environment(value)) length(ls(value, all.names = TRUE)) else length(unclass(value))
}

`%||%` <- function(a, b) if (is.null(a)) b else a

is_promise <- function(name, envir) .Call(farside_is_promise, as.name(name), envir)

# What save() writes. Uncompressed without a file in between: a 100 MB frame in about 0.2 s.
rpc_serialize <- function(names, compress = FALSE) {
  stop_when_absent(names)
  naming_depth(names, {
    if (!compress) {
      values <- as.pairlist(mget(names, envir = globalenv()))
      return(c(charToRaw("RDX3\n"), serialize(values, NULL, version = 3L)))
    }
    file <- tempfile("farside-object-")
    on.exit(unlink(file))
    save(list = names, file = file, envir = globalenv(), version = 3L)
    readBin(file, "raw", file.size(file))
  })
}

# R's own words about its stack say neither what is wrong with which object nor what to do.
naming_depth <- function(names, code) {
  tryCatch(code, error = function(e) {
    if (!is_depth_error(e)) stop(e)
    stop("\"", paste(names, collapse = "\", \""), "\" can not be written: ", too_deep, ".", call. = FALSE)
  })
}

stop_when_absent <- function(names) {
  absent <- names[!vapply(names, exists, NA, envir = globalenv(), inherits = FALSE)]
  if (length(absent) > 0L) stop("There is no object \"", absent[1], "\".", call. = FALSE)
}

# The file is what save() or saveRDS() or serialize() wrote. limit: bytes it may have when unpacked.
rpc_assign_file <- function(name, path, limit = Inf) {
  check_unpacked(path, limit)
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

# A few kilobytes can unpack to more than the machine has: counted before anything is made of it.
check_unpacked <- function(path, limit) {
  if (is.infinite(limit) || !is_packed(path)) return(invisible())
  input <- gzfile(path, "rb")
  on.exit(close(input))
  size <- 0
  repeat {
    part <- length(suppressWarnings(readBin(input, "raw", 4194304L)))
    size <- size + part
    if (size > limit) {
      stop("the object has more than ", format_bytes(limit), " when it is unpacked, and no more are taken", call. = FALSE)
    }
    if (part == 0L) return(invisible())
  }
}

# By the first bytes of gzip, bzip2, xz and lzma, as gzfile() tells them.
is_packed <- function(path) {
  head <- readBin(path, "raw", 6L)
  packed <- list(
    c(0x1f, 0x8b), c(0x42, 0x5a, 0x68), c(0xfd, 0x37, 0x7a, 0x58, 0x5a), c(0x5d, 0x00, 0x00), c(0xff, 0x4c, 0x5a)
  )
  any(vapply(packed, function(magic) identical(utils::head(head, length(magic)), as.raw(magic)), NA))
}

rpc_remove <- function(names) {
  stop_when_absent(names)
  rm(list = names, envir = globalenv())
  to_json(TRUE)
}

# Named values in the encodings of the REST API: vectors as arrays, matrices by rows, data frames by columns.
rpc_values <- function(names) {
  stop_when_absent(names)
  values <- lapply(names, function(name) {
    value <- get(name, globalenv(), inherits = FALSE)
    if (list_levels(value, most_json_levels) > most_json_levels) {
      stop(
        "The object \"", name, "\" is nested more than ", most_json_levels, " levels deep and has no JSON form: ",
        "make it flatter, or get it with getRemoteObject().", call. = FALSE
      )
    }
    list(name = name, value = json_value(value))
  })
  to_json(unname(values))
}

# Deeper than what JSON is used for, and far from where R, or a reader of JSON, runs out of stack.
most_json_levels <- 200L

# Of lists in lists; it stops counting behind `most`. Without methods of classes.
list_levels <- function(x, most) {
  if (!is.list(x)) return(0L)
  if (most == 0L) return(1L)
  inside <- vapply(unclass(x), list_levels, 0L, most = most - 1L)
  1L + max(0L, inside)
}

json_value <- function(x) {
  if (is.data.frame(x)) return(lapply(as.list(x), json_column))
  if (is.matrix(x)) return(unname(lapply(seq_len(nrow(x)), function(i) I(plain(x[i, ])))))
  if (inherits(x, "POSIXlt")) return(plain(x))
  if (is.raw(x)) return(paste(as.character(x), collapse = ""))
  if (is.list(x)) return(lapply(x, json_value))
  if (is.atomic(x)) return(plain(x))
  stop("An object of class \"", class(x)[1], "\" has no JSON form.", call. = FALSE)
}

# Always an array; a frame or a matrix inside a frame keeps its own form.
json_column <- function(x) {
  if (!is.null(dim(x))) return(json_value(x))
  if (is.list(x) && !inherits(x, "POSIXlt")) I(lapply(unname(x), json_value)) else I(plain(x))
}

# Days and times as text that reads the same whatever the R: times are those of the session's time zone.
plain <- function(x) {
  if (inherits(x, "POSIXt")) return(format(x, "%Y-%m-%d %H:%M:%S"))
  if (is.factor(x) || inherits(x, "Date")) return(as.character(x))
  as.vector(unname(x))
}
