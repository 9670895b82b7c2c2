#include "runtime/base/secret_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/file.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird {
namespace {

constexpr size_t kDigits = 64;
constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOthers = 0077;

}  // namespace

std::string NewSecretKey() {
  std::random_device random;
  std::string key;
  while (key.size() < kDigits) {
    absl::StrAppend(&key, absl::Hex(random(), absl::kZeroPad8));
  }
  return key;
}

std::string ReadSecretKey(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_uid != geteuid() || (info.st_mode & kOthers) != 0) {
    return "";
  }
  const std::string key = ReadRegularFile(path, kDigits).value_or("");
  const bool is_key = key.size() == kDigits &&
                      std::all_of(key.begin(), key.end(), absl::ascii_isxdigit);
  return is_key ? key : "";
}

absl::StatusOr<std::string> MakeSecretKey(const std::string& path,
                                          const LockWait& wait) {
  std::string key = ReadSecretKey(path);
  if (!key.empty()) return key;
  ASSIGN_OR_RETURN(FileLock lock,
                   FileLock::Take(absl::StrCat(path, ".lock"), wait));
  key = ReadSecretKey(path);
  if (!key.empty()) return key;
  key = NewSecretKey();
  RETURN_IF_ERROR(ReplaceFile(path, key, kOwnerOnly));
  return key;
}

}  // namespace ovenbird
