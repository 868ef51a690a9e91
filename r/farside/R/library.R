# The library that belongs to this session; NULL when there is none.
session_library <- function() session$library
