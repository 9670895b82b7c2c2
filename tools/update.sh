#!/usr/bin/env bash
# Refreshes all goldens and generated files that are checked in. `git diff` shows
# the changes: read them before you commit.
#   tools/update.sh            everything
#   tools/update.sh TARGET...  only these golden tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

targets=("$@")
if ((${#targets[@]} == 0)); then
  mapfile -t targets < <(./bazelw query --output=label \
    'kind(cc_test, rdeps(//..., //tools/testing:golden))' 2>/dev/null)
  ./bazelw run //tools/docs
  docs/guides/troubleshooting_test.py --write
  docs/guides/bazel_rules_test.py --write
fi
for target in "${targets[@]}"; do
  echo "== ${target}"
  OVENBIRD_UPDATE_GOLDENS=1 ./bazelw run "${target}" >/dev/null
done
git status --short
