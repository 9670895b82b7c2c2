#!/bin/bash
# Runs tests under sanitizers: AddressSanitizer with UndefinedBehaviorSanitizer
# for the packages that parse what others wrote, ThreadSanitizer for those with
# threads. The last line counts them. Exit code 1: a test has failed.
#
#   tools/sanitize.sh            # both
#   tools/sanitize.sh parsers    # or: threads
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2

parsers=(//runtime/{base,config,context,dockerfile,net,registry,yaml}/...)
threads=(//runtime/{base,kube,net}/... //runtime/build:all //runtime/build/cluster/...)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0

# under CONFIG TARGET...
under() {
  local config=$1 started=$SECONDS
  shift
  ./bazelw test --config="$config" --keep_going --test_tag_filters=-no-sanitizer \
    --build_tests_only "$@" 2>&1 | tee -a "$log"
  ((PIPESTATUS[0] == 0)) || code=1
  echo "$config: $((SECONDS - started)) s"
}

case "${1:-all}" in
parsers) under sanitize "${parsers[@]}" ;;
threads) under tsan "${threads[@]}" ;;
all)
  under sanitize "${parsers[@]}"
  under tsan "${threads[@]}"
  ;;
*)
  echo "usage: tools/sanitize.sh [parsers|threads]" >&2
  exit 2
  ;;
esac
echo "$(grep -acE '^//.* (PASSED|\(cached\) PASSED)' "$log") passed," \
  "$(grep -acE '^//.* (FAILED|TIMEOUT|NO STATUS)' "$log") failed"
exit "$code"
