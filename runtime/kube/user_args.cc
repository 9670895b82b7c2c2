#include "runtime/kube/user_args.h"

#include "absl/algorithm/container.h"
#include "absl/strings/strip.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::kube {
namespace {

// As Go's strconv.ParseBool.
bool IsTrue(absl::string_view value) {
  return value == "1" || value == "t" || value == "T" || value == "true" ||
         value == "TRUE" || value == "True";
}

// The flag that a word begins, and its value in the same word.
struct Word {
  const KanikoFlag* flag = nullptr;
  std::optional<absl::string_view> value;
};

Word ReadWord(absl::string_view text) {
  Word word;
  if (absl::ConsumePrefix(&text, "--")) {
    const size_t equals = text.find('=');
    word.flag = FindKanikoFlag(text.substr(0, equals));
    if (equals != absl::string_view::npos) word.value = text.substr(equals + 1);
  } else if (text.size() > 1 && text[0] == '-') {
    word.flag = FindKanikoShortFlag(text[1]);
    text.remove_prefix(2);
    if (!text.empty()) word.value = text;
    if (absl::ConsumePrefix(&text, "=")) word.value = text;
  }
  return word;
}

}  // namespace

std::vector<UserArg> UserArgs(const config::Kaniko& kaniko) {
  std::vector<UserArg> result;
  for (size_t i = 0; i < kaniko.args.size(); ++i) {
    if (kaniko.args[i] == "--") break;  // What follows are no flags.
    Word word = ReadWord(kaniko.args[i]);
    if (word.flag == nullptr) continue;
    UserArg arg;
    arg.begin = i;
    arg.flag = word.flag->name;
    if (!word.value) {
      if (word.flag->type == KanikoFlagType::kBool) {
        word.value = "true";
      } else if (i + 1 < kaniko.args.size()) {
        word.value = kaniko.args[++i];
      } else {
        continue;
      }
    }
    arg.value = *word.value;
    arg.end = i + 1;
    result.push_back(arg);
  }
  return result;
}

std::optional<bool> UserFlag(const config::Kaniko& kaniko,
                             absl::string_view flag) {
  const std::optional<std::string> value = LastUserFlagValue(kaniko, {flag});
  return value ? std::optional(IsTrue(*value)) : std::nullopt;
}

bool HasUserFlag(const config::Kaniko& kaniko, absl::string_view flag) {
  return UserFlag(kaniko, flag).value_or(false);
}

std::vector<std::string> UserFlagValues(const config::Kaniko& kaniko,
                                        absl::string_view flag) {
  std::vector<std::string> values;
  for (const UserArg& arg : UserArgs(kaniko)) {
    if (arg.flag == flag) values.emplace_back(arg.value);
  }
  return values;
}

std::optional<std::string> LastUserFlagValue(
    const config::Kaniko& kaniko, const std::vector<absl::string_view>& flags) {
  std::optional<std::string> last;
  for (const UserArg& arg : UserArgs(kaniko)) {
    if (absl::c_linear_search(flags, arg.flag)) last = std::string(arg.value);
  }
  return last;
}

}  // namespace ovenbird::kube
