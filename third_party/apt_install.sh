#!/usr/bin/env bash
# Installs those of the given Debian packages that are missing, and nothing else.
# Prints messages on stderr and nothing on stdout; never asks.
set -euo pipefail

missing=()
for package in "$@"; do
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "${package}" 2>/dev/null)" == installed ]] ||
    missing+=("${package}")
done
((${#missing[@]})) || exit 0

sudo=()
[[ "$(id -u)" == 0 ]] || sudo=(sudo)
apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq
  -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
log="$(mktemp)"
trap 'rm -f "${log}"' EXIT

echo "installing Debian packages: ${missing[*]}" >&2
# The package lists of a fresh machine are empty, those of an idle machine outdated:
# after the first failure update them, after the second try once more.
for attempt in 1 2 3; do
  if "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >"${log}" 2>&1; then
    exit 0
  fi
  ((attempt < 3)) || break
  "${apt[@]}" update </dev/null >"${log}" 2>&1 || sleep 3
done
cat "${log}" >&2
echo "could not install ${missing[*]}: see apt-get's messages above" >&2
exit 1
