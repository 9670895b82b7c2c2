#include "codegen/json_schema_rules.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ovenbird::codegen {
namespace {

std::string Names(const Message& message, const std::vector<int>& fields) {
  return absl::StrJoin(fields, ", ", [&](std::string* out, int field) {
    absl::StrAppend(out, "`", message.fields[field].name, "`");
  });
}

bool NullCounts(const Field& field) {
  return field.rule.null_is_empty() || field.kind == Kind::kAny;
}

// The values that are the same as no field.
void UnsetValues(const Field& field, JsonText* out) {
  out->Key("enum");
  out->Open('[');
  out->Raw("null");
  if (field.rule.empty_is_unset()) out->String("");
  out->Close(']');
}

void ErrorMessage(const std::string& text, JsonText* out) {
  if (text.empty()) return;
  out->Key("errorMessage");
  out->String(text);
}

// A schema of the message: the field is there, and has a value. The value's
// conditions are in `if`, because editors offer values from all other keywords.
void Given(const Field& field, const std::string& error, JsonText* out) {
  out->Open('{');
  out->Key("required");
  out->Open('[');
  out->String(field.name);
  out->Close(']');
  ErrorMessage(error, out);
  if (!NullCounts(field)) {
    out->Key("properties");
    out->Open('{');
    out->Key(field.name);
    out->Open('{');
    out->Key("doNotSuggest");
    out->Raw("true");
    out->Key("if");
    out->Open('{');
    UnsetValues(field, out);
    out->Close('}');
    out->Key("then");
    out->Open('{');
    // Neither null nor a string matches.
    out->Key("type");
    out->String("object");
    ErrorMessage(error, out);
    out->Close('}');
    out->Close('}');
    out->Close('}');
  }
  out->Close('}');
}

// A schema of the message: the field is missing, or has no value.
void NotGiven(const Field& field, const std::string& error, JsonText* out) {
  out->Open('{');
  if (NullCounts(field)) ErrorMessage(error, out);
  out->Key("properties");
  out->Open('{');
  out->Key(field.name);
  if (NullCounts(field)) {
    out->Raw("false");
  } else {
    out->Open('{');
    out->Key("doNotSuggest");
    out->Raw("true");
    out->Key("if");
    out->Open('{');
    out->Key("not");
    out->Open('{');
    UnsetValues(field, out);
    out->Close('}');
    out->Close('}');
    out->Key("then");
    out->Open('{');
    // No other value matches.
    UnsetValues(field, out);
    ErrorMessage(error, out);
    out->Close('}');
    out->Close('}');
  }
  out->Close('}');
  out->Close('}');
}

void AtLeastOne(const Message& message, const std::vector<int>& fields,
                JsonText* out) {
  const std::string error =
      absl::StrCat("Set one of ", Names(message, fields), ".");
  out->Open('{');
  out->Key("anyOf");
  out->Open('[');
  for (const int field : fields) Given(message.fields[field], error, out);
  out->Close(']');
  out->Close('}');
}

// For each pair: with the first one, the second one has no value.
void AtMostOne(const Message& message, const std::vector<int>& fields,
               JsonText* out) {
  for (size_t i = 0; i < fields.size(); ++i) {
    for (size_t j = i + 1; j < fields.size(); ++j) {
      const Field& first = message.fields[fields[i]];
      const Field& second = message.fields[fields[j]];
      out->Open('{');
      out->Key("if");
      Given(first, "", out);
      out->Key("then");
      NotGiven(
          second,
          absl::StrCat("`", second.name, "` cannot be given together with `",
                       first.name, "`. Keep one of them."),
          out);
      out->Close('}');
    }
  }
}

void Requires(const Message& message, const CrossRule& rule, JsonText* out) {
  const Field& field = message.fields[rule.fields[0]];
  const std::string error =
      absl::StrCat("`", field.name, "` has no effect without ",
                   Names(message, rule.required), ".");
  out->Open('{');
  out->Key("if");
  Given(field, "", out);
  out->Key("then");
  out->Open('{');
  out->Key("allOf");
  out->Open('[');
  for (const int needed : rule.required) {
    Given(message.fields[needed], error, out);
  }
  out->Close(']');
  out->Close('}');
  out->Close('}');
}

}  // namespace

void AppendRule(const Message& message, const CrossRule& rule, JsonText* out) {
  switch (rule.type) {
    case CrossRule::kExactlyOne:
      AtLeastOne(message, rule.fields, out);
      AtMostOne(message, rule.fields, out);
      return;
    case CrossRule::kAtMostOne:
      AtMostOne(message, rule.fields, out);
      return;
    case CrossRule::kRequires:
      Requires(message, rule, out);
      return;
  }
}

}  // namespace ovenbird::codegen
