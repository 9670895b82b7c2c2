#!/usr/bin/env bash
# Runs the conformance tool on the recorded cases where they are at hand; the
# reasons that it may give all stand in docs/compatibility.md.
#   conformance_test.sh CONFORMANCE COMPATIBILITY.md INTENDED.cc
set -euo pipefail
missing=0
while read -r id; do
  grep -qF "\`${id}\`" "$2" || { echo "docs/compatibility.md lacks ${id}"; missing=1; }
done < <(grep -oE '"[a-z]+(-[a-z]+)+"\}' "$3" | tr -d '"}' | sort -u)
((missing == 0))
# The recorded cases lie beside the checkout, where there are any.
checkout="$(dirname "$(readlink -f "$3")")/../.."
cases="${checkout}/../shared/oracle"
[[ -d "${cases}" ]] && exec "$1" "${cases}"
echo "no recorded cases beside the checkout: only the reasons were checked"
