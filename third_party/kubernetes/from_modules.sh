#!/usr/bin/env bash
# Builds commands of Kubernetes from the Go module registry, as pin.sh has pinned it.
#   from_modules.sh VERSION SCRATCH BIN COMMAND...
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
version="$1" scratch="$2" bin="$3"
shift 3

IFS=. read -r major minor _ <<<"${version}"
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X ${package}.gitVersion=v${version} -X ${package}.gitMajor=${major} -X ${package}.gitMinor=${minor}"
done

for command in "$@"; do
  [[ ! -x "${bin}/${command}" ]] || continue
  echo "kubernetes ${version}: ${command}"
  # One after the other, two jobs at most: the machine has other work.
  "${here}/../go/build.sh" "${here}/modules/${version}" "${scratch}" \
    -p 2 -ldflags "${flags}" "k8s.io/kubernetes/cmd/${command}"
  mv "${scratch}/${command}" "${bin}/${command}"
done
