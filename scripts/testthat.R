# Installs an R package into a library of its own and runs its testthat tests.
# Arguments: package directory, work directory, report file (one line: passed,failed,skipped).
args <- commandArgs(TRUE)
lib <- file.path(args[2], "lib")
dir.create(lib, showWarnings = FALSE, recursive = TRUE)
status <- system2(file.path(R.home("bin"), "R"), c("CMD", "INSTALL", "--no-docs", paste0("--library=", lib), args[1]))
if (status != 0) stop("The package does not install.")
Sys.setenv(FARSIDE_TEST_ROOT = dirname(dirname(normalizePath(args[1]))))
.libPaths(c(lib, .libPaths()))
results <- as.data.frame(testthat::test_dir(
  file.path(args[1], "tests", "testthat"),
  package = basename(args[1]), load_package = "installed", stop_on_failure = FALSE, reporter = "progress"
))
failed <- sum(results$failed) + sum(results$error)
writeLines(paste(sum(results$nb) - failed - sum(results$skipped), failed, sum(results$skipped), sep = ","), args[3])
quit(status = as.integer(failed > 0))
