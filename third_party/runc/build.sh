#!/usr/bin/env bash
# Builds runc from the Go module registry, for nodes that run pods in user
# namespaces: Debian 12's runc is older than that.
#
#   build.sh [--version VERSION]
#
# Only the versions that modules/ pins can be built. The last line of stdout is a
# folder with runc, built once per version. Messages go to
# stderr. Concurrent runs wait for each other.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

version=1.3.4
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
module=github.com/opencontainers/runc
pins="${here}/modules/${version}"
[[ -f "${pins}/go.sum" ]] || {
  echo "build.sh: runc ${version} is not one of" "$(ls "${here}/modules")" >&2
  exit 2
}

cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/runc"
folder="${cache}/${version}-$(cat "${pins}"/go.* "${here}/build.sh" | sha256sum | cut -c 1-12)"
if [[ ! -d "${folder}" ]]; then
  (umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
  exec 8>"${cache}/lock"
  flock --nonblock 8 || {
    echo "runc ${version}: waiting for another run that builds it" >&2
    flock 8
  }
  if [[ ! -d "${folder}" ]]; then
    rm -rf "${cache}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
    scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
    trap 'rm -rf "${scratch}"' EXIT
    echo "runc ${version}: building it, once; this takes a minute" >&2
    mkdir "${scratch}/bin"
    # A part of it is C: it enters namespaces before Go starts its threads. Kubelets want seccomp.
    "${here}/../apt_install.sh" gcc libc6-dev libseccomp-dev pkg-config
    WITH_CGO=1 "${here}/../go/build.sh" "${pins}" "${scratch}/bin" -p 2 -tags seccomp \
      -ldflags "-s -w -X main.version=${version}" "${module}" >&2
    mv "${scratch}/bin" "${folder}"
  fi
fi
echo "${folder}"
