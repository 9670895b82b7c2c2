#!/bin/bash
# Runs the fuzz targets one after another and prints a line of figures for each.
#
#   tools/fuzz.sh [MINUTES [TARGET...]]    # 10 minutes each; TARGET: url_fuzz, yaml:parse_fuzz
#
# What a fuzzer learns is kept between runs in ~/.cache/ovenbird/fuzz; an input
# that fails is printed with its path. Exit code 1: there are findings.
# To keep inputs as tests, minimised: tools/fuzz.sh --merge [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."

kept="${XDG_CACHE_HOME:-$HOME/.cache}/ovenbird/fuzz"
merge=
if [[ "${1:-}" == --merge ]]; then
  merge=1
  shift
fi
minutes=10
if [[ "${1:-}" =~ ^[0-9.]+$ ]]; then
  minutes=$1
  shift
fi

# "PACKAGE NAME CORPUS" of each cc_fuzz_test that an argument names.
targets() {
  local builds
  mapfile -t builds < <(find runtime -name BUILD.bazel | sort)
  awk '/^cc_fuzz_test\(/ { inside = 1 }
       inside && $1 == "name" { name = $3 }
       inside && $1 == "corpus" { corpus = $3 }
       /^\)/ && inside {
         package = FILENAME
         sub("/BUILD.bazel$", "", package)
         gsub("[\",]", "", name)
         gsub("[\",]|^\"//", "", corpus)
         sub("^//", "", corpus)
         sub(":", "/", corpus)
         print package, name, corpus
         inside = 0
       }' "${builds[@]}" | while read -r package name corpus; do
    if [[ $# -eq 0 ]]; then
      echo "$package $name $corpus"
      continue
    fi
    for wanted in "$@"; do
      case "$package:$name" in
        *"/$wanted" | *":$wanted") echo "$package $name $corpus" ;;
      esac
    done
  done
}

# The last value of a figure in libFuzzer's output.
figure() {
  sed -n "s/.*$1:  *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1
}

# AddressSanitizer and libFuzzer are a package of their own, for each version.
bash third_party/apt_install.sh clang
version=$(clang -dumpversion)
bash third_party/apt_install.sh "libclang-rt-${version%%.*}-dev"
list=$(targets "$@")
[[ -n "$list" ]] || { echo "no such target: $*" >&2; exit 2; }
# shellcheck disable=SC2046  # one word for each target
./bazelw build --config=fuzz $(awk '{ print "//" $1 ":" $2 }' <<<"$list")

findings=0
[[ -n "$merge" ]] || printf '| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n' \
  target executions seconds coverage findings
while read -r package name corpus; do
  own="$kept/${package#runtime/}/$name"
  mkdir -p "$own/inputs" "$own/findings"
  if [[ -n "$merge" ]]; then
    "bazel-bin/$package/$name" -merge=1 -max_len=4096 "$corpus" "$own/inputs"
    continue
  fi
  rm -f "$own/findings/"*
  seconds=$(awk "BEGIN { print int($minutes * 60) }")
  before=$SECONDS
  nice -n 19 "bazel-bin/$package/$name" -max_total_time="$seconds" \
    -print_final_stats=1 -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
    -artifact_prefix="$own/findings/" "$own/inputs" "$corpus" \
    >"$own/log" 2>&1 </dev/null || true
  found=$(find "$own/findings" -type f | wc -l)
  printf '| `%s` | %s | %s | %s | %s |\n' "${package#runtime/}/$name.cc" \
    "$(figure 'stat::number_of_executed_units' "$own/log")" \
    "$((SECONDS - before))" "$(figure 'cov' "$own/log")" "$found"
  if [[ "$found" -gt 0 ]]; then
    findings=1
    grep -h 'does not hold\|ERROR:' "$own/log" >&2 || true
    ls "$own/findings/"* >&2
  fi
done <<<"$list"
exit "$findings"
