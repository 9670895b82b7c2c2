#!/usr/bin/env bash
# Builds commands of Kubernetes 1.20.2 from the source package of Debian 12.
#   from_debian.sh 1.20.2 SCRATCH BIN COMMAND...
# Debian itself builds only kubectl of it, but the source is whole.
set -euo pipefail
here="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
version="$1" scratch="$2" bin="$3"
shift 3

# The Go of its day: later ones refuse some of the sources of 2021.
"${here}/../apt_install.sh" golang-1.19-go golang-github-modern-go-reflect2-dev ca-certificates
export PATH="/usr/lib/go-1.19/bin:${PATH}"
go=/usr/lib/go-1.19/bin/go

fetch_source() { # With package lists of its own, so that the machine's stay as they are.
  local apt="${scratch}/apt" options
  mkdir -p "${apt}"/{parts,lists/partial,cache/archives/partial}
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ ! -f "${file}" ]] || sed 's/^Types:.*/Types: deb-src/' "${file}" >"${apt}/parts/$(basename "${file}")"
  done
  if [[ -f /etc/apt/sources.list ]]; then
    sed -n 's/^deb\( .*\)/deb-src\1/p' /etc/apt/sources.list >"${apt}/parts/main.list"
  fi
  options=(-qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=${apt}/parts"
    -o "Dir::State::lists=${apt}/lists" -o "Dir::Cache=${apt}/cache"
    -o Acquire::Retries=3 -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "${scratch}" && apt-get "${options[@]}" source --download-only kubernetes)
  # Debian calls it 1.20.5+really1.20.2.
  [[ -n "$(compgen -G "${scratch}/kubernetes_*${version}*.orig.tar.*")" ]] || {
    echo "from_debian.sh: this Debian's source package of kubernetes is not ${version}" >&2
    exit 1
  }
}

echo "kubernetes ${version}: fetching the source package"
fetch_source
export GOPATH="${scratch}/gopath" GO111MODULE=off GOFLAGS="" GOPROXY=off CGO_ENABLED=0
source="${GOPATH}/src/k8s.io/kubernetes"
mkdir -p "${source}"
tar -C "${source}" --strip-components=1 -xf "${scratch}"/kubernetes_*.orig.tar.*
cd "${source}"

# The vendored 1.0.1 crashes under Go 1.18 and later ("unexpected fault address")
# when the API server writes pretty JSON, as it does for curl.
rm -rf vendor/github.com/modern-go/reflect2
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 vendor/github.com/modern-go/

# The sources lack one generated package: which folders it describes is written
# in their comments.
echo "kubernetes ${version}: generating pkg/generated/openapi"
nice -n 15 "${go}" build -p 2 -o "${scratch}/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
described="$(grep -RlE --include='*.go' --exclude-dir=testdata --exclude-dir=code-generator \
  --exclude-dir=sample-apiserver '^[[:space:]]*// *\+k8s:openapi-gen=' vendor/k8s.io pkg |
  xargs -n 1 dirname | LC_ALL=C sort -u | sed 's#^#k8s.io/kubernetes/#' | paste -sd ,)"
nice -n 15 "${scratch}/openapi-gen" --logtostderr -i "${described}" \
  -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
  -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "${scratch}/openapi.violations"

IFS=. read -r major minor _ <<<"${version}"
flags="-s -w"
for package in component-base/version client-go/pkg/version; do
  package="k8s.io/kubernetes/vendor/k8s.io/${package}"
  flags+=" -X ${package}.gitVersion=v${version} -X ${package}.gitMajor=${major} -X ${package}.gitMinor=${minor}"
done
for command in "$@"; do
  [[ ! -x "${bin}/${command}" ]] || continue
  echo "kubernetes ${version}: ${command}"
  nice -n 15 "${go}" build -p 2 -trimpath -tags providerless,dockerless -ldflags "${flags}" \
    -o "${scratch}/${command}" "./cmd/${command}"
  mv "${scratch}/${command}" "${bin}/${command}"
done
