#!/usr/bin/env bash
# Builds the manager of Kueue from the Go module registry, for the test of builds
# that wait in a queue.
#
#   build.sh [--version VERSION]
#
# Only the versions that modules/ pins can be built. The last line of stdout is a
# folder with the manager, `kueue`, and the files that it is installed with, crd/
# and webhook/; built once per version. Messages go to stderr. Concurrent runs
# wait for each other.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

version=0.17.0
while (($#)); do
  case "$1" in
    --version) version="${2:?--version wants a value}" && shift 2 ;;
    --version=*) version="${1#*=}" && shift ;;
    *)
      echo "usage: build.sh [--version VERSION]" >&2
      exit 2
      ;;
  esac
done
module=sigs.k8s.io/kueue
pins="${here}/modules/${version}"
[[ -f "${pins}/go.sum" ]] || {
  echo "build.sh: Kueue ${version} is not one of" "$(ls "${here}/modules")" >&2
  exit 2
}

# Where the module itself is, once it was built: its checksum is in go.sum.
module_folder() {
  local go
  go="$("${here}/../go/toolchain.sh" "$(sed -n 's/^go //p' "${pins}/go.mod")")"
  mkdir "${scratch}/module"
  cp -L "${pins}"/go.* "${scratch}/module/"
  (cd "${scratch}/module" &&
    GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOWORK=off "${go}" list -m -f '{{.Dir}}' "${module}")
}

cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/kueue"
folder="${cache}/${version}-$(cat "${pins}"/go.* | sha256sum | cut -c 1-12)"
if [[ ! -d "${folder}" ]]; then
  (umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
  exec 8>"${cache}/lock"
  flock --nonblock 8 || {
    echo "kueue ${version}: waiting for another run that builds it" >&2
    flock 8
  }
  if [[ ! -d "${folder}" ]]; then
    rm -rf "${cache}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
    scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
    trap 'rm -rf "${scratch}"' EXIT
    echo "kueue ${version}: building it, once; this takes some minutes" >&2
    mkdir "${scratch}/new"
    # Two jobs at most: the machine has other work.
    "${here}/../go/build.sh" "${pins}" "${scratch}/new" -p 2 \
      -ldflags "-s -w -X ${module}/pkg/version.GitVersion=v${version}" "${module}/cmd/kueue" >&2
    source="$(module_folder)"
    # Without the modes of the module cache, which is read-only.
    cp -r --no-preserve=mode "${source}"/config/components/{crd,webhook} "${scratch}/new/"
    mv "${scratch}/new" "${folder}"
  fi
fi
echo "${folder}"
