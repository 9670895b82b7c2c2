#!/usr/bin/env bash
# Builds BuildKit (buildkitd, buildctl) from the Go module registry: the
# reference with which kaniko's images are compared.
#
# The last line of stdout is a folder that is built once and never changed, with
# the two commands in it. Messages go to stderr. Concurrent runs wait for each
# other. The daemon runs as root, with runc:
#   buildkitd --oci-worker-snapshotter native --root DIR --addr unix://DIR/socket
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
package=github.com/moby/buildkit
version="$(awk -v package="${package}" '$2 == package { print $3 }' "${here}/module/go.mod")"

folder="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/buildkit/${version}"
mkdir -p "${folder%/*}"
exec 8>"${folder}.lock"
flock --nonblock 8 || {
  echo "buildkit ${version}: waiting for another run that builds it" >&2
  flock 8
}
if [[ ! -d "${folder}" ]]; then
  echo "buildkit ${version}: building it, once; this takes some minutes" >&2
  rm -rf "${folder}".tmp.* # Left by a killed run: the lock shows that no other run is active.
  scratch="$(mktemp -d "${folder}.tmp.XXXXXX")"
  trap 'rm -rf "${scratch}"' EXIT
  chmod 0755 "${scratch}"
  "${here}/../go/build.sh" "${here}/module" "${scratch}" \
    -ldflags "-s -w -X ${package}/version.Version=${version}" \
    "${package}/cmd/buildkitd" "${package}/cmd/buildctl" >&2
  mv "${scratch}" "${folder}"
fi
echo "${folder}"
