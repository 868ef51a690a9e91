# What a server sends is text of somebody else's program: it may use colours and move the cursor, but not set the title
# or the clipboard, or speak to the terminal in any other way.

# Sequences that carry a string (OSC, DCS, APC, PM, SOS), whole.
string_sequence <- "(?:\u001b[]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\\\|\u009c)"
# One that may still go on in the next piece of text.
open_sequence <- "(?:\u001b[]PX^_]|[\u0090\u0098\u009d\u009e\u009f])[^\u0007\u001b\u009c]*\u001b?$|\u001b$|\u001b\\[[0-9;?]*$"
# Requests to which a terminal answers as if somebody typed, and resets.
asking_sequence <- "\u001b\\[[0-9;?>=]*[cnp]|\u001b\\[[0-9;]*t|\u001b[Zc]|\u0005"

# A function that cleans a stream of texts; what is cut at a piece's end waits for the next.
text_cleaner <- function() {
  rest <- ""
  function(text) {
    text <- paste0(rest, enc2utf8(text))
    rest <<- ""
    if (!grepl("[\u001b\u0005\u0090\u0098\u009d-\u009f]", text, perl = TRUE)) return(text)
    text <- gsub(string_sequence, "", text, perl = TRUE)
    begin <- regexpr(open_sequence, text, perl = TRUE)
    if (begin > 0L) {
      rest <<- substr(text, begin, nchar(text))
      text <- substr(text, 1L, begin - 1L)
      # A sequence that never ends is dropped, so that it does not swallow all that follows.
      if (nchar(rest) > 4096L) rest <<- ""
    }
    gsub(asking_sequence, "", text, perl = TRUE)
  }
}

# A text of its own, in one line, e.g. a message.
clean_text <- function(text) {
  gsub("[[:cntrl:]]", "", gsub(string_sequence, "", enc2utf8(text), perl = TRUE), perl = TRUE)
}

# Where output goes. NULL sends nothing.
new_screen <- function() {
  out <- text_cleaner()
  err <- text_cleaner()
  last <- "\n"
  list(
    output = function(text, stream = "stdout") {
      text <- if (identical(stream, "stderr")) err(text) else out(text)
      if (!nzchar(text)) return(invisible())
      last <<- substr(text, nchar(text), nchar(text))
      if (identical(stream, "stderr")) {
        cat(text, file = stderr())
      } else {
        cat(text)
      }
      utils::flush.console()
    },
    # A notice of ours begins on a line of its own.
    notice = function(text) {
      message(if (last != "\n") "\n", text)
      last <<- "\n"
    },
    prompted = function() last <<- "\n"
  )
}

format_size <- function(bytes) format(structure(bytes, class = "object_size"), units = "auto", standard = "SI")
