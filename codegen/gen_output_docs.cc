// The page of what the program writes: examples, and a table of the fields of
// each message.
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "codegen/docs_markdown.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"

namespace ovenbird::codegen {
namespace {

// As code hosts make the anchor of a heading.
std::string HeadingAnchor(const Message& message) {
  return Anchor(absl::StrReplaceAll(message.title, {{" ", "-"}}));
}

std::string LinkedType(const Field& field) {
  const std::string type = TypeText(field);
  if (field.kind != Kind::kMessage) return type;
  return absl::StrCat("[", type, "](#", HeadingAnchor(*field.message), ")");
}

// A line of the cell for each value: "`build`: The Dockerfile or the push."
std::string Values(const Enum& entry) {
  std::string text;
  for (const EnumValue& value : entry.values) {
    absl::StrAppend(&text, "<br>", Code(value.text), ": ", value.docs);
  }
  return text;
}

std::string Meaning(const Field& field) {
  std::string text = field.docs;
  if (field.kind == Kind::kEnum) {
    absl::StrAppend(&text, Values(*field.enumeration));
  }
  if (field.rule.has_since()) {
    absl::StrAppend(&text, " Since ", field.rule.since(), ".");
  }
  return Cell(text);
}

void AppendMessage(const Message& message, std::string* out) {
  absl::StrAppend(out, "## ", message.title, "\n\n", message.docs,
                  "\n\n| Field | Type | | Meaning |\n|---|---|---|---|\n");
  for (const Field& field : message.fields) {
    absl::StrAppend(out, "| ", Code(field.name), " | ", LinkedType(field),
                    field.rule.required() ? " | always | " : " | | ",
                    Meaning(field), " |\n");
  }
  absl::StrAppend(out, "\n");
}

}  // namespace

std::string GenerateOutputPage(const Schema& schema) {
  std::string out = Banner(schema);
  absl::StrAppend(&out, "# ", schema.title, "\n\n", schema.docs, "\n\n");
  for (const std::string& example : schema.root->examples) {
    const absl::string_view json = absl::StripTrailingAsciiWhitespace(example);
    absl::StrAppend(&out, "```json\n", json, "\n```\n\n");
  }
  for (const auto& message : schema.all_messages) AppendMessage(*message, &out);
  out.pop_back();
  return out;
}

}  // namespace ovenbird::codegen
