#!/usr/bin/env bash
# A container registry on this machine, to try things out: no password, no TLS.
#
#   ./registry.sh start [ADDRESS]   starts it, unless a registry answers there already
#   ./registry.sh stop  [ADDRESS]   stops it; pushed images stay on the disk
#
# The default ADDRESS is 127.0.0.1:5000. An address on another machine is ignored. The registry is Debian's package docker-registry, which is installed if
# it is missing.
set -euo pipefail

command="${1:-start}"
address="${2:-127.0.0.1:5000}"
address="${address%%/*}"
host="${address%:*}"
port="${address##*:}"
folder="${XDG_CACHE_HOME:-${HOME}/.cache}/ovenbird/registry-${port}"

say() { echo "registry: $*" >&2; }

# Prints the first line of the registry's answer; an empty line if it is unreachable.
answer() {
  local line=""
  {
    exec 3<>"/dev/tcp/127.0.0.1/${port}" || return 0
    printf 'GET /v2/ HTTP/1.0\r\nHost: %s\r\n\r\n' "${address}" >&3
    IFS= read -r -t 10 line <&3 || true
    exec 3>&-
  } 2>/dev/null
  echo "${line%$'\r'}"
}

# Prints the process ID of the registry that `start` started.
running() {
  local pid
  pid="$(cat "${folder}/pid" 2>/dev/null)" || return 1
  grep -qs docker-registry "/proc/${pid}/cmdline" && echo "${pid}"
}

install_it() {
  command -v docker-registry >/dev/null && return
  local sudo=()
  [[ "$(id -u)" == 0 ]] || sudo=(sudo)
  say "installing Debian's package docker-registry"
  local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends docker-registry)
  "${install[@]}" >/dev/null 2>&1 </dev/null || {
    "${sudo[@]}" apt-get update -qq >/dev/null </dev/null
    "${install[@]}" >/dev/null </dev/null
  }
}

start() {
  case "${host}" in
    127.* | localhost) ;;
    *) return ;; # The user's own registry.
  esac
  case "$(answer)" in
    "HTTP/"*" 200 "* | "HTTP/"*" 401 "*)
      say "${address} is there"
      return
      ;;
    "") ;;
    *)
      say "a server that is not a registry answers on ${address}; choose another port:" \
        "--var REGISTRY=127.0.0.1:5050"
      exit 1
      ;;
  esac
  install_it
  (umask 077 && mkdir -p "${folder}/data") # For this user alone.
  cat >"${folder}/config.yml" <<YAML
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: ${folder}/data}
  delete: {enabled: true}
http: {addr: "127.0.0.1:${port}"}
YAML
  setsid docker-registry serve "${folder}/config.yml" >"${folder}/log" 2>&1 </dev/null &
  echo "$!" >"${folder}/pid"
  for ((wait = 0; wait < 100; wait++)); do
    if [[ -n "$(answer)" ]]; then
      say "started on ${address}, data in ${folder}/data"
      say "stop it: $(cd "$(dirname "$0")" && pwd)/registry.sh stop${2:+ ${address}}"
      return
    fi
    # Not `running`: for a moment the process is still this shell.
    kill -0 "$!" 2>/dev/null || break
    sleep 0.1
  done
  say "did not start on ${address}; its log:"
  cat "${folder}/log" >&2
  exit 1
}

stop() {
  local pid
  if pid="$(running)"; then
    kill "${pid}"
    say "stopped; its data stays in ${folder}/data"
  else
    say "no registry of this script is running on ${address}"
  fi
  rm -f "${folder}/pid"
}

case "${command}" in
  start | stop) "${command}" "$@" ;;
  *)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
