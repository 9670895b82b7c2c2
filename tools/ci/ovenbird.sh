#!/usr/bin/env bash
# Runs ovenbird in the current folder, for hooks and jobs: $OVENBIRD, else the one in PATH, else the one of this
# checkout, which is built first (minutes the first time, seconds later).
set -euo pipefail

if [[ -n "${OVENBIRD:-}" ]]; then
  exec "${OVENBIRD}" "$@"
fi
if command -v ovenbird >/dev/null; then
  exec ovenbird "$@"
fi
checkout="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
(cd "${checkout}" && ./bazelw build --config=opt //tools:ovenbird) >&2
exec "${checkout}/bazel-bin/tools/ovenbird" "$@"
