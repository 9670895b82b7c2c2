// The JSON Schema, draft-07, of what the program writes. It accepts nothing
// else, so that a field that the schema does not have is noticed.
#include <string>

#include "absl/strings/str_cat.h"
#include "codegen/formats.h"
#include "codegen/generator.h"
#include "codegen/json_schema_frame.h"
#include "codegen/json_schema_rules.h"
#include "codegen/json_text.h"

namespace ovenbird::codegen {
namespace {

class OutputSchemaWriter {
 public:
  explicit OutputSchemaWriter(const Schema& schema) : schema_(schema) {}

  std::string Write();

 private:
  void Body(const Message& message);
  void Property(const Field& field);
  void OneValue(const Field& field);
  void Number(const Field& field);
  void Text(const Field& field);
  void Required(const Message& message);

  void Pair(const char* key, const std::string& value) {
    out_.Key(key);
    out_.String(value);
  }
  void Raw(const char* key, const std::string& json) {
    out_.Key(key);
    out_.Raw(json);
  }

  const Schema& schema_;
  JsonText out_;
};

void OutputSchemaWriter::Number(const Field& field) {
  const FieldRule& rule = field.rule;
  Pair("type", field.kind == Kind::kDouble ? "number" : "integer");
  if (rule.has_minimum() && rule.has_maximum() &&
      rule.minimum() == rule.maximum()) {
    Raw("const", absl::StrCat(rule.minimum()));
    return;
  }
  if (rule.has_minimum()) Raw("minimum", absl::StrCat(rule.minimum()));
  if (rule.has_maximum()) Raw("maximum", absl::StrCat(rule.maximum()));
}

void OutputSchemaWriter::Text(const Field& field) {
  const FieldRule& rule = field.rule;
  Pair("type", "string");
  if (field.shape == Shape::kOne && rule.has_min_size()) {
    Raw("minLength", absl::StrCat(rule.min_size()));
  }
  const std::string pattern = rule.format() != schema::FORMAT_NONE
                                  ? PatternOf(rule.format()).pattern
                                  : rule.pattern();
  if (!pattern.empty()) Pair("pattern", absl::StrCat("^(?:", pattern, ")$"));
}

void OutputSchemaWriter::OneValue(const Field& field) {
  switch (field.kind) {
    case Kind::kBool:
      return Pair("type", "boolean");
    case Kind::kInt32:
    case Kind::kInt64:
    case Kind::kDouble:
      return Number(field);
    case Kind::kString:
      return Text(field);
    case Kind::kEnum:
      out_.Key("enum");
      out_.Open('[');
      for (const EnumValue& value : field.enumeration->values) {
        out_.String(value.text);
      }
      out_.Close(']');
      return;
    case Kind::kMessage:
      return Pair("$ref", absl::StrCat("#/definitions/", field.message->name));
    case Kind::kAny:
      return;
  }
}

void OutputSchemaWriter::Property(const Field& field) {
  out_.Open('{');
  Pair("description", field.docs);
  if (field.shape == Shape::kOne && field.kind == Kind::kMessage) {
    // Next to `$ref` nothing else counts.
    out_.Key("allOf");
    out_.Open('[');
    out_.Open('{');
    OneValue(field);
    out_.Close('}');
    out_.Close(']');
  } else if (field.shape == Shape::kOne) {
    OneValue(field);
  } else {
    const bool list = field.shape == Shape::kList;
    Pair("type", list ? "array" : "object");
    if (field.rule.omit_empty()) Raw(list ? "minItems" : "minProperties", "1");
    out_.Key(list ? "items" : "additionalProperties");
    out_.Open('{');
    OneValue(field);
    out_.Close('}');
  }
  out_.Close('}');
}

void OutputSchemaWriter::Required(const Message& message) {
  bool any = false;
  for (const Field& field : message.fields) any |= field.rule.required();
  if (!any) return;
  out_.Key("required");
  out_.Open('[');
  for (const Field& field : message.fields) {
    if (field.rule.required()) out_.String(field.name);
  }
  out_.Close(']');
}

void OutputSchemaWriter::Body(const Message& message) {
  Pair("title", message.title);
  Pair("description", message.docs);
  Pair("type", "object");
  Raw("additionalProperties", "false");
  out_.Key("properties");
  out_.Open('{');
  for (const Field& field : message.fields) {
    out_.Key(field.name);
    Property(field);
  }
  out_.Close('}');
  Required(message);
  if (message.rules.empty()) return;
  out_.Key("allOf");
  out_.Open('[');
  for (const CrossRule& rule : message.rules) {
    AppendRule(message, rule, &out_);
  }
  out_.Close(']');
}

std::string OutputSchemaWriter::Write() {
  out_.Open('{');
  AppendHeading(schema_, &out_);
  AppendRoot(*schema_.root, &out_);
  AppendDefinitions(
      schema_, [this](const Message& message) { Body(message); }, &out_);
  out_.Close('}');
  return absl::StrCat(out_.text(), "\n");
}

}  // namespace

std::string GenerateOutputSchema(const Schema& schema) {
  return OutputSchemaWriter(schema).Write();
}

}  // namespace ovenbird::codegen
