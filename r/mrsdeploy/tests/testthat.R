library(testthat)
library(mrsdeploy)

test_check("mrsdeploy")
