// JSON Schema, draft-07, for editors. It accepts what the generated decoder
// accepts: null is the same as absent, and strings may be written as numbers or
// booleans.
//
// It is written for yaml-language-server, which offers a value of each type
// that the keywords `type`, `allOf`, `anyOf` and `oneOf` name. What is accepted
// but not to be offered (null everywhere, `true` for a string) is in `if`.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codegen/formats.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/json_schema_docs.h"
#include "codegen/json_schema_frame.h"
#include "codegen/json_schema_rules.h"
#include "codegen/json_text.h"
#include "re2/re2.h"

namespace ovenbird::codegen {
namespace {

// A string with a variable in it: its value is unknown to editors.
constexpr char kVariablePattern[] = "\\$\\{";
// The words for `true` and `false` of YAML 1.1, which are strings in YAML 1.2.
constexpr char kBooleanWords[] =
    "^(?:[yY]|yes|Yes|YES|[nN]|no|No|NO|on|On|ON|off|Off|OFF)$";

class SchemaWriter {
 public:
  explicit SchemaWriter(const Schema& schema) : schema_(schema) {}

  std::string Write();

 private:
  using Types = std::vector<const char*>;

  void Body(const Message& message);
  void Property(const Message& message, const Field& field);
  void Container(const Field& field);
  void Keys(const Field& field);
  void OneValue(const Field& field, bool may_be_null);
  void Text(const Field& field, bool may_be_null);
  void Bool(bool may_be_null);
  void Number(const Field& field, bool may_be_null);
  void EnumValues(const Field& field);
  void Reference(const Message* owner, const Field& field, bool may_be_null);
  void OrOther(bool may_be_null, const std::string& pattern);
  std::string OtherStrings(const Field& field) const;
  void Check(Types types, bool may_be_null, const std::string& error);
  void Pattern(const std::string& pattern, const std::string& error);
  void TextPattern(const FieldRule& rule, bool may_have_variables);
  void Integer(const char* key, int64_t value);

  // Whether a string with a variable is accepted for every scalar.
  bool variables() const { return schema_.has_variables; }

