#!/bin/sh
# R CMD build and check of a package; fails on any error or warning. Arguments: package directory, work directory.
set -eu
package=$1
cd "$2"
rm -rf ./*.tar.gz ./*.Rcheck
R CMD build "$package"
_R_CHECK_FORCE_SUGGESTS_=false R CMD check --no-manual --no-tests ./*.tar.gz
! grep -E '^Status: .*(ERROR|WARNING)' ./*.Rcheck/00check.log
