#include "runtime/kube/user_args.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::kube {

bool HasUserFlag(const config::Kaniko& kaniko, absl::string_view flag) {
  for (absl::string_view argument : kaniko.args) {
    if (absl::ConsumePrefix(&argument, absl::StrCat("--", flag)) &&
        (argument.empty() || argument == "=true")) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> UserFlagValues(const config::Kaniko& kaniko,
                                        absl::string_view flag) {
  std::vector<std::string> values;
  for (absl::string_view argument : kaniko.args) {
    if (absl::ConsumePrefix(&argument, absl::StrCat("--", flag, "="))) {
      values.emplace_back(argument);
    }
  }
  return values;
}

}  // namespace ovenbird::kube
