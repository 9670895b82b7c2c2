#include "runtime/kube/user_args.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::kube {
namespace {

// As Go's strconv.ParseBool.
bool IsTrue(absl::string_view value) {
  return value == "1" || value == "t" || value == "T" || value == "true" ||
         value == "TRUE" || value == "True";
}

}  // namespace

bool HasUserFlag(const config::Kaniko& kaniko, absl::string_view flag) {
  const std::string prefix = absl::StrCat("--", flag);
  bool set = false;  // The last one wins.
  for (absl::string_view argument : kaniko.args) {
    if (!absl::ConsumePrefix(&argument, prefix)) continue;
    if (argument.empty()) {
      set = true;
    } else if (absl::ConsumePrefix(&argument, "=")) {
      set = IsTrue(argument);
    }
  }
  return set;
}

std::vector<std::string> UserFlagValues(const config::Kaniko& kaniko,
                                        absl::string_view flag) {
  std::vector<std::string> values;
  const std::string prefix = absl::StrCat("--", flag, "=");
  for (absl::string_view argument : kaniko.args) {
    if (absl::ConsumePrefix(&argument, prefix)) values.emplace_back(argument);
  }
  return values;
}

}  // namespace ovenbird::kube
