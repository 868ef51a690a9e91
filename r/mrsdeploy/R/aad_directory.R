# Where to sign in, and what the directory answers.

aad_timeout_s <- 30

# list(authority, tenant, clientId, resource, scope, named): what the caller gave, the rest from the server. named: the
# caller named the authority.
aad_directory <- function(endpoint, given) {
  for (name in names(given)) {
    if (!is.null(given[[name]])) check_string(given[[name]], aad_arguments[[name]])
  }
  known <- Filter(Negate(is.null), given)
  offered <- if (length(known) < length(given)) aad_of_server(endpoint, given) else list()
  if (is.null(known$authority)) known$authority <- offered$authority
  known$authority <- sub("/+$", "", trimws(known$authority))
  # As it is often written, with the tenant at its end.
  if (is.null(known$tenant) && is.null(given$authority)) known$tenant <- offered$tenant
  if (is.null(known$tenant)) known <- split_tenant(known, offered)
  if (is.null(known$clientId)) known$clientId <- offered$clientId
  if (is.null(known$resource)) known$resource <- offered$resource
  same <- identical(known$resource, offered$resource)
  known$scope <- if (same && is_string(offered$scope)) offered$scope else paste0(known$resource, "/.default")
  check_aad(known)
  known$named <- !is.null(given$authority)
  known
}

aad_arguments <- c(authority = "authuri", tenant = "tenantid", clientId = "clientid", resource = "resource")

split_tenant <- function(known, offered) {
  parts <- regmatches(known$authority, regexec("^(https://[^/]+)/([^/]+)$", known$authority))[[1L]]
  if (length(parts) == 3L) {
    known$authority <- parts[2L]
    known$tenant <- parts[3L]
  } else {
    known$tenant <- offered$tenant
  }
  known
}

# What the server says of its directory; an error when it says nothing and something is missing.
aad_of_server <- function(endpoint, given) {
  probe <- new_connection(endpoint)
  ask_about(probe)
  directory <- probe$about$signIn$directory
  if (is.list(directory)) return(directory)
  missing <- aad_arguments[vapply(given, is.null, NA)]
  fail(
    "noDirectory", paste0("The server at ", endpoint, " does not say in which directory to sign in."),
    if (probe$farside) {
      "It knows accounts of its own only: sign in with remoteLogin()."
    } else {
      paste0("Give ", paste(missing, collapse = ", "), "; the administrator knows the values.")
    }
  )
}

check_aad <- function(directory) {
  for (name in names(aad_arguments)) {
    if (!is_string(directory[[name]]) || !nzchar(directory[[name]])) {
      fail(
        "noDirectory", paste0("The server does not say which `", aad_arguments[[name]], "` to sign in with."),
        "Give it as an argument; the administrator knows the value."
      )
    }
  }
  if (!grepl("^https://[^/?#@[:space:]]+(/[^?#@[:space:]]*)?$", directory$authority)) {
    fail("badArgument", "`authuri` must be an https address, like \"https://login.microsoftonline.com\".")
  }
  if (!grepl("^[A-Za-z0-9][A-Za-z0-9.-]*$", directory$tenant)) {
    fail("badArgument", "`tenantid` must be the domain or the id of the directory.")
  }
  if (grepl(aad_foreign, directory$resource, ignore.case = TRUE)) {
    fail(
      "untrustedResource", "The server asks for a token that is good for Microsoft's own services, not for itself.",
      "Do not sign in there; tell its administrator."
    )
  }
  invisible()
}

# Graph, Azure's management and other services that every account has much to lose at.
aad_foreign <- paste0(
  "^(https://([^/]*\\.)?(microsoft|windows|office|azure|sharepoint|live|outlook|microsoftonline)[^/]*(/|$)|",
  "(api://|spn:)?(0000000[0-9a-f]-0000-0000-c000-000000000000|797f4846-ba00-4fd7-ba43-dac1f8f63013|",
  "cfa8b339-82a2-471a-a3c9-0fc0be7a4093|e406a681-f3d4-42a8-90b6-c2b029497af1))"
)

# Adds the addresses of the directory's endpoints.
aad_discover <- function(directory) {
  url <- paste0(directory$authority, "/", directory$tenant, "/v2.0/.well-known/openid-configuration")
  found <- aad_request(directory, url)
  directory$endpoints <- list(
    authorize = found$authorization_endpoint, token = found$token_endpoint, device = found$device_authorization_endpoint
  )
  for (name in c("authorize", "token")) {
    address <- directory$endpoints[[name]]
    if (!is_string(address) || !startsWith(address, "https://")) {
      why <- list(error = "no_metadata", error_description = "it does not say where to sign in")
      fail_aad(directory, why, "Check the authority and the tenant.")
    }
  }
  directory
}

# Asks for tokens.
aad_grant <- function(directory, ...) {
  fields <- list(client_id = directory$clientId, scope = aad_scopes(directory), ...)
  aad_request(directory, directory$endpoints$token, fields)
}

# offline_access: a token to renew with.
aad_scopes <- function(directory) paste(directory$scope, "openid profile offline_access")

aad_tokens <- function(reply) {
  if (!is_string(reply$access_token)) {
    fail("notAServer", "The directory answered without an access token.", "Check the authority and the tenant.")
  }
  reply[c("access_token", "refresh_token", "expires_in")]
}

# curl's own variable, which the R package curl does not read by itself everywhere.
trust_certificates <- function(handle) {
  file <- Sys.getenv("CURL_CA_BUNDLE")
  if (nzchar(file)) curl::handle_setopt(handle, cainfo = file)
  invisible(handle)
}

# The JSON of an answer, also of a refusal (its `error` says why). fields: sent as a form.
aad_request <- function(directory, url, fields = NULL) {
  handle <- curl::new_handle()
  curl::handle_setopt(
    handle, followlocation = FALSE, connecttimeout = connect_timeout_s, timeout = aad_timeout_s,
    useragent = paste0("mrsdeploy/", package_version_text())
  )
  trust_certificates(handle)
  if (!is.null(fields)) {
    escaped <- vapply(fields, function(value) curl::curl_escape(enc2utf8(value)), "")
    curl::handle_setopt(handle, post = TRUE, copypostfields = paste0(names(fields), "=", escaped, collapse = "&"))
  }
  reply <- tryCatch(
    curl::curl_fetch_memory(url, handle),
    error = function(e) {
      fail(
        "unreachable",
        paste0("The directory at ", directory$authority, " can not be reached: ", conditionMessage(e), "."),
        "Check the network and the address; CURL_CA_BUNDLE names certificates to trust besides the usual ones."
      )
    }
  )
  body <- tryCatch(jsonlite::fromJSON(text_of(reply$content), simplifyVector = FALSE), error = function(e) NULL)
  if (is.list(body) && (reply$status_code == 200L || is_string(body$error))) return(body)
  fail(
    "directory",
    paste0("The directory at ", directory$authority, " answered with HTTP status ", reply$status_code, " and no reason."),
    "Check the authority and the tenant, and try again."
  )
}

# The first line of what Entra ID says; the others are numbers for its support.
fail_aad <- function(directory, reply, hint, code = "directory") {
  said <- if (is_string(reply$error_description)) reply$error_description else reply$error
  why <- sub("\\.$", "", clean_text(strsplit(said, "[\r\n]")[[1L]][1L]))
  fail(code, paste0("Signing in at ", directory$authority, " failed: ", why, "."), hint, reason = reply$error)
}
