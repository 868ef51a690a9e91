# Small programs that stand in for an editor and for a server of the original.

stand_in <- function(program, args) {
  node <- file.path(test_root(), "node_modules", ".bin", "node")
  file <- testthat::test_path(program)
  process <- processx::process$new(node, c(file, args), stdin = "|", stdout = "|", stderr = "", cleanup_tree = TRUE)
  list(url = next_line(process), line = function() next_line(process), stop = function() process$kill_tree())
}
