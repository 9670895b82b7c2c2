#!/usr/bin/env bash
# Builds commands from the Go module registry, pinned by a committed go.sum.
#
#   build.sh MODULE OUT [FLAG...] PACKAGE...
#
# MODULE is a folder with go.mod and go.sum (pin.sh makes go.sum). Each command
# becomes OUT/<last part of PACKAGE>; FLAGs are those of `go build`. With WITH_CGO=1
# in the environment C code is built, too.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
module="${1:?usage: build.sh MODULE OUT [FLAG...] PACKAGE...}" out="${2:?}"
shift 2

scratch="$(mktemp -d)"
trap 'rm -rf "${scratch}"' EXIT
cp -L "${module}/go.mod" "${module}/go.sum" "${scratch}/"
go="$("${here}/toolchain.sh" "$(sed -n 's/^go //p' "${scratch}/go.mod")")"

# Ignores the user's own Go settings. In particular, -mod=mod would
# accept modules that go.sum does not list, and GOSUMDB=off whatever they contain.
export GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOWORK=off CGO_ENABLED="${WITH_CGO:-0}" GOOS=linux
GOARCH="$("${go}" env GOHOSTARCH)"
export GOARCH

cd "${scratch}"
for _ in 1 2 3; do # Retries, because a registry may fail temporarily.
  if nice -n 10 "${go}" build -buildvcs=false -trimpath -o "${out}/" "$@" \
    </dev/null >"${scratch}/log" 2>&1; then
    exit 0
  fi
  # Missing, refused or different from go.sum: a retry does not help.
  if grep -qE '(403 Forbidden|404 Not Found|410 Gone|SECURITY ERROR|missing go.sum entry)' "${scratch}/log"; then
    break
  fi
done
cat "${scratch}/log" >&2
exit 1
