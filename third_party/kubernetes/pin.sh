#!/usr/bin/env bash
# Pins a version of Kubernetes for build.sh: makes modules/VERSION/go.mod and go.sum.
#   pin.sh VERSION
# k8s.io/kubernetes replaces its parts (k8s.io/api ...) by folders of its own
# repository, which a module that depends on it does not see. They are published
# too, as v0.MINOR.PATCH: ours replaces them by these.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
version="${1:?usage: pin.sh VERSION}"
module="${here}/modules/${version}"
mkdir -p "${module}"

go="$("${here}/../go/toolchain.sh" 1.24)"
cd "${module}"
printf 'module fetch\n' >go.mod
theirs="$(GOTOOLCHAIN=local GOFLAGS=-mod=mod "${go}" mod download -json "k8s.io/kubernetes@v${version}" |
  sed -n 's/^\t"GoMod": "\(.*\)",\{0,1\}$/\1/p')"
{
  printf 'module ovenbird/kubernetes\n\n'
  grep -m 1 '^go ' "${theirs}"
  printf '\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "${version}"
  sed -n 's/^\t\(k8s\.io\/[^ ]*\) v0\.0\.0\( .*\)\{0,1\}$/\1/p' "${theirs}" | while IFS= read -r part; do
    printf '\t%s => %s v0.%s\n' "${part}" "${part}" "${version#1.}"
  done
  printf ')\n'
} >go.mod
"${here}/../go/pin.sh" "${module}" \
  k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet}
