#!/usr/bin/env bash
# Runs the checks that a commit must pass. Run it before you commit; CI runs the same checks.
#   tools/presubmit.sh          everything
#   tools/presubmit.sh --lint   only the lints (format, BUILD files, layers, doors, generated files)
#   tools/presubmit.sh --long   everything, and the line coverage of each folder
# Ends with the line "N passed, N failed".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

passed=0
failed=0

# check NAME COMMAND...: runs the command, shows its output only when it fails.
check() {
  local name="$1" log
  shift
  log="$(mktemp)"
  if "$@" >"${log}" 2>&1 </dev/null; then
    passed=$((passed + 1))
    echo "ok    ${name}"
  else
    failed=$((failed + 1))
    echo "FAIL  ${name}"
    [[ -n "${CI:-}" ]] && echo "::error::presubmit: ${name} failed"
    tail -n 60 "${log}"
  fi
  rm -f "${log}"
}

# The tools that only developers need, installed when missing.
need_packages() {
  local package missing=()
  for package in "$@"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "${package}" 2>/dev/null)" == installed ]] ||
      missing+=("${package}")
  done
  ((${#missing[@]} == 0)) && return
  local sudo=()
  [[ "$(id -u)" == 0 ]] || sudo=(sudo)
  echo "presubmit: installing ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq </dev/null &&
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends "${missing[@]}" >/dev/null </dev/null
}

own_files() { git ls-files --cached --others --exclude-standard -- "$@"; }

format() {
  own_files '*.h' '*.cc' ':!testdata' | xargs -r clang-format --dry-run --Werror
}

# buildifier comes from npm: Debian has none.
buildifier_lint() {
  local cache="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/buildifier-8.2.1"
  if [[ ! -x "${cache}/node_modules/.bin/buildifier" ]]; then
    command -v npm >/dev/null || need_packages npm || return 1
    npm install --silent --no-audit --no-fund --prefix "${cache}" @bazel/buildifier@8.2.1 || return 1
  fi
  own_files '*.bazel' '*.bzl' WORKSPACE | grep -v '^third_party/stubs/' |
    xargs -r "${cache}/node_modules/.bin/buildifier" -mode=check -lint=off
}

# Third-party libraries are included at their doors only: tools/doors.txt.
doors() {
  own_files '*.h' '*.cc' ':!testdata' ':!examples/bazel_workspace' | xargs -r python3 -B tools/check_doors.py
}

# Types and functions of headers have contracts; the share never falls.
contracts() {
  own_files 'runtime/*.h' 'codegen/*.h' | grep -v /testing/ | xargs -r python3 -B tools/check_contracts.py
}

includes() {
  local ok=0 found
  # Quoted includes name the whole path.
  found="$(own_files '*.h' '*.cc' ':!testdata' ':!codegen/*_template*' ':!examples/bazel_workspace' |
    xargs -r grep -nE '^#include "[^/"]+"' | grep -v '\.pb\.h"')"
  [[ -z "${found}" ]] || { echo "${found}"; ok=1; }
  found="$(own_files '*.h' | grep -v 'status_macros.h' | xargs -r grep -l 'status_macros.h')"
  [[ -z "${found}" ]] || { echo "status_macros.h is for .cc files: ${found}"; ok=1; }
  return "${ok}"
}

# The schema accepts every file that the last release accepts.
schema_breaks_nothing() { python3 -B tools/schema_breaking.py; }

# Fails if a file names a path of the machine on which it was written.
machine_paths() {
  ! git grep -nIE '(^|[^a-zA-Z0-9_.$}-])/(work|home/[a-z]+|Users)/' -- . ':!tools/presubmit.sh' ':!testdata/dockerfile'
}

# Every source file or folder that a page names in `...` exists: by its path from the top, from runtime/ or from the page.
named_paths() {
  local ok=0 page name folder
  while IFS=: read -r page name; do
    folder="$(dirname "${page}")"
    [[ -e "${name}" || -e "runtime/${name}" || -e "${folder}/${name}" ]] && continue
    echo "${page} names \`${name}\`, which does not exist"
    ok=1
  done < <(own_files '*.md' ':!docs/messages' ':!docs/reference' ':!third_party' ':!examples' |
    xargs -r grep -oHE '`[a-z_0-9]+(/[a-z_0-9.-]+)*(\.(h|cc|proto|textproto|sh)|/)`' | tr -d '`' | sort -u)
  return "${ok}"
}

# Pages, comments and messages use the words that the documentation of Kubernetes, Docker or Go uses.
plain_words() {
  own_files '*.md' '*.py' '*.sh' '*.bazel' '*.proto' '*.textproto' '*.cc' '*.h' ':!testdata' | xargs -r python3 -B tools/check_words.py
}

# Packages do not depend on each other in a circle, nor on what tools/packages.txt forbids.
packages() { python3 -B tools/check_packages.py; }

# Each BUILD file of runtime/ names its callers by a group of runtime/layers.
visibility() {
  local found
  found="$(own_files 'runtime/*BUILD.bazel' ':!runtime/layers' ':!runtime/config/testing' |
    xargs -r grep -LE 'default_visibility = \["//runtime/layers:[a-z]+"\]')"
  [[ -z "${found}" ]] || { echo "no group of //runtime/layers in: ${found}"; return 1; }
}

