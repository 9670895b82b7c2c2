#!/usr/bin/env bash
# Builds the servers of a Kubernetes node: kube-apiserver,
# kube-controller-manager, kube-scheduler, kubelet.
#
#   build.sh [--version current|1.20.2|VERSION]
#
# 1.20.2 comes from Debian 12's source package, every other version from the Go
# module registry: those that modules/ pins (pin.sh adds one). The last line of stdout is a folder with bin/ in it, built
# once per version (an hour of CPU at most, mostly much less; about 2 GB of disk).
# Messages go to stderr. Concurrent runs wait for each other.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

# The newest one. Users of 1.35 and later need cgroup v2; the end-to-end tests tell
# the kubelet to accept cgroup v1, too.
current=1.37.1

version=current
while (($#)); do
  case "$1" in
    --version) version="${2:?--version wants a value}" && shift 2 ;;
    --version=*) version="${1#*=}" && shift ;;
    *)
      echo "usage: build.sh [--version current|1.20.2|VERSION]" >&2
      exit 2
      ;;
  esac
done
[[ "${version}" != current ]] || version="${current}"
[[ "${version}" == 1.20.2 || -f "${here}/modules/${version}/go.sum" ]] || {
  echo "build.sh: Kubernetes ${version} is not one of 1.20.2" "$(ls "${here}/modules")" >&2
  exit 2
}

folder="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/kubernetes/${version}"
commands=(kube-apiserver kube-controller-manager kube-scheduler kubelet)

complete() {
  local command
  for command in "${commands[@]}"; do
    [[ -x "${folder}/bin/${command}" ]] || return 1
  done
}

if ! complete; then
  (umask 077 && mkdir -p "${folder}/bin") # Readable by this user only, as are all caches.
  exec 8>"${folder}/lock"
  flock --nonblock 8 || {
    echo "kubernetes ${version}: waiting for another run that builds it" >&2
    flock 8
  }
  if ! complete; then
    started="${SECONDS}"
    echo "kubernetes ${version}: building it, once; this takes a while" >&2
    rm -rf "${folder}"/tmp.* # Left by a killed run: the lock shows that no other run is active.
    scratch="$(mktemp -d "${folder}/tmp.XXXXXX")"
    trap 'rm -rf "${scratch}"' EXIT
    recipe=modules
    [[ "${version}" != 1.20.2 ]] || recipe=debian
    "${here}/from_${recipe}.sh" "${version}" "${scratch}" "${folder}/bin" "${commands[@]}" >&2 </dev/null
    complete
    echo "kubernetes ${version}: built in $((SECONDS - started)) s" >&2
  fi
fi
echo "${folder}"
