# Questions about the console: completion, width, parsing, the last error.

# cursor: characters from the start of the line, as the editor counts them.
rpc_complete <- function(line, cursor) {
  before <- substr(line, 1L, cursor)
  utils:::.assignLinebuffer(before)
  utils:::.assignEnd(nchar(before, "bytes"))
  token <- utils:::.guessTokenFromLine()
  items <- character()
  if (!runs_code(token)) {
    utils:::.completeToken()
    items <- as.character(utils:::.retrieveCompletions())
  }
  to_json(list(from = max(cursor - nchar(token), 0), items = I(items[nzchar(items) & items != token])))
}

# To look into `name$` R evaluates `name`: not when that would force a promise or run an active binding.
runs_code <- function(token) {
  if (!grepl("[$@[]", token)) return(FALSE)
  name <- gsub("`", "", sub("[$@[].*", "", token), fixed = TRUE)
  if (!nzchar(name) || !exists(name, globalenv(), inherits = FALSE)) return(FALSE)
  bindingIsActive(as.name(name), globalenv()) || is_promise(name, globalenv())
}

rpc_width <- function(columns) {
  options(width = min(max(as.integer(columns), 10L), 10000L))
  to_json(TRUE)
}

rpc_last_error <- function() to_json(geterrmessage())

# Whether text parses, and if not where and why.
rpc_parse <- function(text) {
  problem <- tryCatch({
    parse(text = text, keep.source = FALSE, encoding = "UTF-8")
    NULL
  }, error = function(e) conditionMessage(e))
  if (is.null(problem)) return(to_json(list(ok = TRUE)))
  place <- regmatches(problem, regexec("^<text>:([0-9]+):", problem))[[1]]
  to_json(list(ok = FALSE, message = problem, line = as.integer(place[2])))
}

# R version, platform and packages, for the diff report; also used without a worker. personal: the directory of a user's
# libraries, whose packages come first, as in the user's sessions, and are marked.
rpc_packages <- function(personal = NULL) {
  own <- if (is.null(personal)) character() else file.path(personal, r_series())
  libraries <- c(own[dir.exists(own)], .libPaths())
  installed <- utils::installed.packages(libraries, noCache = TRUE)[, c("Package", "Version", "LibPath"), drop = FALSE]
  installed <- installed[!duplicated(installed[, "Package"]), , drop = FALSE]
  installed <- installed[order(installed[, "Package"], method = "radix"), , drop = FALSE]
  packages <- paste0(
    "{\"name\":", json_text(installed[, "Package"]), ",\"version\":", json_text(installed[, "Version"]),
    ifelse(installed[, "LibPath"] %in% own, ",\"personal\":true}", "}"),
    collapse = ","
  )
  paste0(
    "{\"version\":", json_text(R.version.string), ",\"platform\":", json_text(R.version$platform),
    ",\"packages\":[", packages, "]}"
  )
}
