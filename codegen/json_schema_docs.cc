#include "codegen/json_schema_docs.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "codegen/yaml_value.h"

namespace ovenbird::codegen {
namespace {

// The option as `ovenbird explain` takes it: "images.*.build.kaniko.cache".
std::string OptionPath(const Schema& schema, const Message& message,
                       const Field& field) {
  if (&message == schema.root || message.title.empty()) return field.name;
  return absl::StrCat(message.title, ".", field.name);
}

std::string WithoutEnd(absl::string_view yaml) {
  return std::string(absl::StripTrailingAsciiWhitespace(yaml));
}

bool IsEmptyContainer(const std::string& json) {
  return json == "{}" || json == "[]";
}

// Editors can offer it as it is: a scalar, or a list of them. (A mode is octal
// in YAML, and JSON has no octal numbers.)
bool IsPlain(const Field& field, const std::string& json) {
  return !absl::StartsWith(json, "{") && !absl::StrContains(json, "[{") &&
         field.rule.format() != schema::FILE_MODE && !IsEmptyContainer(json);
}

// The field's own examples, else those of its message.
std::vector<std::string> ExamplesOf(const Field& field) {
  std::vector<std::string> out(field.rule.example().begin(),
                               field.rule.example().end());
  if (out.empty() && field.shape == Shape::kOne && field.message != nullptr) {
    out = field.message->examples;
  }
  return out;
}

std::string JsonOf(const std::string& yaml) {
  std::string json;
  std::string why;
  return YamlToJson(yaml, &json, &why) ? json : "null";
}

// Facts below the comment, a paragraph each.
std::string Facts(const Field& field) {
  std::string text;
  const FieldRule& rule = field.rule;
  if (rule.engines_size() > 0) {
    absl::StrAppend(&text, "\n\nEngines: ", absl::StrJoin(rule.engines(), ", "),
                    ".");
  }
  if (rule.has_since()) absl::StrAppend(&text, "\n\nSince ", rule.since(), ".");
  if (rule.has_deprecated()) {
    absl::StrAppend(&text, "\n\nDeprecated: ", rule.deprecated(), ".");
  }
  if (rule.has_default_words()) {
    absl::StrAppend(&text, "\n\nDefault: ", rule.default_words());
  } else if (rule.has_default_value()) {
    const bool empty = field.shape != Shape::kOne || field.default_text.empty();
    absl::StrAppend(
        &text, "\n\nDefault: ",
        empty ? "none" : absl::StrCat("`", rule.default_value(), "`"));
  }
  if (rule.has_recommended()) {
    absl::StrAppend(&text, "\n\nRecommended: `", rule.recommended(), "`");
  }
  return text;
}

// "Example: `x`", or the lines of a longer one below it.
std::string PlainExample(const std::string& yaml) {
  const std::string text = WithoutEnd(yaml);
  if (!absl::StrContains(text, "\n")) {
    return absl::StrCat("\n\nExample: `", text, "`");
  }
  return absl::StrCat("\n\nExample:\n  ",
                      absl::StrReplaceAll(text, {{"\n", "\n  "}}));
}

// In a snippet's text `$` begins a placeholder.
std::string SnippetText(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"$", "\\$"}});
}

// The lines of the top level: "target: production, buildArgs: ...".
std::string Label(const std::string& yaml) {
  std::string label;
  for (const absl::string_view line : absl::StrSplit(WithoutEnd(yaml), '\n')) {
    if (absl::StartsWith(line, " ")) continue;
    absl::StrAppend(&label, label.empty() ? "" : ", ", line,
                    absl::EndsWith(line, ":") ? " ..." : "");
  }
  return label;
}

void AppendRecommended(const Field& field, JsonText* out) {
  out->Open('{');
  out->Key("label");
  out->String(field.rule.recommended());
  out->Key("description");
  out->String("Recommended.");
  // Editors sort by it, and by the label where it is missing.
  out->Key("sortText");
  out->String("0");
  out->Key("body");
  out->String(SnippetText(field.rule.recommended()));
  out->Close('}');
}

void AppendSnippets(const Field& field,
                    const std::vector<std::string>& snippets, JsonText* out) {
  if (snippets.empty() && !field.rule.has_recommended()) return;
  out->Key("defaultSnippets");
  out->Open('[');
  if (field.rule.has_recommended()) AppendRecommended(field, out);
  for (const std::string& yaml : snippets) {
    out->Open('{');
    out->Key("label");
    out->String(Label(yaml));
    out->Key("description");
    out->String("An example.");
    out->Key("body");
    out->Raw(YamlToSnippet(yaml));
    out->Close('}');
  }
  out->Close(']');
}

void AppendDefault(const Field& field, JsonText* out) {
  if (!field.rule.has_default_value()) return;
  // An empty value would be offered before those that have a meaning.
  if (field.shape != Shape::kOne || field.default_text.empty()) return;
  out->Key("default");
  if (field.kind == Kind::kString || field.kind == Kind::kEnum) {
    out->String(field.default_text);
  } else {
    out->Raw(field.default_text);
  }
}

}  // namespace

void AppendHover(const Schema& schema, const Message& message,
                 const Field& field, JsonText* out) {
  const std::string facts = absl::StrCat(field.docs, Facts(field));
  std::string plain = facts;
  std::string markdown = facts;
  for (const std::string& yaml : ExamplesOf(field)) {
    absl::StrAppend(&plain, PlainExample(yaml));
    // Editors show `examples` themselves.
    if (field.kind == Kind::kBool || IsPlain(field, JsonOf(yaml))) continue;
    absl::StrAppend(&markdown, "\n\nExample:\n\n```yaml\n", WithoutEnd(yaml),
                    "\n```");
  }
  out->Key("title");
  out->String(OptionPath(schema, message, field));
  out->Key("description");
  out->String(plain);
  out->Key("markdownDescription");
  out->String(markdown);
}

void AppendDeprecation(const Field& field, JsonText* out) {
  std::string text = field.rule.deprecated();
  if (!text.empty()) {
    out->Key("deprecated");
    out->Raw("true");
  }
  for (const schema::NoEffect& note : field.rule.no_effect()) {
    if (!note.has_field()) text = note.why();
  }
  if (text.empty()) return;
  out->Key("deprecationMessage");
  out->String(text);
}

void AppendValues(const Field& field, JsonText* out) {
  AppendDefault(field, out);
  if (field.kind == Kind::kBool) return;  // its values are evident
  std::vector<std::string> plain;
  std::vector<std::string> snippets;
  for (const std::string& yaml : ExamplesOf(field)) {
    const std::string json = JsonOf(yaml);
    if (yaml == field.rule.recommended()) continue;
    if (IsPlain(field, json)) {
      plain.push_back(json);
    } else if (!IsEmptyContainer(json) && field.shape != Shape::kList) {
      snippets.push_back(yaml);
    }
  }
  if (!plain.empty()) {
    out->Key("examples");
    out->Open('[');
    for (const std::string& json : plain) out->Raw(json);
    out->Close(']');
  }
  AppendSnippets(field, snippets, out);
}

void AppendMessageDocs(const Message& message, JsonText* out) {
  if (!message.title.empty()) {
    out->Key("title");
    out->String(message.title);
  }
  out->Key("description");
  out->String(message.docs);
  out->Key("markdownDescription");
  out->String(message.docs);
}

}  // namespace ovenbird::codegen
