#!/usr/bin/env bash
# Tests the documentation site in headless Chromium: browser_test.py.
#   tools/site/test.sh [--screenshots FOLDER] [TEST...]
# Installs Chromium and Playwright (browser.sh). Ends with the line "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python="$(tools/site/browser.sh)"
./bazelw build //docs:site //docs:site_again
exec "${python}" -B tools/site/browser_test.py "$@"
