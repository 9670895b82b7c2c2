#include "codegen/field_checks.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "codegen/yaml_value.h"
#include "re2/re2.h"

namespace ovenbird::codegen {
namespace {

namespace pb = google::protobuf;

constexpr int kRule = 50100;

bool IsScalar(Kind kind) {
  return kind != Kind::kMessage && kind != Kind::kAny;
}
bool IsNumber(Kind kind) {
  return kind == Kind::kInt32 || kind == Kind::kInt64 || kind == Kind::kDouble;
}

// A YAML text without its quotes.
std::string Unquoted(const std::string& text) {
  if (text.size() < 2 || (text[0] != '"' && text[0] != '\'') ||
      text.back() != text[0]) {
    return text;
  }
  return text.substr(1, text.size() - 2);
}

class Checker {
 public:
  Checker(const pb::FieldDescriptor* in, SchemaKind kind, Field* field,
          Errors* errors)
      : in_(in),
        schema_kind_(kind),
        field_(field),
        rule_(field->rule),
        errors_(errors) {}

  void Check() {
    CheckDefault();
    CheckStringRules();
    CheckNumberRules();
    CheckContainerRules();
    CheckPresence();
    CheckExamples();
    CheckNotesForEditors();
  }

 private:
  void Error(int option, const std::string& text) {
    errors_->AddAtOption(in_, {kRule, option},
                         absl::StrCat("field `", in_->name(), "`: ", text));
  }

  void CheckDefault();
  void CheckStringRules();
  void CheckNumberRules();
  void CheckContainerRules();
  void CheckPresence();
  void CheckExamples();
  void CheckNotesForEditors();
  bool ParseDefault(const std::string& text, std::string* why);
  bool FindEnumDefault(const std::string& text, std::string* why);

  const pb::FieldDescriptor* in_;
  SchemaKind schema_kind_;
  Field* field_;
  const FieldRule& rule_;
  Errors* errors_;
};

bool Checker::FindEnumDefault(const std::string& text, std::string* why) {
  const std::vector<EnumValue>& values = field_->enumeration->values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].text == text) {
      field_->default_enum = static_cast<int>(i);
      return true;
    }
  }
  *why = absl::StrCat("is not a value of `", field_->enumeration->name, "`");
  return false;
}

bool Checker::ParseDefault(const std::string& text, std::string* why) {
  switch (field_->kind) {
    case Kind::kBool:
      *why = "is neither true nor false";
      return text == "true" || text == "false";
    case Kind::kInt32: {
      int32_t value;
      *why = "is not a 32-bit integer";
      return absl::SimpleAtoi(text, &value);
    }
    case Kind::kInt64: {
      int64_t value;
      *why = "is not a 64-bit integer";
      return absl::SimpleAtoi(text, &value);
    }
    case Kind::kDouble: {
      double value;
      *why = "is not a number";
      return absl::SimpleAtod(text, &value);
    }
    case Kind::kString: {
      *why = absl::StrCat("does not match the pattern ", rule_.pattern());
      return !rule_.has_pattern() || (text.empty() && rule_.empty_is_unset()) ||
             !RE2(rule_.pattern(), RE2::Quiet).ok() ||
             RE2::FullMatch(text, rule_.pattern());
    }
    case Kind::kEnum:
      return FindEnumDefault(text, why);
    case Kind::kMessage:
    case Kind::kAny:
      break;
  }
  return true;
}

void Checker::CheckDefault() {
  if (rule_.has_default_words() &&
      (rule_.has_default_value() || rule_.required())) {
    Error(FieldRule::kDefaultWordsFieldNumber,
          "`default_words` is for a field that is neither required nor has a "
          "default value");
  }
  if (!rule_.has_default_value()) return;
  const std::string& text = rule_.default_value();
  constexpr int kOption = FieldRule::kDefaultValueFieldNumber;
  if (rule_.required()) {
    Error(kOption, "a required field has no default");
  }
  if (field_->shape != Shape::kOne) {
    const char* empty = field_->shape == Shape::kList ? "[]" : "{}";
    if (text != empty) {
      Error(kOption,
            absl::StrCat("default `", text, "`: the default of a ",
                         field_->shape == Shape::kList ? "list" : "map",
                         " can only be ", empty));
    }
    return;
  }
  if (!IsScalar(field_->kind)) {
    Error(kOption, "a message has no default; give defaults to its fields");
    return;
  }
  field_->has_default = true;
  field_->default_text = field_->kind == Kind::kString ? Unquoted(text) : text;
  std::string why;
  if (!ParseDefault(field_->default_text, &why)) {
    Error(kOption, absl::StrCat("default `", text, "` ", why));
    field_->default_text.clear();
    return;
  }
  int64_t number;
  if ((field_->kind == Kind::kInt32 || field_->kind == Kind::kInt64) &&
      absl::SimpleAtoi(text, &number) &&
      ((rule_.has_minimum() && number < rule_.minimum()) ||
       (rule_.has_maximum() && number > rule_.maximum()))) {
    Error(kOption, absl::StrCat("default `", text, "` is out of bounds"));
  }
}

