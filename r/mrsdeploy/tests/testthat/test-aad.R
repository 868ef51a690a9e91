in_package <- function(name) get(name, asNamespace("mrsdeploy"))

test_that("a browser signs in, and the address of the server is enough", {
  server <- use_aad()
  browser <- use_browser(server)
  said <- capture_messages(expect_invisible(expect_true(login_aad(server))))
  expect_match(said, "Sign in in the browser", all = FALSE)
  expect_match(browser$page(), "You are signed in")
  expect_match(browser$url(), "code_challenge_method=S256", fixed = TRUE)
  expect_output(remoteExecute("cat(6 * 7, '\\n')"), "42")
})

test_that("a browser's refusal is told on both sides", {
  server <- use_aad(consent = "no")
  browser <- use_browser(server)
  expect_error(suppressMessages(login_aad(server)), "declined to consent", class = "mrsdeploy_directory")
  expect_match(browser$page(), "declined to consent")
})

test_that("an answer without the state that was asked with is not taken", {
  server <- use_aad(consent = "forged")
  options(mrsdeploy.aad_timeout = 5)
  browser <- use_browser(server)
  expect_error(suppressMessages(login_aad(server)), "in time", class = "mrsdeploy_directory")
  expect_match(browser$page(), "not the answer that R waits for")
  expect_false(any(grepl("grant", server$tell())))
})

test_that("a code signs in where there is no browser", {
  server <- use_aad(devicePolls = 1)
  options(mrsdeploy.aad = "device")
  said <- capture_messages(login_aad(server, session = FALSE))
  expect_match(said, "enter the code WXYZ2345", all = FALSE)
  hits <- server$tell()
  expect_equal(sum(grepl("device_code", hits)), 2L)
})

test_that("a code that is declined or too old is an error", {
  server <- use_aad(deviceOutcome = "authorization_declined")
  options(mrsdeploy.aad = "device")
  expect_error(suppressMessages(login_aad(server)), "authorization_declined", class = "mrsdeploy_directory")
  server$tell(deviceOutcome = "expired_token")
  expect_error(suppressMessages(login_aad(server)), "expired_token", class = "mrsdeploy_directory")
})

test_that("user name and password sign in, with everything named as in the original", {
  server <- use_aad()
  remoteLoginAAD(
    server$url, authuri = server$authority, tenantid = server$tenant, clientid = server$client,
    resource = server$resource, session = FALSE, diff = TRUE, commandline = TRUE, prompt = "REMOTE> ",
    username = server$user, password = server$password
  )
  expect_length(in_package("http_json")(in_package("need_connection")(), "GET", "/sessions"), 0L)
  suppressMessages(remoteLogout())
  wrong <- expect_error(
    remoteLoginAAD(server$url, server$authority, username = server$user, password = "not this one"),
    class = "mrsdeploy_directory"
  )
  expect_no_match(conditionMessage(wrong), "not this one", fixed = TRUE)
  logs <- unlist(lapply(list.files(server$logs, full.names = TRUE), readLines, warn = FALSE))
  expect_false(any(grepl(server$password, logs, fixed = TRUE)))
})

test_that("the tenant may be the end of the authority", {
  server <- use_aad()
  authority <- paste0(server$authority, "/", server$tenant, "/")
  login_aad(server, authuri = authority, username = server$user, password = server$password, session = FALSE)
  expect_invisible(remoteLogout())
})

test_that("a password does not go where only the server wants it", {
  server <- use_aad()
  expect_error(
    login_aad(server, username = server$user, password = server$password),
    "not Microsoft's", class = "mrsdeploy_untrustedAuthority"
  )
  expect_false(any(grepl("grant password", server$tell())))
})

test_that("no token for Microsoft's own services is asked for", {
  check <- in_package("check_aad")
  directory <- list(authority = "https://login.microsoftonline.com", tenant = "t", clientId = "c")
  for (resource in c(
    "https://graph.microsoft.com", "https://management.azure.com/", "00000003-0000-0000-c000-000000000000",
    "api://00000002-0000-0000-C000-000000000000", "https://vault.azure.net", "797f4846-ba00-4fd7-ba43-dac1f8f63013"
  )) {
    expect_error(check(c(directory, resource = resource)), class = "mrsdeploy_untrustedResource")
  }
  expect_silent(check(c(directory, resource = "https://r.contoso.com")))
})

