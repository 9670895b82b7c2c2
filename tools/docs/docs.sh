#!/usr/bin/env bash
# Writes or checks the files that are generated from the schema and checked in.
#   docs.sh write GENERATED:CHECKED_IN...   copies into the source tree
#   docs.sh check GENERATED:CHECKED_IN...   fails when they differ
set -euo pipefail

mode="$1"
shift
failed=0
for pair in "$@"; do
  generated="${pair%%:*}"
  checked_in="${pair#*:}"
  if [[ "${mode}" == check ]]; then
    diff -r -u "${checked_in}" "${generated}" || failed=1
    continue
  fi
  target="${BUILD_WORKSPACE_DIRECTORY:?run it with bazel run}/${checked_in}"
  rm -rf "${target}"
  mkdir -p "$(dirname "${target}")"
  cp -rL "${generated}" "${target}"
  # Bazel's outputs can be executed, and not written.
  find "${target}" -type d -exec chmod 755 {} +
  find "${target}" -type f -exec chmod 644 {} +
  echo "wrote ${checked_in}"
done
if ((failed)); then
  echo "The checked-in documentation is not what the schema says: run tools/update.sh" >&2
  exit 1
fi
