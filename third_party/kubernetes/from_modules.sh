#!/usr/bin/env bash
# Builds commands of Kubernetes from the Go module registry.
#   from_modules.sh VERSION SCRATCH BIN COMMAND...
# k8s.io/kubernetes replaces its parts (k8s.io/api ...) by folders of its own
# repository, which a module that depends on it does not see. They are published
# too, as v0.MINOR.PATCH: ours replaces them by these.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
version="$1" scratch="$2" bin="$3"
shift 3

go="$("${here}/../go/toolchain.sh" 1.24)" # What 1.34 asks for.
export GOTOOLCHAIN=local CGO_ENABLED=0 GOWORK=off
cd "${scratch}"

printf 'module fetch\n' >go.mod
GOFLAGS=-mod=mod "${go}" mod download "k8s.io/kubernetes@v${version}"
theirs="$("${go}" env GOMODCACHE)/cache/download/k8s.io/kubernetes/@v/v${version}.mod"
{
  printf 'module ovenbird/kubernetes\n\n'
  grep -m 1 '^go ' "${theirs}"
  printf '\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "${version}"
  sed -n 's/^\t\(k8s\.io\/[^ ]*\) v0\.0\.0\( .*\)\{0,1\}$/\1/p' "${theirs}" | while IFS= read -r part; do
    printf '\t%s => %s v0.%s\n' "${part}" "${part}" "${version#1.}"
  done
  printf ')\n'
} >go.mod

IFS=. read -r major minor _ <<<"${version}"
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags+=" -X ${package}.gitVersion=v${version} -X ${package}.gitMajor=${major} -X ${package}.gitMinor=${minor}"
done

for command in "$@"; do
  [[ ! -x "${bin}/${command}" ]] || continue
  echo "kubernetes ${version}: ${command}"
  # One after the other, two jobs at most: the machine has other work.
  nice -n 15 "${go}" build -mod=mod -p 2 -trimpath -ldflags "${flags}" \
    -o "${scratch}/${command}" "k8s.io/kubernetes/cmd/${command}"
  mv "${scratch}/${command}" "${bin}/${command}"
done
