#!/usr/bin/env bash
# Tests the documentation site in headless Chromium: browser_test.py.
#   tools/site/test.sh [--screenshots FOLDER] [TEST...]
# Installs Chromium and Python's pip (Debian packages, with sudo when not root), and Playwright into
# the cache folder. Ends with the line "N passed, N failed".
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
  echo "tools/site/test.sh: installing ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq </dev/null
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null </dev/null
fi

lock=tools/site/browser.lock
python="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/playwright-$(sha256sum "${lock}" | cut -c1-12)"
if [[ ! -e "${python}/ready" ]]; then
  rm -rf "${python}"
  /usr/bin/python3 -m venv "${python}"
  "${python}/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --require-hashes --requirement "${lock}"
  touch "${python}/ready"
fi

./bazelw build //docs:site //docs:site_again
exec "${python}/bin/python" -B tools/site/browser_test.py "$@"
