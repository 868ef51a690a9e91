# A loop in C that never asks R whether it was interrupted.
writeLines("void spin(void) { volatile int on = 1; while (on); }", "spin.c")
stopifnot(system2(file.path(R.home("bin"), "R"), c("CMD", "SHLIB", "spin.c"), stdout = FALSE) == 0)
dyn.load("spin.so")
cat("spinning\n")
.C("spin")
