#!/usr/bin/env bash
# Makes a real kaniko executor image without any container registry: the
# executor is built from the Go module registry.
#
#   build.sh [--flavor google|chainguard] [--version VERSION]
#
# google (the default) is github.com/GoogleContainerTools/kaniko, which ended
# with v1.24.0; chainguard is the fork github.com/chainguard-dev/kaniko. Only
# the versions that modules/ pins can be built. The fork github.com/osscontainertools/kaniko and
# versions such as v0.17.1 are missing, because the Go module registry rejects them.
# The last line of stdout is a folder that is built once and never changed:
#   rootfs/      the root file system, laid out like the official image
#   image.json   the image's configuration (Env, Entrypoint, WorkingDir)
#   image.tar    the same as a docker-archive (docker, podman, ctr and skopeo read it)
#   name         the image's name, one line
# Messages go to stderr. Concurrent runs wait for each other. A first run takes
# a few minutes; Go is fetched too where the machine has none (../go).
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

usage() {
  echo "usage: build.sh [--flavor google|chainguard] [--version VERSION]" >&2
  exit 2
}

flavor=google
version=""
while (($#)); do
  case "$1" in
    --flavor) flavor="${2:?--flavor wants a value}" && shift 2 ;;
    --flavor=*) flavor="${1#*=}" && shift ;;
    --version) version="${2:?--version wants a value}" && shift 2 ;;
    --version=*) version="${1#*=}" && shift ;;
    *) usage ;;
  esac
done
case "${flavor}" in
  chainguard)
    version="${version:-v1.25.6}"
    module=github.com/chainguard-dev/kaniko
    # Chainguard publishes no image of a version: these are built by others.
    image=ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor
    ;;
  google)
    version="${version:-v1.24.0}"
    module=github.com/GoogleContainerTools/kaniko
    image=gcr.io/kaniko-project/executor
    ;;
  *) usage ;;
esac
pins="${here}/modules/${flavor}-${version}"
[[ -f "${pins}/go.sum" ]] || {
  echo "kaniko ${version}: ${flavor} has no such version here; it has:" \
    "$(cd "${here}/modules" && printf '%s\n' "${flavor}"-* | sed "s/^${flavor}-//" | sort -V | paste -sd ' ')" >&2
  exit 2
}

cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/kaniko/${flavor}-${version}"
(umask 077 && mkdir -p "${cache}") # Readable by this user only, as are all caches.
exec 8>"${cache}/lock"
flock --nonblock 8 || {
  echo "kaniko ${version}: waiting for another run that builds it" >&2
  flock 8
}
rm -rf "${cache}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
trap 'rm -rf "${scratch}"' EXIT

build_executor() {
  echo "kaniko ${version}: building ${module}/cmd/executor, once; this takes some minutes" >&2
  "${here}/../go/build.sh" "${pins}" "${scratch}" \
    -ldflags "-s -w -X ${module}/pkg/version.version=${version}" \
    "${module}/cmd/executor" >&2
  mv "${scratch}/executor" "${executor}"
}

# The certificates of this machine: its administrator may have added some.
certificates=/etc/ssl/certs/ca-certificates.crt
[[ -s "${certificates}" ]] || "${here}/../apt_install.sh" ca-certificates

hash_of() { cat "$@" | sha256sum | cut -c 1-12; }

# An executor built from other pins must not be used.
executor="${cache}/executor-$(hash_of "${pins}"/go.*)"
[[ -x "${executor}" ]] || build_executor

recipe="$(hash_of "${BASH_SOURCE[0]}" "${here}/docker_archive.py" "${certificates}" "${pins}"/go.*)"
folder="${cache}/image-${recipe}"
if [[ ! -d "${folder}" ]]; then
  new="${scratch}/image"
  rootfs="${new}/rootfs"
  mkdir -m 0700 "${new}" # Its files may be setuid.
  mkdir -p "${rootfs}"/{etc,kaniko/.docker,kaniko/ssl/certs,root,workspace}
  chmod 0700 "${rootfs}/root"
  ln "${executor}" "${rootfs}/kaniko/executor"
  cp "${certificates}" "${rootfs}/kaniko/ssl/certs/ca-certificates.crt"
  echo 'hosts: files dns' >"${rootfs}/etc/nsswitch.conf"
  echo 'root:x:0:0:root:/root:/sbin/nologin' >"${rootfs}/etc/passwd"
  echo 'root:x:0:' >"${rootfs}/etc/group"
  # No docker-credential-* helpers: since v1.8 kaniko has those of Google, Amazon,
  # Azure and GitLab compiled in.
  cat >"${new}/image.json" <<JSON
{
  "Env": [
    "HOME=/root",
    "USER=root",
    "PATH=/usr/local/bin:/kaniko",
    "SSL_CERT_DIR=/kaniko/ssl/certs",
    "DOCKER_CONFIG=/kaniko/.docker/"
  ],
  "Entrypoint": ["/kaniko/executor"],
  "WorkingDir": "/workspace"
}
JSON
  echo "${image}:${version}" >"${new}/name"
  python3 "${here}/docker_archive.py" --rootfs "${rootfs}" --config "${new}/image.json" \
    --name "${image}:${version}" --out "${new}/image.tar"
  mv "${new}" "${folder}"
fi
echo "${folder}"
