#!/usr/bin/env bash
# Builds containerd from the Go module registry, for nodes that mount images as
# volumes: Debian 12's containerd is older than that.
#
#   build.sh [--version VERSION]
#
# Only the versions that modules/ pins can be built. The last line of stdout is a
# folder with containerd and containerd-shim-runc-v2, built once per version.
# Messages go to stderr. Concurrent runs wait for each other.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

version=2.1.9
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
module=github.com/containerd/containerd/v2
pins="${here}/modules/${version}"
[[ -f "${pins}/go.sum" ]] || {
  echo "build.sh: containerd ${version} is not one of" "$(ls "${here}/modules")" >&2
  exit 2
}

cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/containerd"
folder="${cache}/${version}-$(cat "${pins}"/go.* | sha256sum | cut -c 1-12)"
if [[ ! -d "${folder}" ]]; then
  (umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
  exec 8>"${cache}/lock"
  flock --nonblock 8 || {
    echo "containerd ${version}: waiting for another run that builds it" >&2
    flock 8
  }
  if [[ ! -d "${folder}" ]]; then
    rm -rf "${cache}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
    scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
    trap 'rm -rf "${scratch}"' EXIT
    echo "containerd ${version}: building it, once; this takes some minutes" >&2
    mkdir "${scratch}/bin"
    # Two jobs at most: the machine has other work.
    "${here}/../go/build.sh" "${pins}" "${scratch}/bin" -p 2 \
      -ldflags "-s -w -X ${module}/version.Version=v${version}" \
      "${module}/cmd/containerd" "${module}/cmd/containerd-shim-runc-v2" >&2
    mv "${scratch}/bin" "${folder}"
  fi
fi
echo "${folder}"
