#include "runtime/plan/restart_helper.h"

#include <string>

#include "runtime/dockerfile/rewrite.h"

namespace ovenbird::plan {
namespace {

// Our own script; the protocol is that of DevSpace's: the number of the running
// process is in /devspace-pid.
constexpr char kScript[] = R"sh(#!/bin/sh
# Runs a program and starts it again when it has ended. To restart it at once:
# remove /devspace-pid and end the process whose number was in it.
child=
stop() {
  trap - TERM INT
  [ -z "$child" ] || kill "$child" 2>/dev/null
  wait
  exit 143
}
trap stop TERM INT
while :; do
  "$@" &
  child=$!
  echo "$child" >/devspace-pid
  wait "$child"
  code=$?
  if [ -e /devspace-pid ]; then
    rm -f /devspace-pid
    echo "restart helper: exited with code $code, restarting in 5 seconds" >&2
    sleep 5 &
    wait $!
  fi
done
)sh";

}  // namespace

context::MemoryFile RestartHelper() {
  return {std::string(dockerfile::kRestartHelperSource), kScript,
          /*executable=*/true};
}

}  // namespace ovenbird::plan