  const Schema& schema_;
  JsonText out_;
};

void SchemaWriter::Integer(const char* key, int64_t value) {
  out_.Key(key);
  out_.Raw(absl::StrCat(value));
}

// The value must have one of `types`, the first of which the error names. In
// `if`, so that editors offer no value for it.
void SchemaWriter::Check(Types types, bool may_be_null,
                         const std::string& error) {
  out_.Key("if");
  out_.Open('{');
  out_.Key("not");
  out_.Open('{');
  out_.Key("type");
  if (types.size() == 1 && !may_be_null) {
    out_.String(*types.begin());
  } else {
    out_.Open('[');
    for (const char* type : types) out_.String(type);
    if (may_be_null) out_.String("null");
    out_.Close(']');
  }
  out_.Close('}');
  out_.Close('}');
  out_.Key("then");
  out_.Open('{');
  out_.Key("type");
  out_.String(*types.begin());
  out_.Key("errorMessage");
  out_.String(error);
  out_.Close('}');
}

void SchemaWriter::Pattern(const std::string& pattern,
                           const std::string& error) {
  out_.Key("pattern");
  out_.String(pattern);
  out_.Key("patternErrorMessage");
  out_.String(error);
}

std::string PatternError(const FieldRule& rule) {
  if (rule.format() == schema::FORMAT_NONE) {
    return absl::StrCat("Must be ", rule.pattern_help(), ".");
  }
  const FormatPattern& known = PatternOf(rule.format());
  return absl::StrCat("Not a valid ", known.words, ": ", known.advice, ".");
}

// Of strings alone.
void SchemaWriter::TextPattern(const FieldRule& rule, bool may_have_variables) {
  std::string text = rule.pattern();
  if (rule.format() != schema::FORMAT_NONE) {
    const FormatPattern& known = PatternOf(rule.format());
    text = known.pattern;
    if (!known.excluded.empty()) {
      text = absl::StrCat("(?!(?:", known.excluded, ")$)(?:", text, ")");
    }
  }
  if (text.empty()) return;
  Pattern(absl::StrCat("^(?:", text, rule.empty_is_unset() ? "|" : "", ")$",
                       may_have_variables ? "|" : "",
                       may_have_variables ? kVariablePattern : ""),
          PatternError(rule));
}

// Which plain scalars can have the form that a field wants, apart from strings:
// a pattern is for strings only. YAML's other spellings of numbers and booleans
// (0x10, True) are unknown to a JSON Schema.
struct PlainScalars {
  bool integers = true;
  bool fractions = true;
  bool negatives = true;
  bool booleans = true;
};

PlainScalars PlainScalarsOf(const FieldRule& rule) {
  const std::string& text = rule.format() != schema::FORMAT_NONE
                                ? PatternOf(rule.format()).pattern
                                : rule.pattern();
  if (text.empty()) return {};
  const RE2 pattern(text);
  const auto fits = [&](const char* scalar) {
    return RE2::FullMatch(scalar, pattern);
  };
  return {fits("12"), fits("1.5"), fits("-1"), fits("true") && fits("false")};
}

void SchemaWriter::Text(const Field& field, bool may_be_null) {
  const FieldRule& rule = field.rule;
  if (field.shape == Shape::kOne && rule.has_min_size() &&
      !rule.empty_is_unset()) {
    Integer("minLength", rule.min_size());
  }
  int64_t most = PatternOf(rule.format()).max_length;
  if (field.shape == Shape::kOne && rule.has_max_size()) {
    most = most > 0 ? std::min(most, rule.max_size()) : rule.max_size();
  }
  if (most > 0) Integer("maxLength", most);
  TextPattern(rule, variables());
  const PlainScalars plain = PlainScalarsOf(rule);
  std::vector<const char*> types = {"string"};
  if (plain.integers) types.push_back(plain.fractions ? "number" : "integer");
  if (plain.booleans) types.push_back("boolean");
  if (plain.integers && !plain.negatives) Integer("minimum", 0);
  Check(types, may_be_null,
        types.size() == 3 ? "Must be a string." : PatternError(rule));
}

// The last alternative: null if it may be, and strings that match `pattern` if
// there is one.
void SchemaWriter::OrOther(bool may_be_null, const std::string& pattern) {
  out_.Open('{');
  out_.Key("if");
  out_.Open('{');
  out_.Key("type");
  out_.String("string");
  out_.Close('}');
  out_.Key("then");
  out_.Open('{');
  out_.Key(pattern.empty() ? "type" : "pattern");
  out_.String(pattern.empty() ? "null" : pattern);
  out_.Close('}');
  out_.Key("else");
  out_.Open('{');
  if (may_be_null) {
    out_.Key("enum");
    out_.Open('[');
    out_.Raw("null");
    out_.Close(']');
  } else {
    out_.Key("type");
    out_.String("string");
  }
  out_.Close('}');
  out_.Close('}');
}

// The first alternative is the one that editors offer, and whose error they
// show.
void SchemaWriter::Bool(bool may_be_null) {
  out_.Key("oneOf");
  out_.Open('[');
  out_.Open('{');
  out_.Key("type");
  out_.String("boolean");
  out_.Key("errorMessage");
  out_.String("Must be `true` or `false`.");
  out_.Close('}');
  OrOther(may_be_null, absl::StrCat(kBooleanWords, variables() ? "|" : "",
                                    variables() ? kVariablePattern : ""));
  out_.Close(']');
}

void SchemaWriter::Number(const Field& field, bool may_be_null) {
  const FieldRule& rule = field.rule;
  const bool narrow = field.kind == Kind::kInt32;
  const char* type = field.kind == Kind::kDouble ? "number" : "integer";
  const std::string error =
      field.kind == Kind::kDouble ? "Must be a number." : "Must be an integer.";
  if (rule.has_minimum() || narrow) {
    Integer("minimum", rule.has_minimum() ? rule.minimum() : INT32_MIN);
  }
  if (rule.format() == schema::FILE_MODE) {
    // 0644 is the number 644 in YAML 1.2, as most editors read it.
    Integer("maximum", 777);
  } else if (rule.has_maximum() || narrow) {
    Integer("maximum", rule.has_maximum() ? rule.maximum() : INT32_MAX);
  }
  if (!variables()) return Check({type}, may_be_null, error);
  Pattern(kVariablePattern, error);
  Check({type, "string"}, may_be_null, error);
}

void SchemaWriter::EnumValues(const Field& field) {
  out_.Key("enum");
  out_.Open('[');
  for (const EnumValue& value : field.enumeration->values) {
    out_.String(value.text);
  }
  out_.Close(']');
  out_.Key("markdownEnumDescriptions");
  out_.Open('[');
  for (const EnumValue& value : field.enumeration->values) {
    out_.String(value.docs);
  }
  out_.Close(']');
}

// `owner`: the message of a field with one value, else null.
void SchemaWriter::Reference(const Message* owner, const Field& field,
                             bool may_be_null) {
  Check({"object"}, may_be_null, "Must be an object.");
  out_.Key("allOf");
  out_.Open('[');
  if (owner != nullptr) {
    // Editors show the first documentation that they find, inside out.
    out_.Open('{');
    AppendHover(schema_, *owner, field, &out_);
    out_.Close('}');
  }
  out_.Open('{');
  out_.Key("$ref");
  out_.String(absl::StrCat("#/definitions/", field.message->name));
  out_.Close('}');
  for (const schema::NoEffect& note : field.rule.no_effect()) {
    if (!note.has_field()) continue;
    out_.Open('{');
    out_.Key("properties");
    out_.Open('{');
    out_.Key(note.field());
    out_.Open('{');
    out_.Key("deprecationMessage");
    out_.String(note.why());
    out_.Close('}');
    out_.Close('}');
    out_.Close('}');
  }
  out_.Close(']');
}

// A pattern of the strings that an enum's field may have apart from its values.
std::string SchemaWriter::OtherStrings(const Field& field) const {
  const bool empty = field.rule.empty_is_unset();
  return absl::StrCat(empty ? "^$" : "", empty && variables() ? "|" : "",
                      variables() ? kVariablePattern : "");
}

void SchemaWriter::OneValue(const Field& field, bool may_be_null) {
  switch (field.kind) {
    case Kind::kBool:
      return Bool(may_be_null);
    case Kind::kInt32:
    case Kind::kInt64:
    case Kind::kDouble:
      return Number(field, may_be_null);
    case Kind::kString:
      return Text(field, may_be_null);
    case Kind::kEnum:
      if (!may_be_null && !variables() && !field.rule.empty_is_unset()) {
        return EnumValues(field);
      }
      out_.Key("oneOf");
      out_.Open('[');
      out_.Open('{');
      EnumValues(field);
      out_.Close('}');
      OrOther(may_be_null, OtherStrings(field));
      out_.Close(']');
      return;
    case Kind::kMessage:
      return Reference(nullptr, field, may_be_null);
    case Kind::kAny:
      return;
  }
}

void SchemaWriter::Keys(const Field& field) {
  out_.Key("propertyNames");
  out_.Open('{');
  if (field.rule.has_key_format()) {
    FieldRule rule;
    rule.set_format(field.rule.key_format());
    const int most = PatternOf(rule.format()).max_length;
    if (most > 0) Integer("maxLength", most);
    TextPattern(rule, false);
  } else {
    Integer("minLength", 1);
  }
  out_.Close('}');
}

void SchemaWriter::Container(const Field& field) {
  const FieldRule& rule = field.rule;
  const bool list = field.shape == Shape::kList;
  Check({list ? "array" : "object"}, !rule.required(),
        list ? "Must be a list." : "Must be an object.");
  if (rule.has_min_size()) {
    Integer(list ? "minItems" : "minProperties", rule.min_size());
  }
  if (rule.has_max_size()) {
    Integer(list ? "maxItems" : "maxProperties", rule.max_size());
  }
  if (rule.unique() && field.kind != Kind::kMessage) {
    out_.Key("uniqueItems");
    out_.Raw("true");
  }
  if (!list) Keys(field);
  out_.Key(list ? "items" : "additionalProperties");
  out_.Open('{');
  OneValue(field, rule.nullable_items());
  out_.Close('}');
}

void SchemaWriter::Property(const Message& message, const Field& field) {
  out_.Open('{');
  AppendHover(schema_, message, field, &out_);
  AppendDeprecation(field, &out_);
  AppendValues(field, &out_);
  const bool may_be_null = !field.rule.required();
  if (field.shape != Shape::kOne) {
    Container(field);
  } else if (field.kind == Kind::kMessage) {
    Reference(&message, field, may_be_null);
  } else {
    OneValue(field, may_be_null);
  }
  out_.Close('}');
}

void SchemaWriter::Body(const Message& message) {
  AppendMessageDocs(message, &out_);
  out_.Key("additionalProperties");
  out_.Raw("false");
  out_.Key("properties");
  out_.Open('{');
  for (const Field& field : message.fields) {
    out_.Key(field.name);
    Property(message, field);
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
  if (message.rules.empty()) return;
  out_.Key("allOf");
  out_.Open('[');
  for (const CrossRule& rule : message.rules) {
    AppendRule(message, rule, &out_);
  }
  out_.Close(']');
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
  AppendHeading(schema_, &out_);
  if (schema_.root != nullptr) {
    // An empty document is an empty mapping, where that will do.
    Check({"object"}, !NeedsSomething(*schema_.root), "Must be an object.");
    AppendRoot(*schema_.root, &out_);
  }
  AppendDefinitions(
      schema_, [this](const Message& message) { Body(message); }, &out_);
  out_.Close('}');
  return absl::StrCat(out_.text(), "\n");
}

}  // namespace

std::string GenerateJsonSchema(const Schema& schema) {
  return SchemaWriter(schema).Write();
}

}  // namespace ovenbird::codegen
