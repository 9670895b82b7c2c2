#include "runtime/kube/handover.h"

#include <string>
#include <vector>

namespace ovenbird::kube {
namespace {

// `cat` runs in the background because a shell that waits for it can be
// ended by a signal, and one that opens a FIFO itself cannot. Next to it,
// someone looks every 10 seconds whether a receiver lives, however slow it is:
// who should send may have been killed, and the pod's deadline may be hours
// away.
constexpr char kWait[] = R"sh(trap 'exit 143' TERM INT
mkdir -p /tmp
mkfifo /tmp/handover 2>/dev/null
cat /tmp/handover >/tmp/verdict &
reader=$!
(
  quiet=0
  while [ $quiet -lt 30 ]; do
    sleep 10
    quiet=$((quiet + 1))
    if read -r pid </tmp/receiver && [ -d "/proc/$pid" ]; then quiet=0; fi
  done 2>/dev/null
  echo 'no build context was sent for 5 minutes' >&2
  kill $reader
) &
wait $reader
[ "$(cat /tmp/verdict)" = complete ])sh";

// An earlier, cut attempt may have left files. `COPY .` gives the image the
// mode of the context's folder: Docker's is 0755, an emptyDir's 0777. `cat`
// after tar takes the padding behind the end of the archive, so that tee never
// writes into a closed pipe; also after a failure of tar, because the API
// server does not tell the end of a command that leaves much of its standard
// input unread; for the same reason it comes after the unpackers. dd reads no
// byte too many, which head does; busybox's head also goes byte by byte.
//
// A program that cannot run here (another machine, a file system without
// execution) is answered with a line, and the script receives itself. What the
// program prints counts, not its exit code: a shell runs an empty file, too.
constexpr char kReceive[] = R"sh(set -e
mkdir -p "$1"
echo $$ >"$1/receiver"
mkfifo "$1/handover" 2>/dev/null || [ -p "$1/handover" ]
rm -rf "$0"/* "$0"/.[!.]* "$0"/..?* "$1/copy" "$1/sum" "$1/program"
chmod 755 "$0" 2>/dev/null || :
take() {
  dd bs="$1" count="${2:-1}" iflag=fullblock 2>/dev/null
}
rest() {
  if [ -z "$can" ]; then head -c "$1"; return; fi
  [ "$1" -lt 65536 ] || take 65536 $(($1 / 65536))
  [ $(($1 % 65536)) -eq 0 ] || take $(($1 % 65536))
}
frames() {
  while read -r n && [ "$n" -gt 0 ]; do take "$n"; done
}
content() {
  while :; do
    case $how in
      piece) take "$n"; echo got >&3 ;;
      plain) rest "$n"; return ;;
      gzip) frames | { gunzip -c || :; cat >/dev/null; }; return ;;
      zstd) frames | { zstd -dcq || :; cat >/dev/null; }; return ;;
    esac
    read -r how n || return
  done
}
can=
if [ "$(echo ab | take 1)" = a ]; then
  can=' pieces'
  if command -v gunzip >/dev/null; then can="$can gzip"; fi
  if command -v zstd >/dev/null; then can="$can zstd"; fi
  can="$can $(uname -m 2>/dev/null || :)"
fi
echo "ready$can"
read -r how n
if [ "$how" = program ]; then
  if take "$n" >"$1/program" && chmod 700 "$1/program" &&
    [ "$("$1/program" check </dev/null 2>/dev/null)" = runs ]; then
    exec "$1/program" "$0" "$1"
  fi
  rm -f "$1/program"
  echo unable
  read -r how n
fi
mkfifo "$1/copy"
sha256sum <"$1/copy" >"$1/sum" &
exec 3>&1
content | tee "$1/copy" | {
  code=0
  tar -xpf - -C "$0" || code=$?
  cat >/dev/null
  exit $code
}
wait $!
read -r sum rest <"$1/sum"
echo "$sum"
read -r verdict
echo "$verdict" >"$1/handover")sh";

}  // namespace

std::vector<std::string> WaitCommand() { return {"sh", "-c", kWait}; }

std::vector<std::string> ReceiveCommand(const std::string& context,
                                        const std::string& scratch) {
  return {"sh", "-c", kReceive, context, scratch};
}

}  // namespace ovenbird::kube
