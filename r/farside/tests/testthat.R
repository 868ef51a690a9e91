library(testthat)
library(farside)

test_check("farside")
