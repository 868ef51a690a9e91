cat("looping\n")
repeat Sys.sleep(0.01)