void Checker::CheckStringRules() {
  if (rule_.has_pattern()) {
    const RE2 pattern(rule_.pattern(), RE2::Quiet);
    if (!pattern.ok()) {
      Error(FieldRule::kPatternFieldNumber,
            absl::StrCat("pattern is not valid RE2: ", pattern.error()));
    }
    if (!rule_.has_pattern_help()) {
      Error(FieldRule::kPatternFieldNumber,
            "pattern without `pattern_help`, which describes it in words");
    }
    if (absl::StartsWith(rule_.pattern(), "^") ||
        absl::EndsWith(rule_.pattern(), "$")) {
      Error(FieldRule::kPatternFieldNumber,
            "the pattern must match the whole value: remove ^ and $");
    }
  } else if (rule_.has_pattern_help()) {
    Error(FieldRule::kPatternHelpFieldNumber,
          "`pattern_help` without a pattern");
  }
  if (rule_.has_pattern() && rule_.has_format()) {
    Error(FieldRule::kPatternFieldNumber,
          "give a format or a pattern, not both");
  }
  if (field_->kind == Kind::kString) return;
  const bool mode =
      rule_.format() == schema::FILE_MODE && IsNumber(field_->kind);
  if (rule_.has_format() && !mode) {
    Error(FieldRule::kFormatFieldNumber, "only strings have a format");
  }
  if (rule_.has_pattern()) {
    Error(FieldRule::kPatternFieldNumber, "only strings have a pattern");
  }
  if (rule_.empty_is_unset() && field_->kind != Kind::kEnum) {
    Error(FieldRule::kEmptyIsUnsetFieldNumber,
          "`empty_is_unset` is for strings and enums");
  }
}

void Checker::CheckNumberRules() {
  if (rule_.has_minimum() && rule_.has_maximum() &&
      rule_.minimum() > rule_.maximum()) {
    Error(FieldRule::kMinimumFieldNumber, "minimum is above maximum");
  }
  if (IsNumber(field_->kind)) return;
  if (rule_.has_minimum()) {
    Error(FieldRule::kMinimumFieldNumber, "only numbers have a minimum");
  }
  if (rule_.has_maximum()) {
    Error(FieldRule::kMaximumFieldNumber, "only numbers have a maximum");
  }
}

void Checker::CheckContainerRules() {
  if (field_->shape == Shape::kList && field_->kind == Kind::kBool) {
    errors_->Add(in_,
                 absl::StrCat("field `", in_->name(),
                              "`: a list of booleans says little; name them"));
  }
  const bool sized =
      field_->shape != Shape::kOne || field_->kind == Kind::kString;
  if (rule_.has_min_size() && rule_.has_max_size() &&
      rule_.min_size() > rule_.max_size()) {
    Error(FieldRule::kMinSizeFieldNumber, "min_size is above max_size");
  }
  if (!sized && rule_.has_min_size()) {
    Error(FieldRule::kMinSizeFieldNumber,
          "only lists, maps and strings have a size");
  }
  if (!sized && rule_.has_max_size()) {
    Error(FieldRule::kMaxSizeFieldNumber,
          "only lists, maps and strings have a size");
  }
  if (rule_.unique() && field_->shape != Shape::kList) {
    Error(FieldRule::kUniqueFieldNumber, "only the items of a list are unique");
  }
  if (rule_.has_unique_by()) {
    const pb::Descriptor* item =
        field_->kind == Kind::kMessage ? in_->message_type() : nullptr;
    bool found = false;
    for (int i = 0; item != nullptr && i < item->field_count(); ++i) {
      const FieldRule& rule =
          item->field(i)->options().GetExtension(schema::field);
      const std::string name =
          rule.has_name() ? rule.name() : item->field(i)->json_name();
      found |= name == rule_.unique_by() && !item->field(i)->is_repeated() &&
               item->field(i)->type() == pb::FieldDescriptor::TYPE_STRING;
    }
    if (field_->shape != Shape::kList || !found) {
      Error(FieldRule::kUniqueByFieldNumber,
            absl::StrCat("`", rule_.unique_by(),
                         "` is not a string field of the items"));
    }
  } else if (rule_.unique() && !IsScalar(field_->kind)) {
    Error(FieldRule::kUniqueFieldNumber, "unique messages need `unique_by`");
  }
  if (rule_.has_key_format() && field_->shape != Shape::kMap) {
    Error(FieldRule::kKeyFormatFieldNumber, "only a map has keys");
  }
  if (rule_.nullable_items() && field_->shape == Shape::kOne) {
    Error(FieldRule::kNullableItemsFieldNumber,
          "only lists and maps have items");
  }
  if (rule_.nullable_items() && field_->kind == Kind::kAny) {
    Error(FieldRule::kNullableItemsFieldNumber, "any value can be null anyway");
  }
  if (rule_.null_is_empty() &&
      (field_->shape != Shape::kOne || field_->kind != Kind::kMessage)) {
    Error(FieldRule::kNullIsEmptyFieldNumber,
          "`null_is_empty` is for messages");
  }
}

