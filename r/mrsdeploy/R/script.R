#' @rdname remoteExecute
#' @export
remoteScript <- function(name, inputs = NULL, outputs = NULL, displayPlots = TRUE, writePlots = TRUE, recPlots = TRUE,
                         async = FALSE, closeOnComplete = FALSE) {
  check_string(name, "name", "the path of a script")
  check_flag(async, "async")
  check_flag(closeOnComplete, "closeOnComplete")
  if (!async) {
    return(remoteExecute(
      name, script = TRUE, inputs = inputs, outputs = outputs, displayPlots = displayPlots, writePlots = writePlots,
      recPlots = recPlots
    ))
  }
  plots <- check_plots(displayPlots, writePlots, recPlots)
  inputs <- check_inputs(inputs)
  if (!is.null(outputs)) check_names(outputs, "outputs")
  start_job(name, inputs, outputs, plots, closeOnComplete)
}

start_job <- function(path, inputs, outputs, plots, close) {
  script <- read_script(path)
  connection <- need_connection()
  if (!connection$farside) {
    fail("notSupported", "This server has no jobs: remoteScript(async = TRUE) needs a Farside server.")
  }
  body <- list(name = basename(path), file = basename(path), script = paste0(input_code(inputs), script), echo = TRUE)
  # An array also when it is one name.
  if (!is.null(outputs)) body$results <- I(enc2utf8(outputs))
  info <- http_json(connection, "POST", "/v2/jobs", body = body)
  job <- remote_job(connection, info, plots)
  told <- editor_call("/job", list(
    endpoint = connection$endpoint, tokens = editor_tokens(connection), job = info$id, session = info$session,
    title = basename(path), close = close
  ))
  if (is.null(told)) print(job) else hand_over_renewal(connection)
  invisible(job)
}

# The inputs as assignments on the script's first line, so that its lines keep their numbers.
input_code <- function(inputs) {
  if (is.null(inputs)) return("")
  parsed <- jsonlite::fromJSON(inputs, simplifyVector = FALSE)
  assignments <- vapply(parsed, function(input) {
    how <- c("keepNA", "keepInteger", "niceNames", "showAttributes", "digits17")
    value <- deparse(simplify(input$value), control = how)
    paste0("`", gsub("([`\\\\])", "\\\\\\1", input$name), "` <- ", paste(value, collapse = " "), "; ")
  }, "")
  paste(assignments, collapse = "")
}
