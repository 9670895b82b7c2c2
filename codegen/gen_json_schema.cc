// JSON Schema, draft-07, for editors. It accepts what the generated decoder
// accepts: null is the same as absent, and strings may be written as numbers or
// booleans.
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codegen/formats.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/json_text.h"
#include "codegen/names.h"
#include "codegen/yaml_value.h"

namespace ovenbird::codegen {
namespace {

class SchemaWriter {
 public:
  explicit SchemaWriter(const Schema& schema) : schema_(schema) {}

  std::string Write();

 private:
  void Body(const Message& message);
  void Property(const Field& field);
  void Description(const Field& field);
  void OneValue(const Field& field, bool may_be_null);
  void Text(const Field& field, bool may_be_null);
  void Number(const Field& field, bool may_be_null);
  void EnumValues(const Field& field, bool may_be_null);
  void EnumOrVariable(const Field& field, bool may_be_null);
  void Reference(const Message& message, bool may_be_null);
  void Type(std::initializer_list<const char*> types, bool may_be_null);
  void TypeOrVariable(const char* type, bool may_be_null);
  void TextPattern(int format, const std::string& pattern, bool may_be_empty,
                   bool may_have_variables);
  void Rules(const Message& message);
  void Given(const Message& message, int index);
  std::string DefaultJson(const Field& field) const;