void Checker::CheckPresence() {
  if (rule_.read_over() && field_->kind != Kind::kAny) {
    Error(FieldRule::kReadOverFieldNumber, "`read_over` is for AnyValue");
  }
  if (rule_.required() && rule_.has_deprecated()) {
    Error(FieldRule::kDeprecatedFieldNumber,
          "a required field cannot be deprecated");
  }
  if (in_->has_default_value()) {
    errors_->Add(
        in_,
        absl::StrCat(
            "field `", in_->name(),
            "`: write the default as (ovenbird.schema.field).default_value"));
  }
  if (in_->is_required()) {
    errors_->Add(
        in_, absl::StrCat(
                 "field `", in_->name(),
                 "`: write `optional` with (ovenbird.schema.field).required"));
  }
}

// What a bool or an enum takes is evident; a message has its own examples.
void Checker::CheckExamples() {
  for (int i = 0; i < rule_.example_size(); ++i) {
    std::string json;
    std::string why;
    if (!YamlToJson(rule_.example(i), &json, &why)) {
      errors_->AddAtOption(in_, {kRule, FieldRule::kExampleFieldNumber, i},
                           absl::StrCat("field `", in_->name(),
                                        "`: example is not YAML: ", why));
    }
  }
  if (schema_kind_ != schema::CONFIG || rule_.example_size() > 0) return;
  if (field_->kind == Kind::kBool || field_->kind == Kind::kEnum ||
      field_->kind == Kind::kMessage || rule_.read_over()) {
    return;
  }
  errors_->Add(in_, absl::StrCat("field `", in_->name(), "` has no example"));
}

bool HasField(const pb::Descriptor* message, const std::string& name) {
  for (int i = 0; message != nullptr && i < message->field_count(); ++i) {
    const pb::FieldDescriptor* field = message->field(i);
    const FieldRule& rule = field->options().GetExtension(schema::field);
    if (name == (rule.has_name() ? rule.name() : field->json_name())) {
      return true;
    }
  }
  return false;
}

void Checker::CheckNotesForEditors() {
  if (rule_.has_recommended() &&
      (field_->kind != Kind::kString || field_->shape != Shape::kOne)) {
    Error(FieldRule::kRecommendedFieldNumber,
          "only a string has a recommended value");
  }
  for (const schema::NoEffect& note : rule_.no_effect()) {
    if (note.why().empty()) {
      Error(FieldRule::kNoEffectFieldNumber, "`no_effect` without `why`");
    }
    const pb::Descriptor* message =
        field_->kind == Kind::kMessage ? in_->message_type() : nullptr;
    if (note.has_field() && !HasField(message, note.field())) {
      Error(FieldRule::kNoEffectFieldNumber,
            absl::StrCat("`no_effect` names the unknown field `", note.field(),
                         "`"));
    }
  }
}

}  // namespace

void CheckField(const pb::FieldDescriptor* in, SchemaKind kind, Field* field,
                Errors* errors) {
  Checker(in, kind, field, errors).Check();
}

}  // namespace ovenbird::codegen
