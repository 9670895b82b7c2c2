#!/usr/bin/env bash
# Makes a real kaniko executor image without any container registry: the
# executor is built from the Go module registry.
#
#   build.sh [--flavor google|oss] [--version VERSION]
#
# google (the default) is github.com/GoogleContainerTools/kaniko, which ended
# with v1.24.0; oss is its living fork github.com/osscontainertools/kaniko
# (v1.28.3). The fork is not the default, for not every Go module registry
# serves it: one that was tried answers 403.
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
  echo "usage: build.sh [--flavor google|oss] [--version VERSION]" >&2
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
  oss)
    version="${version:-v1.28.3}"
    module=github.com/osscontainertools/kaniko
    image=ghcr.io/osscontainertools/kaniko
    ;;
  google)
    version="${version:-v1.24.0}"
    module=github.com/GoogleContainerTools/kaniko
    image=gcr.io/kaniko-project/executor
    ;;
  *) usage ;;
esac

cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/kaniko/${flavor}-${version}"
(umask 077 && mkdir -p "${cache}") # For this user alone, as are all of ours.
exec 8>"${cache}/lock"
flock --nonblock 8 || {
  echo "kaniko ${version}: waiting for another run that builds it" >&2
  flock 8
}
rm -rf "${cache}"/tmp.* # Of a run that was killed: the lock says that none is alive.
scratch="$(mktemp -d "${cache}/tmp.XXXXXX")"
trap 'rm -rf "${scratch}"' EXIT

build_executor() {
  local go
  # 1.26 is what v1.28.3 asks for; older versions build with it as well.
  go="$("${here}/../go/toolchain.sh" 1.26)"
  echo "kaniko ${version}: building ${module}/cmd/executor, once; this takes some minutes" >&2
  # A module of ours that requires theirs, rather than `go install PACKAGE@VERSION`:
  # that one also asks for the list of all versions, which a registry may not have.
  local work="${scratch}/module"
  mkdir "${work}"
  printf 'module ovenbird/kaniko\n\ngo 1.24\n\nrequire %s %s\n' "${module}" "${version}" >"${work}/go.mod"
  for _ in 1 2 3; do # A registry that hiccups is no reason to give up.
    if (cd "${work}" && GOTOOLCHAIN=local GOWORK=off CGO_ENABLED=0 \
      nice -n 10 "${go}" build -mod=mod -trimpath -o executor \
      -ldflags "-s -w -X ${module}/pkg/version.version=${version}" \
      "${module}/cmd/executor" </dev/null) >"${scratch}/log" 2>&1; then
      mv "${work}/executor" "${cache}/executor"
      return
    fi
    # Not there, or refused: asking again changes nothing.
    if grep -qE '(403 Forbidden|404 Not Found|410 Gone)' "${scratch}/log"; then
      break
    fi
  done
  cat "${scratch}/log" >&2
  echo "kaniko ${version}: go could not build it (the messages are above);" \
    "the Go module registry may have another --flavor or --version" >&2
  exit 1
}

# The certificates of this machine: its administrator may have added some.
certificates=/etc/ssl/certs/ca-certificates.crt
[[ -s "${certificates}" ]] || "${here}/../apt_install.sh" ca-certificates

[[ -x "${cache}/executor" ]] || build_executor

recipe="$(cat "${BASH_SOURCE[0]}" "${here}/docker_archive.py" "${certificates}" | sha256sum | cut -c 1-12)"
folder="${cache}/image-${recipe}"
if [[ ! -d "${folder}" ]]; then
  new="${scratch}/image"
  rootfs="${new}/rootfs"
  mkdir -m 0700 "${new}" # Its files may be setuid.
  mkdir -p "${rootfs}"/{etc,kaniko/.docker,kaniko/ssl/certs,root,workspace}
  chmod 0700 "${rootfs}/root"
  ln "${cache}/executor" "${rootfs}/kaniko/executor"
  cp "${certificates}" "${rootfs}/kaniko/ssl/certs/ca-certificates.crt"
  echo 'hosts: files dns' >"${rootfs}/etc/nsswitch.conf"
  echo 'root:x:0:0:root:/root:/sbin/nologin' >"${rootfs}/etc/passwd"
  echo 'root:x:0:' >"${rootfs}/etc/group"
  # No docker-credential-* helpers: kaniko has those of Google, Amazon, Azure
  # and GitLab compiled in.
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
echo "kaniko ${version}: ready in ${folder}" >&2
echo "${folder}"
