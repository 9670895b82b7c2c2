#!/usr/bin/env bash
# Prints what the release binary is stamped with: Bazel runs it for each build. Without git it prints nothing.
set -euo pipefail
commit="$(git rev-parse --verify -q HEAD 2>/dev/null)" || exit 0
echo "STABLE_GIT_COMMIT ${commit}"
if git --no-optional-locks diff --quiet HEAD -- 2>/dev/null; then
  echo "STABLE_GIT_MODIFIED false"
else
  echo "STABLE_GIT_MODIFIED true"
fi
