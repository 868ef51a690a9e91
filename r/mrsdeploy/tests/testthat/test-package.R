test_that("the package loads", expect_true("mrsdeploy" %in% loadedNamespaces()))
