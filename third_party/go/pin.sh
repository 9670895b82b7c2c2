#!/usr/bin/env bash
# Pins what build.sh builds: makes MODULE/go.sum for the packages, on all the
# machines that we run on. MODULE/go.mod is written by hand: it requires the
# packages' module and repeats its `replace` lines, which Go does not inherit.
#
#   pin.sh MODULE [FLAG...] PACKAGE...
#
# FLAGs are those of `go list`: `-tags TAG` adds what is built with the tag. WITH_CGO is
# that of build.sh.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
module="${1:?usage: pin.sh MODULE [FLAG...] PACKAGE...}"
shift

# The checksum database verifies new modules, whatever the user has set.
unset GOSUMDB GONOSUMDB GOPRIVATE GOINSECURE
export GOENV=off GOFLAGS=-mod=mod GOTOOLCHAIN=local GOWORK=off CGO_ENABLED="${WITH_CGO:-0}" GOOS=linux
go="$("${here}/toolchain.sh" "$(sed -n 's/^go //p' "${module}/go.mod")")"
cd "${module}"
rm -f go.sum
for GOARCH in amd64 arm64; do
  export GOARCH
  "${go}" list -deps "$@" >/dev/null
done
