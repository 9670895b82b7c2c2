#!/usr/bin/env bash
# Makes a tiny image without any container registry: Debian's busybox-static
# (sh, tar, head, gzip, sha256sum ...) under the name busybox:1. It serves as the
# build pod's init container and as a base image.
#
#   init_image.sh [--name NAME] [--entrypoint JSON_LIST] [--zstd]
#
# --zstd: with Debian's zstd, as richer images have it.
#
# stdout: a folder laid out as that of build.sh. Messages go to stderr.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

name=busybox:1
entrypoint='[]'
zstd=
while (($#)); do
  case "$1" in
    --name) name="${2:?--name wants a value}" && shift 2 ;;
    --entrypoint) entrypoint="${2:?--entrypoint wants a value}" && shift 2 ;;
    --zstd) zstd=/usr/bin/zstd && shift ;;
    *)
      echo "usage: init_image.sh [--name NAME] [--entrypoint JSON_LIST] [--zstd]" >&2
      exit 2
      ;;
  esac
done

cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/busybox"
(umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
exec 8>"${cache}/lock"
flock 8
rm -rf "${cache}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
trap 'rm -rf "${scratch}"' EXIT

# Named by path: the machine may have another busybox that is not static.
busybox=/bin/busybox
"${here}/../apt_install.sh" busybox-static ${zstd:+zstd}
# With the libraries that it is linked to, and the linker.
binaries=("${busybox}")
[[ -z "${zstd}" ]] || mapfile -t -O 1 binaries < <(echo "${zstd}" && ldd "${zstd}" | grep -o '/[^ ]*')

recipe="$({
  cat "${BASH_SOURCE[0]}" "${here}/docker_archive.py" "${binaries[@]}"
  echo "${name} ${entrypoint}"
} | sha256sum | cut -c 1-12)"
folder="${cache}/image-${recipe}"
if [[ ! -d "${folder}" ]]; then
  new="${scratch}/image"
  rootfs="${new}/rootfs"
  mkdir -m 0700 "${new}" # Its files may be setuid.
  mkdir -p "${rootfs}"/{bin,etc,root,tmp}
  chmod 0700 "${rootfs}/root"
  chmod 1777 "${rootfs}/tmp"
  for binary in "${binaries[@]}"; do
    install -D "${binary}" "${rootfs}${binary}"
  done
  "${busybox}" --list | while IFS= read -r applet; do
    [[ "${applet}" == busybox ]] || ln -s busybox "${rootfs}/bin/${applet}"
  done
  echo 'root:x:0:0:root:/root:/bin/sh' >"${rootfs}/etc/passwd"
  echo 'root:x:0:' >"${rootfs}/etc/group"
  cat >"${new}/image.json" <<JSON
{
  "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  "Entrypoint": ${entrypoint},
  "Cmd": ["sh"]
}
JSON
  echo "${name}" >"${new}/name"
  python3 "${here}/docker_archive.py" --rootfs "${rootfs}" --config "${new}/image.json" \
    --name "${name}" --out "${new}/image.tar"
  mv "${new}" "${folder}"
fi
echo "${folder}"
