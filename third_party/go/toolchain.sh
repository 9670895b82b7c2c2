#!/usr/bin/env bash
# Prints the path of a `go` command of at least the version given (such as
# 1.26). The machine's own Go is used if it is new enough; otherwise Debian's
# golang-go, whatever its age, fetches the newer one from the Go module registry
# (module golang.org/toolchain), and its checksum is compared with the one below.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

wanted="${1:?usage: toolchain.sh VERSION}"
fetched="1.26.8" # Serves every request up to this one.
declare -A checksums=(
  [linux-amd64]="h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM="
  [linux-arm64]="h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc="
)

at_least() { # at_least FOUND WANTED
  [[ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" == "$2" ]]
}

version_of() { # Without switching to a newer toolchain.
  local name
  name="$(GOTOOLCHAIN=local "$1" env GOVERSION </dev/null 2>/dev/null)" || return 1
  printf '%s\n' "${name#go}" | cut -d ' ' -f 1
}

go=""
for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go/bin/go; do
  [[ -x "${candidate}" ]] || continue
  found="$(version_of "${candidate}")" || continue
  if at_least "${found}" "${wanted}"; then
    echo "${candidate}"
    exit 0
  fi
  go="${go:-${candidate}}"
done
at_least "${fetched}" "${wanted}" || {
  echo "toolchain.sh: Go ${wanted} is asked for, ${fetched} is the newest it fetches" >&2
  exit 1
}
if [[ -z "${go}" ]]; then
  "${here}/../apt_install.sh" golang-go ca-certificates
  go=/usr/bin/go
fi

machine="$(GOTOOLCHAIN=local "${go}" env GOHOSTOS)-$(GOTOOLCHAIN=local "${go}" env GOHOSTARCH)"
module="golang.org/toolchain@v0.0.1-go${fetched}.${machine}"
cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/go"
(umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
exec 9>"${cache}/lock"
flock 9

echo "fetching Go ${fetched} from the Go module registry" >&2
# An empty module, for go before 1.21 wants to be in one; GOTOOLCHAIN=local,
# for this go is to fetch the newer one and not to become it.
scratch="$(mktemp -d)"
trap 'rm -rf "${scratch}"' EXIT
printf 'module fetch\n' >"${scratch}/go.mod"
download="$(cd "${scratch}" && GOTOOLCHAIN=local GOFLAGS=-mod=mod "${go}" mod download -json "${module}" </dev/null)"
field() { sed -n "s/^\t\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" <<<"${download}"; }
folder="$(field Dir)"
[[ -d "${folder}" ]] || {
  echo "toolchain.sh: ${go} mod download ${module} gave no folder" >&2
  exit 1
}
[[ "$(field Sum)" == "${checksums[${machine}]:-}" ]] || {
  echo "toolchain.sh: ${module} has checksum $(field Sum), expected ${checksums[${machine}]:-none}" >&2
  exit 1
}

# What a go that switches by itself does: modules hold neither executable files
# nor nested go.mod files.
if [[ ! -x "${folder}/bin/go" || ! -f "${folder}/src/go.mod" ]]; then
  chmod -R u+w "${folder}"
  find "${folder}" -name _go.mod | while IFS= read -r file; do
    cp "${file}" "$(dirname "${file}")/go.mod"
  done
  chmod +x "${folder}"/pkg/tool/*/* "${folder}/bin/gofmt"
  chmod +x "${folder}/bin/go"
  chmod -R a-w "${folder}"
fi
echo "${folder}/bin/go"
