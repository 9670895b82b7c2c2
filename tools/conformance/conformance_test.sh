#!/usr/bin/env bash
# Runs the conformance tool on the recorded cases, if they exist. docs/compatibility.md
# must list every reason that the tool accepts.
#   conformance_test.sh CONFORMANCE COMPATIBILITY.md INTENDED.cc
set -euo pipefail
missing=0
while read -r id; do
  grep -qF "\`${id}\`" "$2" || { echo "docs/compatibility.md lacks ${id}"; missing=1; }
done < <(grep -oE '"[a-z]+(-[a-z]+)+"\}' "$3" | tr -d '"}' | sort -u)
((missing == 0))
# The recorded cases, if any, are next to the checkout.
checkout="$(dirname "$(readlink -f "$3")")/../.."
cases="${checkout}/../shared/oracle"
[[ -d "${cases}" ]] && exec "$1" "${cases}"
echo "no recorded cases next to the checkout: only the reasons were checked"
