#include "runtime/lsp/options_at.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "runtime/config/config.h"

namespace ovenbird::lsp {
namespace {

using config::FieldInfo;
using config::Shape;

// An example with its key, as it is in the file.
std::string ExampleBlock(const FieldInfo& field, absl::string_view example) {
  example = absl::StripSuffix(example, "\n");
  const bool is_list = absl::StartsWith(example, "- ");
  const bool is_object = field.member.ops->shape == Shape::kMap ||
                         field.member.ops->message != nullptr;
  const bool is_block = absl::StrContains(example, '\n') || is_list ||
                        (is_object && !absl::StartsWith(example, "{") &&
                         !absl::StartsWith(example, "["));
  std::string text;
  if (!is_block) {
    text = absl::StrCat(" ", example);
  } else if (is_list || absl::StartsWith(example, "|")) {
    text = absl::StrCat(is_list ? "\n" : " ", example);
  } else {
    text = absl::StrCat("\n  ", absl::StrReplaceAll(example, {{"\n", "\n  "}}));
  }
  return absl::StrCat("\n\n```yaml\n", field.name, ":", text, "\n```");
}

}  // namespace

OptionAt FindOption(const std::vector<std::string>& path) {
  OptionAt at;
  at.message = &config::InfoOf(static_cast<const config::Config*>(nullptr));
  for (const std::string& step : path) {
    const bool enters_item = at.field != nullptr && !at.is_item &&
                             at.field->member.ops->shape != Shape::kOne;
    if (enters_item) {
      at.is_item = true;
      const bool is_list = at.field->member.ops->shape == Shape::kList;
      if (is_list != step.empty()) return OptionAt();
      at.name += is_list ? "[]" : ".*";
      at.message = at.field->member.ops->message == nullptr
                       ? nullptr
                       : &at.field->member.ops->message();
      continue;
    }
    if (at.message == nullptr) return OptionAt();
    at.field = at.message->Find(step);
    if (at.field == nullptr) return OptionAt();
    at.is_item = false;
    absl::StrAppend(&at.name, at.name.empty() ? "" : ".", step);
    const config::MemberOps& ops = *at.field->member.ops;
    at.message = ops.shape == Shape::kOne && ops.message != nullptr
                     ? &ops.message()
                     : nullptr;
  }
  return at;
}

std::string OptionDocs(const FieldInfo& field, absl::string_view name) {
  std::string text =
      absl::StrCat("**`", name, "`** (", field.type, ")\n\n", field.docs);
  if (field.deprecated != nullptr) {
    absl::StrAppend(&text, "\n\nDeprecated: ", field.deprecated);
  }
  if (field.default_words != nullptr) {
    absl::StrAppend(&text, "\n\nDefault: ", field.default_words);
  } else if (field.default_text != nullptr) {
    absl::StrAppend(&text, "\n\nDefault: `", field.default_text, "`");
  }
  if (!field.engines.empty()) {
    absl::StrAppend(&text, "\n\nEngines: ", absl::StrJoin(field.engines, ", "));
  }
  if (field.since != nullptr) {
    absl::StrAppend(&text, "\n\nSince: ", field.since);
  }
  for (const char* example : field.examples) {
    text += ExampleBlock(field, example);
  }
  return text;
}

std::string ValueDocs(const config::EnumValueInfo& value) {
  std::string text = absl::StrCat("**`", value.text, "`**\n\n", value.docs);
  if (value.since != nullptr) {
    absl::StrAppend(&text, "\n\nSince: ", value.since);
  }
  if (value.deprecated != nullptr) {
    absl::StrAppend(&text, "\n\nDeprecated: ", value.deprecated);
  }
  return text;
}

}  // namespace ovenbird::lsp
