#!/usr/bin/env bash
# Fetches what a static program for another architecture is linked with: Debian's
# musl and libzstd, with apt's own checks. The packages, the package lists and
# the architectures of this machine stay as they are.
#
#   foreign_libraries.sh ARCHITECTURE      such as arm64
#
# The last line of stdout is a folder with include/ and lib/, fetched once.
# Messages go to stderr. Fails without a network, or on a machine without apt.
set -euo pipefail
architecture="${1:?usage: foreign_libraries.sh ARCHITECTURE}"

# Those of another version of musl must not be used.
version="$(dpkg-query -W -f='${Version}' musl-dev)+$(dpkg-query -W -f='${Version}' libzstd-dev)"
cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/foreign"
folder="${cache}/${architecture}-${version//[^a-zA-Z0-9.+-]/-}"
if [[ ! -d "${folder}" ]]; then
  (umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
  exec 8>"${cache}/lock"
  flock 8
  if [[ ! -d "${folder}" ]]; then
    rm -rf "${cache}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
    scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
    trap 'rm -rf "${scratch}"' EXIT
    mkdir -p "${scratch}"/{state/lists/partial,cache/archives/partial,packages,files,new/lib}
    apt=(apt-get -qq -o "APT::Architecture=${architecture}" -o "APT::Architectures=${architecture}"
      -o "Dir::State=${scratch}/state" -o Dir::State::status=/dev/null -o "Dir::Cache=${scratch}/cache"
      -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3)
    echo "fetching musl and libzstd for ${architecture}, once" >&2
    "${apt[@]}" update >&2 </dev/null
    (cd "${scratch}/packages" && "${apt[@]}" download musl-dev libzstd-dev >&2 </dev/null)
    for package in "${scratch}"/packages/*.deb; do
      dpkg-deb -x "${package}" "${scratch}/files"
    done
    mv "${scratch}"/files/usr/include/*-linux-musl "${scratch}/new/include"
    mv "${scratch}"/files/usr/include/zstd*.h "${scratch}/new/include"
    mv "${scratch}"/files/usr/lib/*-linux-musl/{crt1.o,crti.o,crtn.o,libc.a} "${scratch}/new/lib"
    mv "${scratch}"/files/usr/lib/*-linux-gnu/libzstd.a "${scratch}/new/lib"
    mv "${scratch}/new" "${folder}"
  fi
fi
echo "${folder}"
