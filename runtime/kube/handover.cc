#include "runtime/kube/handover.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace ovenbird::kube {
namespace {

// `cat` runs in the background because a shell that waits for it can be
// ended by a signal, and one that opens a FIFO itself can't.
constexpr char kWait[] = R"sh(trap 'exit 143' TERM INT
mkdir -p /tmp
mkfifo /tmp/handover 2>/dev/null
cat /tmp/handover >/tmp/verdict &
wait $!
[ "$(cat /tmp/verdict)" = complete ])sh";

// An earlier, cut attempt may have left files. `cat` after tar takes the
// padding behind the end of the archive, so that tee never writes into a
// closed pipe; also after a failure of tar, because the API server does not
// tell the end of a command that leaves much of its standard input unread.
constexpr char kReceive[] = R"sh(set -e
mkdir -p /tmp
mkfifo /tmp/handover 2>/dev/null || [ -p /tmp/handover ]
rm -rf /context/* /context/.[!.]* /context/..?* /tmp/copy
mkfifo /tmp/copy
sha256sum </tmp/copy >/tmp/sum &
head -c "$0" | tee /tmp/copy | {
  code=0
  tar -xpf - -C /context || code=$?
  cat >/dev/null
  exit $code
}
wait $!
read -r sum rest </tmp/sum
echo "$sum"
read -r verdict
echo "$verdict" >/tmp/handover)sh";

}  // namespace

std::vector<std::string> WaitCommand() { return {"sh", "-c", kWait}; }

std::vector<std::string> ReceiveCommand(uint64_t size) {
  return {"sh", "-c", kReceive, absl::StrCat(size)};
}

}  // namespace ovenbird::kube
