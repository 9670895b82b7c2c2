#include "runtime/dockerfile/string_list.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "runtime/base/json.h"

namespace ovenbird::dockerfile {
namespace {

// Go rejects control characters in strings.
bool HasControlCharacter(absl::string_view json) {
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') in_string = !in_string;
    if (!in_string) continue;
    if (json[i] == '\\') ++i;
    if (i < json.size() && absl::ascii_iscntrl(json[i])) return true;
  }
  return false;
}

}  // namespace

ListForm ReadStringList(absl::string_view text,
                        std::vector<std::string>* items) {
  text = absl::StripAsciiWhitespace(text);
  if (!absl::StartsWith(text, "[") || HasControlCharacter(text)) {
    return ListForm::kNone;
  }
  const absl::StatusOr<json::Value> value = json::Parse(text);
  if (!value.ok() || value->as_array() == nullptr) return ListForm::kNone;
  for (const json::Value& item : value->items()) {
    if (item.as_string() == nullptr) return ListForm::kOther;
    items->push_back(*item.as_string());
  }
  return ListForm::kStrings;
}

}  // namespace ovenbird::dockerfile
