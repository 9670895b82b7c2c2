#!/usr/bin/env bash
# Prints the path of a Python with Playwright, for tests in headless Chromium. Installs both if they are missing: Chromium
# and Python's pip (Debian packages, with sudo when not root), and Playwright into the cache folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

missing=()
for package in chromium python3-pip python3-venv; do
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "${package}" 2>/dev/null)" == installed ]] ||
    missing+=("${package}")
done
if ((${#missing[@]})); then
  sudo=()
  [[ "$(id -u)" == 0 ]] || sudo=(sudo)
  echo "tools/site/browser.sh: installing ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq </dev/null >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null </dev/null
fi

lock=tools/site/browser.lock
python="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/playwright-$(sha256sum "${lock}" | cut -c1-12)"
if [[ ! -e "${python}/ready" ]]; then
  rm -rf "${python}"
  /usr/bin/python3 -m venv "${python}" >&2
  "${python}/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --require-hashes --requirement "${lock}" >&2
  touch "${python}/ready"
fi
echo "${python}/bin/python"