# The page lists every environment variable that is read.
environment() {
  own_files 'runtime/*.cc' 'runtime/*.h' tools/verb.cc ':!*_test.cc' ':!*/testing/*' | xargs -r python3 -B tools/check_environment.py
}

# Each message of the catalogue is reported by code of the tool.
messages() {
  own_files 'runtime/*.cc' 'runtime/*.h' ':!runtime/*_test.cc' ':!*/testing/*' |
    xargs -r python3 -B tools/check_messages.py schema/diagnostics.proto
}

shell_scripts() {
  local script
  while read -r script; do bash -n "${script}" || return 1; done < <(own_files '*.sh' bazelw .ci/run)
}

# Only scripts can be executed.
modes() {
  local ok=0 file
  while read -r file; do
    [[ -L "${file}" || "$(head -c 2 "${file}")" == '#!' ]] && continue
    echo "${file} can be executed, and is not a script: chmod -x"
    ok=1
  done < <(git ls-files --stage | awk '$1 == "100755"' | cut -f 2)
  return "${ok}"
}

# Generated files that are checked in are what the generator writes today.
generated_files() {
  local before after
  before="$(git status --porcelain; git diff)"
  tools/update.sh || return 1
  after="$(git status --porcelain; git diff)"
  [[ "${before}" == "${after}" ]] || { echo "tools/update.sh changed files:"; git status --short; return 1; }
}

# clang-tidy on what differs from the last commit (or from $BASE). It reads generated headers, which need no compiler.
tidy() {
  local bin files
  mapfile -t files < <(git diff --name-only --diff-filter=d "${BASE:-HEAD}" -- \
    'runtime/*.cc' 'codegen/*.cc' 'tools/*.cc' 'bench/*.cc' ':!*_fuzz.cc')
  ((${#files[@]})) || return 0
  ./bazelw build //codegen:options_gen //codegen:kaniko_flags_gen \
    //runtime/config:config_schema //runtime/diag:catalog_schema //runtime/kube:objects_schema || return 1
  bin="$(./bazelw info bazel-bin 2>/dev/null)"
  clang-tidy --quiet "${files[@]}" -- -std=c++20 -I. -I"${bin}" -I"${bin}/codegen" -I/usr/include/jsoncpp
}

# The results in docs/e2e.md are at most 30 commits to the runtime old; a merge is one.
e2e_page_is_recent() {
  local row commit count code=0
  if [[ "$(git rev-parse --is-shallow-repository)" == true ]]; then
    echo "the history is cut off: the age of docs/e2e.md is unknown"
    return 0
  fi
  while read -r row; do
    commit="$(cut -d'`' -f2 <<<"${row}")"
    if ! count="$(git rev-list --count --first-parent "${commit}..HEAD" -- runtime)"; then
      echo "docs/e2e.md names a commit that is not here: ${row}"
      code=1
    elif ((count > 30)); then
      echo "docs/e2e.md is ${count} commits to runtime/ behind: ${row}"
      echo "run: ./bazelw run //e2e:test -- --write-docs docs/e2e.md"
      code=1
    fi
  done < <(grep -E '^\| [0-9.]+ \| `' docs/e2e.md)
  return "${code}"
}

# Runs the tests with counters. gcov, which reads them, is a part of each test's time.
coverage() {
  ./bazelw coverage --test_timeout=900 //runtime/... //codegen/...
}

# Prints the line coverage of each folder, from the last run of `coverage`.
show_coverage() {
  python3 -B tools/coverage_by_folder.py "$(./bazelw info output_path 2>/dev/null)/_coverage/_coverage_report.dat"
}

lints() {
  need_packages clang clang-format clang-tidy git
  check "clang-format" format
  check "buildifier" buildifier_lint
  check "one door per library" doors
  check "contracts of headers" contracts
  check "includes" includes
  check "packages" packages
  check "schema breaks nothing" schema_breaks_nothing
  check "visibility" visibility
  check "no machine's paths" machine_paths
  check "docs/e2e.md is recent" e2e_page_is_recent
  check "paths that pages name" named_paths
  check "plain words" plain_words
  check "environment variables" environment
  check "messages are reported" messages
  check "shell scripts parse" shell_scripts
  check "only scripts can be executed" modes
  check "layers and warnings (clang)" ./bazelw build --config=clang --features=layering_check //...
  check "generated files" generated_files
}

lints
if [[ "${1:-}" != --lint ]]; then
  check "clang-tidy" tidy
  check "tests (gcc)" ./bazelw test //...
fi
if [[ "${1:-}" == --long ]]; then
  before="${failed}"
  check "tests with coverage" coverage
  ((failed == before)) && show_coverage
fi
echo "${passed} passed, ${failed} failed"
((failed == 0))
