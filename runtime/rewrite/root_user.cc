#include "runtime/rewrite/root_user.h"

#include <utility>

#include "absl/strings/str_split.h"

namespace ovenbird::rewrite {

bool IsRootName(absl::string_view name) {
  return name.empty() || name == "root" || name == "0";
}

bool IsRoot(absl::string_view owner) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(owner, absl::MaxSplits(':', 1));
  return IsRootName(parts.first) && IsRootName(parts.second);
}

}  // namespace ovenbird::rewrite
