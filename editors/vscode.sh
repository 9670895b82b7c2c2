#!/usr/bin/env bash
# Tests the extension of editors/vscode in VS Code, whose window is in headless Chromium: vscode_browser.py.
#   editors/vscode.sh [--screenshots FOLDER]
# Installs Chromium and Playwright, and by npm the server of VS Code (250 MB, into the cache folder). Needs Node 20.
# Ends with the line "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python="$(tools/site/browser.sh)"
./bazelw build //tools:ovenbird
exec "${python}" -B editors/vscode_browser.py "$@"