test_that("the sign-in is renewed silently, and its end is said", {
  server <- use_aad()
  login_aad(server, authuri = server$authority, username = server$user, password = server$password, session = FALSE)
  connection <- in_package("need_connection")()
  server$tell()
  connection$tokens$access_token <- "spoiled"
  expect_length(in_package("http_json")(connection, "GET", "/sessions"), 0L)
  expect_true("grant refresh_token" %in% server$tell())
  # Each refresh token is good once here: the new one was kept.
  connection$tokens$access_token <- "spoiled"
  expect_length(in_package("http_json")(connection, "GET", "/sessions"), 0L)
  server$tell(refreshes = FALSE)
  connection$tokens$access_token <- "spoiled"
  expect_error(
    in_package("http_json")(connection, "GET", "/sessions"), "Sign in again: remoteLoginAAD(", fixed = TRUE,
    class = "mrsdeploy_notSignedIn"
  )
})

test_that("a directory in trouble signs nobody out", {
  server <- use_aad()
  login_aad(server, authuri = server$authority, username = server$user, password = server$password, session = FALSE)
  connection <- in_package("need_connection")()
  connection$tokens$access_token <- "spoiled"
  server$tell(refreshes = "later")
  expect_error(
    in_package("http_json")(connection, "GET", "/sessions"), "temporarily_unavailable", class = "mrsdeploy_unreachable"
  )
  server$tell(refreshes = TRUE)
  expect_length(in_package("http_json")(connection, "GET", "/sessions"), 0L)
})

test_that("a token of another application is refused before anything is lost", {
  server <- use_aad()
  login_aad(server, authuri = server$authority, username = server$user, password = server$password, session = FALSE)
  before <- in_package("need_connection")()
  foreign <- function(...) list(access_token = "a.b.c", expires_in = 3600)
  with_function("aad_sign_in", foreign, expect_error(login_aad(server), class = "mrsdeploy_tokenRefused"))
  expect_identical(in_package("need_connection")(), before)
})

test_that("a server without a directory says what to use instead", {
  local <- test_server()
  expect_error(remoteLoginAAD(local$url), "remoteLogin()", fixed = TRUE, class = "mrsdeploy_noDirectory")
  server <- use_aad()
  expect_error(
    remoteLogin(server$url, username = "admin", password = "x"), "remoteLoginAAD()", fixed = TRUE
  )
})

test_that("arguments are checked before anybody is asked", {
  expect_error(remoteLoginAAD("http://x", password = "p"), "username", class = "mrsdeploy_badArgument")
  expect_error(remoteLoginAAD("http://x", authuri = 7), "authuri", class = "mrsdeploy_badArgument")
  server <- use_aad()
  expect_error(login_aad(server, authuri = "http://plain.test"), "https", class = "mrsdeploy_badArgument")
  expect_error(login_aad(server, tenantid = "../x"), "tenantid", class = "mrsdeploy_badArgument")
  expect_error(login_aad(server, authuri = "https://127.0.0.1:1"), class = "mrsdeploy_unreachable")
})

test_that("inside a remote session nobody is asked", {
  server <- use_aad()
  with_function("in_remote_session", function() TRUE, {
    expect_error(login_aad(server, session = FALSE), class = "mrsdeploy_noPrompt")
    expect_error(login_aad(server, session = FALSE, username = server$user), class = "mrsdeploy_noPrompt")
  })
})

test_that("the listener turns away what is not the browser's answer", {
  query <- in_package("redirect_query")
  expect_equal(query("GET /?code=a%2Bb&state=s HTTP/1.1"), list(code = "a+b", state = "s"))
  expect_null(query("GET /favicon.ico HTTP/1.1"))
  expect_null(query("POST /?code=a&state=s HTTP/1.1"))
  expect_null(query("GET /?code=a HTTP/1.1"))
  expect_null(query(""))
  expect_null(query(NA_character_))
  expect_equal(query("GET /?state=s&error=e&state=other HTTP/1.1")$state, "s")
})

test_that("secrets come from the operating system and leave R's seed alone", {
  set.seed(1)
  before <- .Random.seed
  texts <- replicate(50L, in_package("random_text")())
  expect_identical(.Random.seed, before)
  expect_length(unique(texts), 50L)
  expect_true(all(nchar(texts) == 43L & grepl("^[A-Za-z0-9_-]+$", texts)))
})
