# View(): a table as text. R has made columns of text of it by then.

# Rows and columns of the document, and rows in the console.
max_table_rows <- 1000L
max_table_columns <- 200L
max_console_rows <- 20L
max_cell_width <- 60L

show_table <- function(columns, title) {
  title <- sub("^Data: ", "", title)
  rows <- max(lengths(columns))
  count <- length(columns) - (names(columns)[1L] == "row.names")
  size <- paste0(rows, if (rows == 1L) " row" else " rows", ", ", count, if (count == 1L) " column" else " columns")
  shown <- utils::head(columns, max_table_columns)
  head <- paste0(title, ": ", size)
  document <- keep_document(c(head, "", table_lines(shown, max_table_rows), table_rest(columns, rows, max_table_rows)))
  present(
    list(kind = "view", title = title, rows = rows, columns = count, document = document),
    print_table(head, shown, rows)
  )
}

print_table <- function(head, columns, rows) {
  lines <- table_lines(columns, max_console_rows)
  width <- getOption("width")
  cut <- nchar(lines, "width") > width
  lines[cut] <- paste0(strtrim(lines[cut], width - 1L), "\u2026")
  writeLines(c(head, lines, table_rest(columns, rows, max_console_rows)))
}

table_rest <- function(columns, rows, limit) {
  hidden <- length(columns) - max_table_columns
  c(
    if (rows > limit) paste0("[", rows - limit, " more rows]"),
    if (hidden > 0L) paste0("[", hidden, " more columns]")
  )
}

# Right aligned below their names, as print() does; a cell is one line.
table_lines <- function(columns, limit) {
  rows <- min(max(lengths(columns)), limit)
  names <- names(columns)
  names[names == "row.names"] <- ""
  cells <- lapply(seq_along(columns), function(i) {
    cell <- as.character(utils::head(columns[[i]], rows))
    length(cell) <- rows
    cell[is.na(cell)] <- "NA"
    formatted <- one_line(c(names[i], cell))
    width <- nchar(formatted, "width")
    pad <- strrep(" ", max(width) - width)
    if (names[i] == "") paste0(formatted, pad) else paste0(pad, formatted)
  })
  do.call(paste, c(cells, sep = "  "))
}

one_line <- function(text) {
  text <- gsub("[[:cntrl:]]", " ", enc2utf8(text))
  long <- nchar(text, "width") > max_cell_width
  text[long] <- paste0(strtrim(text[long], max_cell_width - 1L), "\u2026")
  text
}