  const Schema& schema_;
  JsonText out_;
};

void SchemaWriter::Type(std::initializer_list<const char*> types,
                        bool may_be_null) {
  out_.Key("type");
  if (types.size() == 1 && !may_be_null) {
    out_.String(*types.begin());
    return;
  }
  out_.Open('[');
  for (const char* type : types) out_.String(type);
  if (may_be_null) out_.String("null");
  out_.Close(']');
}

// A text with a variable in it: nobody knows yet what it is going to be.
constexpr char kVariablePattern[] = "\\$\\{";

// `type`: not "string".
void SchemaWriter::TypeOrVariable(const char* type, bool may_be_null) {
  if (!schema_.has_variables) return Type({type}, may_be_null);
  Type({type, "string"}, may_be_null);
  // Of strings alone.
  out_.Key("pattern");
  out_.String(kVariablePattern);
}

void SchemaWriter::TextPattern(int format, const std::string& pattern,
                               bool may_be_empty, bool may_have_variables) {
  std::string text = pattern;
  if (format != schema::FORMAT_NONE) {
    const FormatPattern& known = PatternOf(format);
    text = known.pattern;
    if (known.max_length > 0) {
      out_.Key("maxLength");
      out_.Raw(absl::StrCat(known.max_length));
    }
  }
  if (text.empty()) return;
  out_.Key("pattern");
  out_.String(absl::StrCat("^(?:", text, may_be_empty ? "|" : "", ")$",
                           may_have_variables ? "|" : "",
                           may_have_variables ? kVariablePattern : ""));
}

// A number cannot have such a form (and patterns are for strings only).
bool IsNeverNumber(schema::Format format) {
  return format == schema::DURATION || format == schema::ABSOLUTE_PATH;
}

void SchemaWriter::Text(const Field& field, bool may_be_null) {
  if (IsNeverNumber(field.rule.format())) {
    Type({"string"}, may_be_null);
  } else {
    Type({"string", "number", "boolean"}, may_be_null);
  }
  const FieldRule& rule = field.rule;
  if (field.shape == Shape::kOne && rule.has_min_size() &&
      !rule.empty_is_unset()) {
    out_.Key("minLength");
    out_.Raw(absl::StrCat(rule.min_size()));
  }
  if (field.shape == Shape::kOne && rule.has_max_size()) {
    out_.Key("maxLength");
    out_.Raw(absl::StrCat(rule.max_size()));
  }
  TextPattern(rule.format(), rule.pattern(), rule.empty_is_unset(),
              schema_.has_variables);
}

void SchemaWriter::Number(const Field& field, bool may_be_null) {
  TypeOrVariable(field.kind == Kind::kDouble ? "number" : "integer",
                 may_be_null);
  const FieldRule& rule = field.rule;
  const bool narrow = field.kind == Kind::kInt32;
  if (rule.has_minimum() || narrow) {
    out_.Key("minimum");
    out_.Raw(absl::StrCat(rule.has_minimum() ? rule.minimum() : INT32_MIN));
  }
  if (rule.has_maximum() || narrow) {
    out_.Key("maximum");
    out_.Raw(absl::StrCat(rule.has_maximum() ? rule.maximum() : INT32_MAX));
  }
}

void SchemaWriter::EnumValues(const Field& field, bool may_be_null) {
  out_.Key("enum");
  out_.Open('[');
  for (const EnumValue& value : field.enumeration->values) {
    out_.String(value.text);
  }
  if (may_be_null) out_.Raw("null");
  out_.Close(']');
  out_.Key("markdownEnumDescriptions");
  out_.Open('[');
  for (const EnumValue& value : field.enumeration->values) {
    out_.String(value.docs);
  }
  if (may_be_null) out_.String("The same as absent.");
  out_.Close(']');
}

void SchemaWriter::EnumOrVariable(const Field& field, bool may_be_null) {
  if (!schema_.has_variables) return EnumValues(field, may_be_null);
  out_.Key("anyOf");
  out_.Open('[');
  out_.Open('{');
  EnumValues(field, may_be_null);
  out_.Close('}');
  out_.Open('{');
  Type({"string"}, false);
  out_.Key("pattern");
  out_.String(kVariablePattern);
  out_.Close('}');
  out_.Close(']');
}

void SchemaWriter::Reference(const Message& message, bool may_be_null) {
  // The definition itself takes null too. (An alternative between it and null
  // would hide its own errors behind "matches none of".)
  if (!may_be_null) Type({"object"}, false);
  out_.Key("allOf");
  out_.Open('[');
  out_.Open('{');
  out_.Key("$ref");
  out_.String(absl::StrCat("#/definitions/", message.name));
  out_.Close('}');
  out_.Close(']');
}

void SchemaWriter::OneValue(const Field& field, bool may_be_null) {
  switch (field.kind) {
    case Kind::kBool:
      return TypeOrVariable("boolean", may_be_null);
    case Kind::kInt32:
    case Kind::kInt64:
    case Kind::kDouble:
      return Number(field, may_be_null);
    case Kind::kString:
      return Text(field, may_be_null);
    case Kind::kEnum:
      return EnumOrVariable(field, may_be_null);
    case Kind::kMessage:
      return Reference(*field.message, may_be_null);
    case Kind::kAny:
      return;
  }
}

std::string SchemaWriter::DefaultJson(const Field& field) const {
  if (field.shape == Shape::kList) return "[]";
  if (field.shape == Shape::kMap) return "{}";
  if (field.kind == Kind::kString || field.kind == Kind::kEnum) {
    return JsonString(field.default_text);
  }
  return field.default_text;
}

// What editors show: the comment, and what else is known of the option.
void SchemaWriter::Description(const Field& field) {
  std::string text = field.docs;
  const FieldRule& rule = field.rule;
  if (rule.engines_size() > 0) {
    absl::StrAppend(&text, "\n\nEngines: ", absl::StrJoin(rule.engines(), ", "),
                    ".");
  }
  if (rule.has_since()) absl::StrAppend(&text, "\n\nSince ", rule.since(), ".");
  if (rule.has_deprecated()) {
    absl::StrAppend(&text, "\n\nDeprecated: ", rule.deprecated(), ".");
  }
  out_.Key("description");
  out_.String(text);
  out_.Key("markdownDescription");
  out_.String(text);
  if (rule.has_deprecated()) {
    out_.Key("deprecated");
    out_.Raw("true");
    out_.Key("deprecationMessage");
    out_.String(rule.deprecated());
  }
  if (rule.has_default_value()) {
    out_.Key("default");
    out_.Raw(DefaultJson(field));
  }
  if (rule.example_size() > 0) {
    out_.Key("examples");
    out_.Open('[');
    for (const std::string& example : rule.example()) {
      std::string json;
      std::string why;
      if (YamlToJson(example, &json, &why)) out_.Raw(json);
    }
    out_.Close(']');
  }
}

void SchemaWriter::Property(const Field& field) {
  const FieldRule& rule = field.rule;
  out_.Open('{');
  Description(field);
  const bool may_be_null = !rule.required();
  if (field.shape == Shape::kOne) {
    OneValue(field, may_be_null);
    out_.Close('}');
    return;
  }
  const bool list = field.shape == Shape::kList;
  Type({list ? "array" : "object"}, may_be_null);
  if (rule.has_min_size()) {
    out_.Key(list ? "minItems" : "minProperties");
    out_.Raw(absl::StrCat(rule.min_size()));
  }
  if (rule.has_max_size()) {
    out_.Key(list ? "maxItems" : "maxProperties");
    out_.Raw(absl::StrCat(rule.max_size()));
  }
  if (rule.unique() && field.kind != Kind::kMessage) {
    out_.Key("uniqueItems");
    out_.Raw("true");
  }
  if (!list) {
    out_.Key("propertyNames");
    out_.Open('{');
    if (rule.has_key_format()) {
      TextPattern(rule.key_format(), "", false, false);
    } else {
      out_.Key("minLength");
      out_.Raw("1");
    }
    out_.Close('}');
  }
  out_.Key(list ? "items" : "additionalProperties");
  out_.Open('{');
  OneValue(field, rule.nullable_items());
  out_.Close('}');
  out_.Close('}');
}

// A schema that holds when the field is given: there and not null.
void SchemaWriter::Given(const Message& message, int index) {
  const Field& field = message.fields[index];
  out_.Open('{');
  out_.Key("required");
  out_.Open('[');
  out_.String(field.name);
  out_.Close(']');
  const bool null_counts =
      field.rule.null_is_empty() || field.kind == Kind::kAny;
  if (!null_counts) {
    out_.Key("properties");
    out_.Open('{');
    out_.Key(field.name);
    out_.Open('{');
    out_.Key("not");
    out_.Open('{');
    out_.Key("enum");
    out_.Open('[');
    out_.Raw("null");
    if (field.rule.empty_is_unset()) out_.String("");
    out_.Close(']');
    out_.Close('}');
    out_.Close('}');
    out_.Close('}');
  }
  out_.Close('}');
}

void SchemaWriter::Rules(const Message& message) {
  if (message.rules.empty()) return;
  out_.Key("if");
  out_.Open('{');
  Type({"object"}, false);
  out_.Close('}');
  out_.Key("then");
  out_.Open('{');
  out_.Key("allOf");
  out_.Open('[');
  for (const CrossRule& rule : message.rules) {
    out_.Open('{');
    if (rule.type == CrossRule::kRequires) {
      out_.Key("if");
      Given(message, rule.fields[0]);
      out_.Key("then");
      out_.Open('{');
      out_.Key("allOf");
      out_.Open('[');
      for (const int field : rule.required) Given(message, field);
      out_.Close(']');
      out_.Close('}');
    } else {
      // One alternative for each field, and one for none of them.
      out_.Key("oneOf");
      out_.Open('[');
      for (const int field : rule.fields) Given(message, field);
      if (rule.type == CrossRule::kAtMostOne) {
        out_.Open('{');
        out_.Key("not");
        out_.Open('{');
        out_.Key("anyOf");
        out_.Open('[');
        for (const int field : rule.fields) Given(message, field);
        out_.Close(']');
        out_.Close('}');
        out_.Close('}');
      }
      out_.Close(']');
    }
    out_.Close('}');
  }
  out_.Close(']');
  out_.Close('}');
}

void SchemaWriter::Body(const Message& message) {
  out_.Key("description");
  out_.String(message.docs);
  out_.Key("markdownDescription");
  out_.String(message.docs);
  Type({"object"}, true);
  out_.Key("additionalProperties");
  out_.Raw("false");
  out_.Key("properties");
  out_.Open('{');
  for (const Field& field : message.fields) {
    out_.Key(field.name);
    Property(field);
  }
  out_.Close('}');
  bool has_required = false;
  for (const Field& field : message.fields) {
    has_required |= field.rule.required();
  }
  if (has_required) {
    out_.Key("required");
    out_.Open('[');
    for (const Field& field : message.fields) {
      if (field.rule.required()) out_.String(field.name);
    }
    out_.Close(']');
  }
  Rules(message);
}

// True when an empty mapping lacks something.
bool NeedsSomething(const Message& message) {
  for (const Field& field : message.fields) {
    if (field.rule.required()) return true;
  }
  for (const CrossRule& rule : message.rules) {
    if (rule.type == CrossRule::kExactlyOne) return true;
  }
  return false;
}

std::string SchemaWriter::Write() {
  out_.Open('{');
  out_.Key("$schema");
  out_.String("http://json-schema.org/draft-07/schema#");
  out_.Key("$comment");
  out_.String(absl::StrCat("Generated from ", schema_.file, ". Do not edit."));
  if (!schema_.id.empty()) {
    out_.Key("$id");
    out_.String(schema_.id);
  }
  if (!schema_.title.empty()) {
    out_.Key("title");
    out_.String(schema_.title);
  }
  if (schema_.root != nullptr) {
    // An empty document is an empty mapping, where that will do.
    Type({"object"}, !NeedsSomething(*schema_.root));
    Reference(*schema_.root, true);
  }
  out_.Key("definitions");
  out_.Open('{');
  for (const auto& message : schema_.all_messages) {
    out_.Key(message->name);
    out_.Open('{');
    Body(*message);
    out_.Close('}');
  }
  out_.Close('}');
  out_.Close('}');
  return absl::StrCat(out_.text(), "\n");
}

}  // namespace

std::string GenerateJsonSchema(const Schema& schema) {
  return SchemaWriter(schema).Write();
}

}  // namespace ovenbird::codegen
