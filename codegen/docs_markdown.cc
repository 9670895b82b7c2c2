#include "codegen/docs_markdown.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace ovenbird::codegen {

std::string Banner(const Schema& schema) {
  return absl::StrCat("<!-- Generated from ", schema.file,
                      ". Do not edit: change the schema. -->\n\n");
}

std::string Code(const std::string& text) {
  return absl::StrCat("`", text, "`");
}

std::string DefaultText(const Field& field) {
  if (field.rule.has_default_words()) return field.rule.default_words();
  return field.rule.has_default_value() ? Code(field.rule.default_value()) : "";
}

std::string Cell(const std::string& text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}});
}

std::string FirstSentence(const std::string& docs) {
  const std::string paragraph = docs.substr(0, docs.find("\n\n"));
  const std::string line = absl::StrReplaceAll(paragraph, {{"\n", " "}});
  const size_t end = line.find(". ");
  return end == std::string::npos ? line : line.substr(0, end + 1);
}

std::string Anchor(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '_') {
      out += absl::ascii_tolower(c);
    }
  }
  return out;
}

}  // namespace ovenbird::codegen
