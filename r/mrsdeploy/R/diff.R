#' What differs between R here and R on the server
#'
#' Prints the versions of R, the packages that are installed here and not there, those whose versions differ, and those
#' there that are in your personal library, where the server keeps such.
#' [remoteLogin()] prints it too unless `diff = FALSE`.
#'
#' @return Invisibly a list: `local` and `remote` (the versions of R), `missing` (a character vector of packages),
#'   `different` (a data frame with the columns `Package`, `Local Version`, `Remote Version`) and `personal` (one with
#'   `Package`, `Version`).
#' @examples
#' server <- Sys.getenv("MRSDEPLOY_EXAMPLES_URL")
#' if (nzchar(server)) {
#'   remoteLogin(server, diff = FALSE, commandline = FALSE,
#'               username = "admin", password = Sys.getenv("MRSDEPLOY_EXAMPLES_PASSWORD"))
#'   diffLocalRemote()
#'   remoteLogout()
#' }
#' @export
diffLocalRemote <- function() {
  connection <- need_session()
  report <- compare_r(local_r(), remote_r(connection))
  cat(diff_lines(report), sep = "\n")
  invisible(report)
}

# list(version, packages): versions named by package.
local_r <- function() {
  installed <- utils::installed.packages(noCache = TRUE)[, c("Package", "Version"), drop = FALSE]
  list(version = R.version.string, packages = named_versions(installed[, "Package"], installed[, "Version"]))
}

named_versions <- function(names, versions) {
  first <- !duplicated(names)
  versions <- structure(as.character(versions)[first], names = as.character(names)[first])
  versions[order(names(versions), method = "radix")]
}

remote_r <- function(connection) {
  if (!connection$farside) return(old_remote_r(connection))
  there <- http_json(connection, "GET", "/v2/r")
  field <- function(name) vapply(there$packages, function(package) clean_text(package[[name]]), "")
  own <- vapply(there$packages, function(package) isTRUE(package$personal), NA)
  list(
    version = clean_text(there$version), packages = named_versions(field("name"), field("version")),
    personal = field("name")[own]
  )
}

compare_r <- function(local, remote) {
  both <- intersect(names(local$packages), names(remote$packages))
  other <- both[local$packages[both] != remote$packages[both]]
  list(
    local = local$version, remote = remote$version,
    missing = setdiff(names(local$packages), names(remote$packages)),
    different = data.frame(
      Package = other, `Local Version` = unname(local$packages[other]),
      `Remote Version` = unname(remote$packages[other]), check.names = FALSE, stringsAsFactors = FALSE
    ),
    personal = data.frame(
      Package = as.character(remote$personal), Version = as.character(remote$packages[remote$personal]),
      stringsAsFactors = FALSE
    )
  )
}

# The original's layout; its words for different versions were never public.
diff_lines <- function(report) {
  versions <- if (identical(report$local, report$remote)) {
    paste("Local and Remote R versions are the same:", report$local)
  } else {
    c(
      "Local and Remote R versions are different:", paste0("   Local:  ", report$local),
      paste0("   Remote: ", report$remote)
    )
  }
  missing <- if (length(report$missing) == 0L) {
    "All R packages of the local machine are on the remote R instance."
  } else {
    frame <- data.frame(`Missing Packages` = report$missing, check.names = FALSE)
    c("These R packages installed on the local machine are not on the remote R instance:", "", frame_lines(frame))
  }
  different <- if (nrow(report$different) == 0L) {
    "Packages on both have the same versions."
  } else {
    c("These R packages have different versions:", "", frame_lines(report$different))
  }
  personal <- if (nrow(report$personal) > 0L) {
    head <- "These R packages of the remote R instance are in your personal library:"
    c("", head, "", frame_lines(report$personal))
  }
  c("Diff report between local and remote R sessions...", "", versions, "", missing, "", different, personal)
}

# As R prints it, whatever the width and the limits of printing are here.
frame_lines <- function(frame) {
  old <- options(width = 10000L, max.print = 1e6)
  on.exit(options(old))
  utils::capture.output(print(frame))
}
