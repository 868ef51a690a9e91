# Where packages are found and where install.packages() puts them. Settings of the launcher: PACKAGES, the library of
# this session or, with PACKAGES_KIND "personal", the directory of its user's libraries; SITE_LIBRARY, what the
# administrator has installed for everybody; BUNDLED_LIBRARY, where mrsdeploy is; REPOS, where from. All of it stands before the user's profile runs, whose
# own .libPaths() and options have the last word.

start_libraries <- function(settings) {
  add_site_library(settings[c("SITE_LIBRARY", "BUNDLED_LIBRARY")])
  session$packages_kind <- if (settings["PACKAGES_KIND"] %in% "personal") "personal" else "session"
  own <- settings["PACKAGES"]
  if (!is.na(own)) {
    own <- if (session$packages_kind == "personal") file.path(own, r_series()) else unname(own)
    dir.create(own, showWarnings = FALSE, recursive = TRUE, mode = "0700")
    session$own_library <- own
    .libPaths(c(own, .libPaths()))
    # For R's children: Rscript, R CMD, the workers of a cluster.
    before <- strsplit(Sys.getenv("R_LIBS"), ":", fixed = TRUE)[[1L]]
    Sys.setenv(R_LIBS = paste(unique(c(own, before)), collapse = ":"))
    if (session$packages_kind == "session") look_in_workdir(own)
  }
  set_repositories(settings["REPOS"])
}

# The library that belongs to this session; NULL when packages go elsewhere.
session_library <- function() if (identical(session$packages_kind, "session")) session$own_library

# As in the names of R's own libraries: "4.2".
r_series <- function() paste(R.version$major, sub("[.].*", "", R.version$minor), sep = ".")

# Like a library that Rprofile.site names: every .libPaths() has it, whatever else it is told.
add_site_library <- function(site) {
  site <- site[!is.na(site) & dir.exists(site)]
  if (length(site) == 0L) return(invisible())
  base <- baseenv()
  unlockBinding(".Library.site", base)
  assign(".Library.site", unique(c(unname(site), base$.Library.site)), base)
  lockBinding(".Library.site", base)
  Sys.setenv(R_LIBS_SITE = paste(base$.Library.site, collapse = ":"))
  .libPaths(.libPaths())
}

# The original kept a session's packages in its working directory, and scripts say library(x, lib.loc = getwd()).
# They are beside it here: where the working directory is searched, so are they. Nothing else changes.
look_in_workdir <- function(own) {
  base <- baseenv()
  original <- base$find.package
  replacement <- original
  body(replacement) <- bquote({
    if (!is.null(lib.loc) && getwd() %in% lib.loc) lib.loc <- c(lib.loc, .(own))
    .(body(original))
  })
  for (env in list(base, .BaseNamespaceEnv)) {
    unlockBinding("find.package", env)
    assign("find.package", replacement, env)
    lockBinding("find.package", env)
  }
}

# Without the administrator's, R's own. A menu of mirrors would wait for somebody who may not be there.
set_repositories <- function(given) {
  default <- "https://cloud.r-project.org"
  now <- getOption("repos")
  if (!is.na(given)) {
    repositories <- unname(given)
    options(repos = c(CRAN = repositories))
    # Posit's package manager has binaries for those who say which R and system they are.
    if (grepl("/__linux__/", repositories, fixed = TRUE)) options(HTTPUserAgent = posit_user_agent())
  } else if (is.null(now)) {
    options(repos = c(CRAN = default))
  } else if ("@CRAN@" %in% now) {
    now[now == "@CRAN@"] <- default
    options(repos = now)
  }
}

posit_user_agent <- function() {
  version <- paste(R.version$major, R.version$minor, sep = ".")
  sprintf("R/%s R (%s %s %s %s)", version, version, R.version$platform, R.version$arch, R.version$os)
}
