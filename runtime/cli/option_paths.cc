#include "runtime/cli/option_paths.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "runtime/config/config.h"

namespace ovenbird::cli {
namespace {

using config::FieldInfo;
using config::MessageInfo;

constexpr absl::string_view kReplaced = "profiles.*.replace.";

void AddFields(const MessageInfo& message, const std::string& before,
               std::vector<const MessageInfo*>& above,
               std::vector<OptionPath>& all) {
  // An object that contains itself is listed once.
  if (std::find(above.begin(), above.end(), &message) != above.end()) return;
  above.push_back(&message);
  for (const FieldInfo& field : message.fields) {
    const std::string path = absl::StrCat(before, field.name);
    all.push_back({path, &field});
    if (field.member.ops->message == nullptr) continue;
    if (absl::StartsWith(path, kReplaced)) continue;
    const bool is_one = field.member.ops->shape == config::Shape::kOne;
    AddFields(field.member.ops->message(),
              absl::StrCat(path, is_one ? "." : ".*."), above, all);
  }
  above.pop_back();
}

// Whether `text` has `word`, which has lower case.
bool Has(absl::string_view text, absl::string_view word) {
  return absl::StrContains(absl::AsciiStrToLower(text), word);
}

// As a word of its own, in the singular or plural.
bool HasWord(absl::string_view text, absl::string_view word) {
  const std::string lower = absl::AsciiStrToLower(text);
  for (size_t at = lower.find(std::string(word)); at != lower.npos;
       at = lower.find(std::string(word), at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !absl::ascii_isalnum(lower[at - 1]);
    const bool ends = end >= lower.size() || !absl::ascii_isalnum(lower[end]) ||
                      lower[end] == 's';
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

const std::vector<OptionPath>& OptionPaths() {
  static const std::vector<OptionPath>& all = *[] {
    auto* paths = new std::vector<OptionPath>();
    std::vector<const MessageInfo*> above;
    AddFields(config::InfoOf(static_cast<const config::Config*>(nullptr)), "",
              above, *paths);
    return paths;
  }();
  return all;
}

std::vector<OptionPath> OptionsThatEndWith(absl::string_view end) {
  std::vector<OptionPath> found;
  const std::string part = absl::StrCat(".", absl::AsciiStrToLower(end));
  for (const OptionPath& option : OptionPaths()) {
    const std::string path =
        absl::StrCat(".", absl::AsciiStrToLower(option.path));
    if (absl::EndsWith(path, part)) found.push_back(option);
  }
  return found;
}

std::vector<OptionPath> OptionsAbout(absl::string_view word) {
  const std::string lower = absl::AsciiStrToLower(word);
  std::vector<OptionPath> found;
  for (const OptionPath& option : OptionPaths()) {
    if (Has(option.field->name, lower)) found.push_back(option);
  }
  for (const OptionPath& option : OptionPaths()) {
    if (!Has(option.field->name, lower) && HasWord(option.field->docs, lower)) {
      found.push_back(option);
    }
  }
  return found;
}

std::string FirstSentence(absl::string_view docs) {
  const std::string line = absl::StrReplaceAll(docs, {{"\n", " "}});
  const size_t end = line.find(". ");
  return end == line.npos ? line : line.substr(0, end + 1);
}

}  // namespace ovenbird::cli
