#' Run R code in the remote session
#'
#' Runs code, or a local script, in the remote session and waits for its end. What it prints is shown as it comes; what
#' it assigns stays in the remote workspace.
#'
#' An R error in the code is not an error here: the result says `success = FALSE` and has R's message. Ctrl-C interrupts
#' the remote code. When the code asks for a line, with `readline()` or `menu()`, it is asked for here.
#'
#' The option `mrsdeploy.console_update` (milliseconds, 5000 by default) is how often an old server is asked for new
#' output; a Farside server sends it at once. Below 1000 nothing is shown before the end.
#'
#' @param rcode R code; with `script = TRUE` the path of a local script.
#' @param name The path of a local script.
#' @param script Whether `rcode` is the path of a script.
#' @param inputs A JSON string, an array of names and values that are assigned in the remote workspace first:
#'   `'[{"name":"x","value":120},{"name":"y","value":[1,2]}]'`. Primitives, vectors and data frames; [putLocalObject()]
#'   takes everything else.
#' @param outputs Names of remote objects to return; the same kinds. [getRemoteObject()] gets everything else.
#' @param displayPlots Whether the plots of the run are shown in the local plot window; needs the package png.
#' @param writePlots Whether they are written into the local working directory.
#' @param recPlots Whether the remote side records plots. It always does; the argument is there for old scripts.
#' @param async Run the script in a worker of its own on the server and go on here. It begins with an empty workspace
#'   and ends by itself, also when R here has ended; in the editor it opens a console of its own.
#' @param closeOnComplete With `async = TRUE`: whether its console closes when it is done.
#' @return A list, invisibly: `success`, `errorMessage` (`""` when all went well), `outputParameters` (a list, named by
#'   `outputs`), `consoleOutput` and `changedFiles` (files in the remote working directory that are new or changed).
#'   With `async = TRUE` a [remoteJob].
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, diff = FALSE, commandline = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   inputs <- '[{"name":"x","value":120},{"name":"y","value":130}]'
#'   result <- remoteExecute("z <- x + y", inputs = inputs, outputs = "z")
#'   result$outputParameters$z
#'
#'   path <- tempfile(fileext = ".R")
#'   writeLines("print(summary(cars))", path)
#'   remoteScript(path, displayPlots = FALSE, writePlots = FALSE)
#'   remoteLogout()
#' }
#' @export
remoteExecute <- function(rcode, script = FALSE, inputs = NULL, outputs = NULL, displayPlots = FALSE,
                          writePlots = FALSE, recPlots = FALSE) {
  check_flag(script, "script")
  check_string(rcode, "rcode", if (script) "the path of a script" else "R code as a character string")
  plots <- check_plots(displayPlots, writePlots, recPlots)
  inputs <- check_inputs(inputs)
  if (!is.null(outputs)) check_names(outputs, "outputs")
  code <- if (script) script_code(rcode) else enc2utf8(rcode)
  connection <- need_session()
  body <- execute_body(code, inputs, outputs)
  reply <- tryCatch(
    run_code(connection, body, outputs),
    mrsdeploy_error = function(e) session_error(connection, e)
  )
  result <- execution_result(reply)
  bring_plots(connection, result$changedFiles, plots)
  invisible(result)
}

check_plots <- function(displayPlots, writePlots, recPlots) {
  check_flag(displayPlots, "displayPlots")
  check_flag(writePlots, "writePlots")
  check_flag(recPlots, "recPlots")
  list(display = displayPlots, write = writePlots, record = recPlots)
}

# The JSON text of an array of name and value, checked, or NULL. It is sent as it is: numbers keep their digits.
check_inputs <- function(inputs) {
  if (is.null(inputs)) return(NULL)
  form <- "'[{\"name\":\"x\",\"value\":120}]'"
  check_string(inputs, "inputs", paste("a JSON string like", form))
  parsed <- tryCatch(jsonlite::fromJSON(inputs, simplifyVector = FALSE), error = identity)
  if (inherits(parsed, "error")) {
    fail("badArgument", paste0("`inputs` is no JSON: ", conditionMessage(parsed)), paste("It looks like", form))
  }
  fits <- is.list(parsed) && is.null(names(parsed)) && all(vapply(parsed, is_input, NA))
  if (!fits) fail("badArgument", "`inputs` must be a JSON array of objects with name and value.", paste("Like", form))
  enc2utf8(inputs)
}

is_input <- function(input) {
  is.list(input) && is_string(input$name) && nzchar(input$name) && "value" %in% names(input)
}

