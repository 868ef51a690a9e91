# JSON without a package: a worker needs nothing but base R. Named lists are objects, unnamed lists arrays, vectors of
# length one are scalars unless wrapped in I().

to_json <- function(x) {
  if (is.null(x)) return("null")
  if (is.list(x)) return(json_list(x))
  items <- json_items(x)
  if (length(items) == 1L && !inherits(x, "AsIs")) items else paste0("[", paste(items, collapse = ","), "]")
}

json_list <- function(x) {
  items <- vapply(x, to_json, "")
  if (is.null(names(x))) return(paste0("[", paste(items, collapse = ","), "]"))
  paste0("{", paste0(json_text(names(x)), ":", items, collapse = ","), "}")
}

json_items <- function(x) {
  if (is.factor(x)) x <- as.character(x)
  if (inherits(x, c("Date", "POSIXt"))) x <- format(x)
  switch(typeof(x),
    logical = ifelse(is.na(x), "null", ifelse(x, "true", "false")),
    integer = ifelse(is.na(x), "null", format(x, trim = TRUE, scientific = FALSE)),
    double = json_numbers(x),
    json_text(as.character(x))
  )
}

# The fewest digits that give the same number back; what JSON has no word for is null.
json_numbers <- function(x) {
  text <- formatC(unclass(x), digits = 15L, width = 1L, format = "g")
  exact <- suppressWarnings(as.numeric(text)) == x
  more <- which(is.finite(x) & !exact)
  text[more] <- formatC(unclass(x)[more], digits = 17L, width = 1L, format = "g")
  text[!is.finite(x)] <- "null"
  text
}

json_text <- function(x) {
  if (length(x) == 0L) return(character())
  bad <- Encoding(x) == "bytes" | (Encoding(x) != "latin1" & !validUTF8(x))
  x[bad] <- latin1_to_utf8(x[bad])
  x <- enc2utf8(x)
  missing <- is.na(x)
  escaped <- gsub("([\"\\\\])", "\\\\\\1", x, perl = TRUE)
  for (code in which_controls(escaped)) {
    escaped <- gsub(intToUtf8(code), sprintf("\\u%04x", code), escaped, fixed = TRUE)
  }
  out <- paste0("\"", escaped, "\"")
  out[missing] <- "null"
  out
}

# Bytes that are not UTF-8 have to become something: taken as latin1 none is lost.
latin1_to_utf8 <- function(x) {
  Encoding(x) <- "latin1"
  enc2utf8(x)
}

# Almost no text has control characters: look once, then replace those that are there.
which_controls <- function(x) {
  if (!any(grepl("[\001-\037]", x), na.rm = TRUE)) return(integer())
  codes <- utf8ToInt(paste(x[!is.na(x)], collapse = ""))
  unique(codes[codes < 32L])
}
