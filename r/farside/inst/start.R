# R runs this as its user profile: it makes the process a worker, then runs the user's own profile as R would.
# Set by the launcher: FARSIDE_SESSION_DIR, FARSIDE_LIB, and FARSIDE_ORIGINAL_R_PROFILE_USER where there was one.
local({
  library <- Sys.getenv("FARSIDE_LIB")
  directory <- Sys.getenv("FARSIDE_SESSION_DIR")
  original <- Sys.getenv("FARSIDE_ORIGINAL_R_PROFILE_USER", NA)
  worker <- loadNamespace("farside", lib.loc = library)
  worker$start_worker(directory)
  mine <- grep("^FARSIDE_", names(Sys.getenv()), value = TRUE)
  Sys.unsetenv(c(mine, "R_PROFILE_USER"))
  if (!is.na(original)) Sys.setenv(R_PROFILE_USER = original)
})
farside::.user_profile()
