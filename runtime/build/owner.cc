#include "runtime/build/owner.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/file.h"

namespace ovenbird::build {
namespace {

std::string UserName() {
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? absl::StrCat("uid-", geteuid()) : user->pw_name;
}

std::string HostName() {
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  return name;
}

// "BOOT/NAMESPACE": processes with the same have different pids.
std::string PidScope() {
  std::error_code error;
  const std::string ns =
      std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
  const std::string boot = FirstLineOf("/proc/sys/kernel/random/boot_id");
  if (boot.empty() || ns.empty()) return "";
  // "pid:[4026531836]"
  const size_t open = ns.find('[');
  return absl::StrCat(boot, "/", ns.substr(open + 1, ns.size() - open - 2));
}

// In the kernel's ticks; empty when there is no such process, or a dead one
// that its parent has not asked for yet.
std::string StartOf(absl::string_view pid) {
  const std::string stat = FirstLineOf(absl::StrCat("/proc/", pid, "/stat"));
  // The name in parentheses may hold anything; behind it: state, ppid, ...
  const size_t name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return "";
  const std::vector<std::string> fields =
      absl::StrSplit(stat.substr(name_end + 2), ' ');
  constexpr size_t kStart = 22 - 3;  // proc(5) counts from 1, state is 3
  if (fields.size() <= kStart || fields[0] == "Z" || fields[0] == "X") {
    return "";
  }
  return fields[kStart];
}

}  // namespace

Owner ThisProcess() {
  Owner owner;
  owner.user = UserName();
  owner.host = HostName();
  const std::string scope = PidScope();
  const std::string pid = absl::StrCat(getpid());
  if (!scope.empty()) {
    owner.process = absl::StrCat(scope, "/", pid, "/", StartOf(pid));
  }
  return owner;
}

std::vector<std::pair<std::string, std::string>> Annotations(
    const Owner& owner) {
  return {{kUserAnnotation, owner.user},
          {kHostAnnotation, owner.host},
          {kProcessAnnotation, owner.process}};
}

Liveness LivenessOf(absl::string_view process) {
  const std::vector<std::string> parts = absl::StrSplit(process, '/');
  if (parts.size() != 4 || parts[3].empty() ||
      absl::StrCat(parts[0], "/", parts[1]) != PidScope()) {
    return Liveness::kUnknown;
  }
  return StartOf(parts[2]) == parts[3] ? Liveness::kRunning : Liveness::kEnded;
}

absl::string_view PidOf(absl::string_view process) {
  const std::vector<absl::string_view> parts = absl::StrSplit(process, '/');
  return parts.size() == 4 ? parts[2] : absl::string_view();
}

}  // namespace ovenbird::build
