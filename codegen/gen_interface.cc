// What users of a schema rely on, a line of JSON for each option, field of
// output and message: //tools:schema_breaking compares it with that of the last
// release.
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "codegen/formats.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/yaml_value.h"

namespace ovenbird::codegen {
namespace {

// What a line is about.
constexpr absl::string_view kOption = "option";  // of a config
constexpr absl::string_view kField = "field";    // of output

// One line: an object of JSON, without what is not set.
class Line {
 public:
  Line(const std::string& key, const std::string& name) { Text(key, name); }

  void Raw(const std::string& key, const std::string& json) {
    absl::StrAppend(&text_, text_.empty() ? "" : ", ", JsonString(key), ": ",
                    json);
  }
  void Text(const std::string& key, const std::string& value) {
    Raw(key, JsonString(value));
  }
  void List(const std::string& key, const std::vector<std::string>& values) {
    Raw(key, absl::StrCat(
                 "[",
                 absl::StrJoin(values, ", ",
                               [](std::string* out, const std::string& one) {
                                 out->append(JsonString(one));
                               }),
                 "]"));
  }
  std::string text() const { return absl::StrCat("{", text_, "}\n"); }

 private:
  std::string text_;
};

std::string JoinPath(const std::string& path, const std::string& name) {
  return path.empty() ? name : absl::StrCat(path, ".", name);
}

void AppendBounds(const FieldRule& rule, Line* line) {
  if (rule.has_minimum()) line->Raw("minimum", absl::StrCat(rule.minimum()));
  if (rule.has_maximum()) line->Raw("maximum", absl::StrCat(rule.maximum()));
  if (rule.has_min_size()) {
    line->Raw("minimum size", absl::StrCat(rule.min_size()));
  }
  if (rule.has_max_size()) {
    line->Raw("maximum size", absl::StrCat(rule.max_size()));
  }
}

std::string FieldLine(absl::string_view what, const Field& field,
                      const std::string& path) {
  const FieldRule& rule = field.rule;
  Line line(std::string(what), path);
  line.Text("type", TypeText(field));
  if (field.enumeration != nullptr) {
    std::vector<std::string> values;
    for (const EnumValue& value : field.enumeration->values) {
      values.push_back(value.text);
    }
    line.List("values", values);
  }
  if (rule.required()) line.Raw("required", "true");
  if (rule.has_default_value()) line.Text("default", rule.default_value());
  if (rule.has_format()) {
    line.Text("pattern", PatternOf(rule.format()).pattern);
  }
  if (rule.has_pattern()) line.Text("pattern", rule.pattern());
  if (rule.has_key_format()) {
    line.Text("key pattern", PatternOf(rule.key_format()).pattern);
  }
  AppendBounds(rule, &line);
  if (rule.unique()) line.Raw("unique", "true");
  if (rule.has_unique_by()) line.Text("unique", rule.unique_by());
  if (rule.empty_is_unset()) line.Raw("empty is unset", "true");
  if (rule.nullable_items()) line.Raw("null items", "true");
  return line.text();
}

std::string RuleText(const Message& message, const CrossRule& rule) {
  const auto names = [&](const std::vector<int>& fields) {
    return absl::StrJoin(fields, ", ", [&](std::string* out, int field) {
      out->append(message.fields[field].name);
    });
  };
  switch (rule.type) {
    case CrossRule::kExactlyOne:
      return absl::StrCat("exactly one of ", names(rule.fields));
    case CrossRule::kAtMostOne:
      return absl::StrCat("at most one of ", names(rule.fields));
    case CrossRule::kRequires:
      return absl::StrCat(names(rule.fields), " needs ", names(rule.required));
  }
  return "";
}

// Appends the fields of a message and of those below it. `open` are the
// messages that it is inside of: one that contains itself is not repeated.
void AppendMessage(absl::string_view what, const Message& message,
                   const std::string& path, std::vector<const Message*> open,
                   std::string* out) {
  open.push_back(&message);
  // What is written keeps its rules; nobody has to.
  if (!message.rules.empty() && what == kOption) {
    std::vector<std::string> rules;
    for (const CrossRule& rule : message.rules) {
      rules.push_back(RuleText(message, rule));
    }
    Line line("object", path);
    line.List("rules", rules);
    out->append(line.text());
  }
  for (const Field& field : message.fields) {
    const std::string own = JoinPath(path, field.name);
    out->append(FieldLine(what, field, own));
    if (field.message == nullptr ||
        absl::c_linear_search(open, field.message)) {
      continue;
    }
    const char* inside = field.shape == Shape::kList  ? "[*]"
                         : field.shape == Shape::kMap ? ".*"
                                                      : "";
    AppendMessage(what, *field.message, absl::StrCat(own, inside), open, out);
  }
}

}  // namespace

std::string GenerateInterface(const Schema& schema) {
  std::string out = absl::StrCat("# Generated from ", schema.file,
                                 ". Do not edit: change the schema.\n");
  if (schema.kind == schema::OUTPUT) {
    // Of all files that the program writes, in one list.
    AppendMessage(kField, *schema.root, schema.root->name, {}, &out);
  } else if (schema.root != nullptr) {
    AppendMessage(kOption, *schema.root, "", {}, &out);
  }
  for (const Diagnostic& diagnostic : schema.diagnostics) {
    out.append(Line("message", diagnostic.id).text());
  }
  return out;
}

}  // namespace ovenbird::codegen