# The text of a script with its name, so that errors there name its lines.
script_code <- function(path) {
  text <- read_script(path)
  paste0("#line 1 \"", gsub("([\"\\\\])", "\\\\\\1", basename(path)), "\"\n", text)
}

read_script <- function(path) {
  if (!file.exists(path) || dir.exists(path)) {
    fail("noSuchFile", paste0("There is no script \"", path, "\" here."), paste0("R looks in ", getwd(), "."))
  }
  bytes <- readBin(path, "raw", file.size(path))
  if (length(bytes) >= 3L && identical(bytes[1:3], as.raw(c(0xef, 0xbb, 0xbf)))) bytes <- bytes[-(1:3)]
  if (any(bytes == 0L)) fail("badArgument", paste0("\"", path, "\" has NUL bytes: it is not a script."))
  text <- rawToChar(bytes)
  if (validUTF8(text)) Encoding(text) <- "UTF-8" else text <- iconv(text, "latin1", "UTF-8")
  gsub("\r\n?", "\n", text)
}

execute_body <- function(code, inputs, outputs) {
  json <- function(value) as.character(jsonlite::toJSON(value, auto_unbox = FALSE))
  parts <- c(
    paste0("\"code\":", as.character(jsonlite::toJSON(code, auto_unbox = TRUE))),
    if (!is.null(inputs)) paste0("\"inputParameters\":", inputs),
    if (!is.null(outputs)) paste0("\"outputParameters\":", json(enc2utf8(outputs)))
  )
  charToRaw(enc2utf8(paste0("{", paste(parts, collapse = ","), "}")))
}

execution_result <- function(reply) {
  outputs <- lapply(reply$outputParameters, function(output) simplify(output$value))
  names(outputs) <- vapply(reply$outputParameters, function(output) output$name, "")
  list(
    success = isTRUE(reply$success),
    errorMessage = if (is_string(reply$errorMessage)) reply$errorMessage else "",
    outputParameters = outputs,
    consoleOutput = if (is_string(reply$consoleOutput)) reply$consoleOutput else "",
    changedFiles = as.character(unlist(reply$changedFiles))
  )
}

# JSON to R: arrays are vectors, arrays of arrays matrices by rows, objects of arrays data frames.
simplify <- function(value) {
  if (is.null(value)) return(NULL)
  if (!is.list(value)) return(value)
  if (is.null(names(value))) return(simplify_array(value))
  columns <- lapply(value, simplify)
  are_arrays <- vapply(value, function(column) is.list(column) && is.null(names(column)), NA)
  sizes <- lengths(columns)
  if (!all(are_arrays) || length(unique(sizes)) != 1L || !all(vapply(columns, is.atomic, NA))) return(columns)
  structure(columns, class = "data.frame", row.names = seq_len(sizes[1L]))
}

simplify_array <- function(value) {
  if (length(value) == 0L) return(list())
  is_one <- vapply(value, function(item) is.null(item) || !is.list(item), NA)
  if (all(is_one)) {
    value[vapply(value, is.null, NA)] <- NA
    return(unlist(value))
  }
  rows <- lapply(value, simplify)
  is_row <- vapply(rows, is.atomic, NA) & !is_one
  if (!all(is_row) || length(unique(lengths(rows))) != 1L) return(rows)
  matrix(unlist(rows), nrow = length(rows), byrow = TRUE)
}

picture_files <- "\\.(png|jpe?g|svg|pdf|tiff?|bmp|gif|e?ps|wmf|emf)$"

# Plots of a run are files in the remote working directory.
bring_plots <- function(connection, files, plots) {
  if (plots$write) {
    for (file in grep(picture_files, files, ignore.case = TRUE, value = TRUE)) {
      with_plot_warning({
        write_whole(file_bytes(connection, file), local_name(file))
        message("Plot written to ", local_name(file))
      })
    }
  }
  if (plots$display && any(grepl("\\.png$", files, ignore.case = TRUE)) && can_display()) {
    for (file in grep("\\.png$", files, ignore.case = TRUE, value = TRUE)) {
      with_plot_warning(display_png(file_bytes(connection, file)))
    }
  }
  invisible()
}

# A name from a server never leads out of the working directory.
local_name <- function(file) {
  name <- gsub("[[:cntrl:]:*?\"<>|\\\\]", "_", basename(file))
  if (name %in% c("", ".", "..") || startsWith(name, ".")) paste0("_", name) else name
}
