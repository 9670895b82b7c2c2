// The field tables and the functions, each a line that hands a table to the
// library.
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/names.h"

namespace ovenbird::codegen {
namespace {

// "DNS_LABEL" -> "kDnsLabel".
std::string FormatName(schema::Format format) {
  return absl::StrCat("config::Format::",
                      ConstantName(schema::Format_Name(format)));
}

std::string Flags(const Field& field) {
  std::vector<std::string> flags;
  if (field.rule.required()) flags.push_back("config::kRequired");
  if (field.rule.unique()) flags.push_back("config::kUnique");
  if (field.rule.empty_is_unset()) flags.push_back("config::kEmptyIsUnset");
  if (!field.rule.omit_empty()) flags.push_back("config::kKeepEmpty");
  if (field.rule.null_is_empty()) flags.push_back("config::kNullIsEmpty");
  return absl::StrJoin(flags, " | ");
}

// An array of strings before the table; `null` spans have no array.
void EmitStrings(const std::string& name,
                 const google::protobuf::RepeatedPtrField<std::string>& strings,
                 Emitter* out) {
  if (strings.empty()) return;
  out->Emit({{"name", name},
             {"strings",
              [&] {
                for (const std::string& text : strings) {
                  out->Emit({{"text", CppString(text)}}, "$text$,");
                }
              }}},
            R"(
              constexpr const char* $name$[] = {
                  $strings$
              };
            )");
}

std::string ArrayName(const Message& message, const Field& field,
                      const char* what) {
  return absl::StrCat("k", message.name, "_", field.member, "_", what);
}

// One row; only what differs from FieldInfo's own defaults.
void EmitField(const Message& message, const Field& field, Emitter* out) {
  const FieldRule& rule = field.rule;
  const auto set = [&](const char* name, const std::string& value) {
    out->Emit({{"name", name}, {"value", value}}, ".$name$ = $value$,");
  };
  const auto text = [&](const char* name, bool given,
                        const std::string& value) {
    if (given) set(name, CppString(value));
  };
  const auto number = [&](const char* name, bool given, int64_t value) {
    if (!given) return;
    set(name, value == INT64_MIN ? "INT64_MIN" : absl::StrCat(value));
  };
  out->Emit(
      {{"name", CppString(field.name)},
       {"message", message.name},
       {"member", field.member},
       {"rest",
        [&] {
          const std::string flags = Flags(field);
          if (!flags.empty()) set("flags", flags);
          if (rule.has_format()) set("format", FormatName(rule.format()));
          if (rule.has_key_format())
            set("key_format", FormatName(rule.key_format()));
          text("pattern", rule.has_pattern(), rule.pattern());
          text("pattern_help", rule.has_pattern_help(), rule.pattern_help());
          number("minimum", rule.has_minimum(), rule.minimum());
          number("maximum", rule.has_maximum(), rule.maximum());
          number("min_size", rule.has_min_size(), rule.min_size());
          number("max_size", rule.has_max_size(), rule.max_size());
          text("unique_by", rule.has_unique_by(), rule.unique_by());
          if (rule.engines_size() > 0)
            set("engines", ArrayName(message, field, "engines"));
          text("docs", !field.docs.empty(), field.docs);
          set("type", CppString(TypeText(field)));
          text("default_text", rule.has_default_value(), rule.default_value());
          text("default_words", rule.has_default_words(), rule.default_words());
          text("since", rule.has_since(), rule.since());
          text("deprecated", rule.has_deprecated(), rule.deprecated());
          if (rule.example_size() > 0)
            set("examples", ArrayName(message, field, "examples"));
        }}},
      R"(
        {
            .name = $name$,
            .member = config::MemberOf<&$message$::$member$>(),
            $rest$
        },
      )");
}

std::string Mask(const std::vector<int>& fields) {
  uint64_t mask = 0;
  for (const int field : fields) mask |= uint64_t{1} << field;
  return absl::StrCat("0x", absl::Hex(mask));
}

std::string NamesOf(const Message& message, const std::vector<int>& fields) {
  return absl::StrJoin(fields, ", ", [&](std::string* out, int field) {
    absl::StrAppend(out, message.fields[field].name);
  });
}

void EmitRules(const Message& message, Emitter* out) {
  if (message.rules.empty()) return;
  static constexpr const char* kTypes[] = {"kExactlyOne", "kAtMostOne",
                                           "kRequires"};
  out->Emit({{"message", message.name},
             {"rules",
              [&] {
                for (const CrossRule& rule : message.rules) {
                  static constexpr const char* kWords[] = {
                      "exactly one of ", "at most one of ", ""};
                  std::string words = absl::StrCat(
                      kWords[rule.type], NamesOf(message, rule.fields));
                  if (!rule.required.empty()) {
                    absl::StrAppend(&words, " needs ",
                                    NamesOf(message, rule.required));
                  }
                  out->Emit({{"words", words},
                             {"type", kTypes[rule.type]},
                             {"fields", Mask(rule.fields)},
                             {"required", Mask(rule.required)}},
                            R"(
                              // $words$
                              {config::CrossRule::$type$, $fields$, $required$},
                            )");
                }
              }}},
            R"(
              constexpr config::CrossRule k$message$Rules[] = {
                  $rules$
              };
            )");
}

void EmitMessageTable(const Message& message, const Schema& schema,
                      Emitter* out) {
  out->Gap();
  for (const Field& field : message.fields) {
    EmitStrings(ArrayName(message, field, "engines"), field.rule.engines(),
                out);
    EmitStrings(ArrayName(message, field, "examples"), field.rule.example(),
                out);
  }
  google::protobuf::RepeatedPtrField<std::string> examples;
  for (const std::string& example : message.examples) *examples.Add() = example;
  EmitStrings(absl::StrCat("k", message.name, "Examples"), examples, out);
  EmitRules(message, out);
  const std::string& name = message.name;
  if (!message.fields.empty()) {
    out->Emit({{"message", name},
               {"fields",
                [&] {
                  for (const Field& field : message.fields) {
                    EmitField(message, field, out);
                  }
                }}},
              R"(
                constexpr config::FieldInfo k$message$Fields[] = {
                    $fields$
                };
              )");
  }
  out->Emit(
      {{"message", name},
       {"title", CppString(message.title)},
       {"docs", CppString(message.docs)},
       {"rest",
        [&] {
          const auto set = [&](const char* member, const std::string& value) {
            out->Emit({{"member", member}, {"value", value}},
                      ".$member$ = $value$,");
          };
          if (!message.fields.empty()) {
            set("fields", absl::StrCat("k", name, "Fields"));
          }
          if (!message.rules.empty()) {
            set("rules", absl::StrCat("k", name, "Rules"));
          }
          if (!message.examples.empty()) {
            set("examples", absl::StrCat("k", name, "Examples"));
          }
          set("defaults", absl::StrCat("&config::DefaultsOf<", name, ">"));
          if (schema.kind == schema::CONFIG) {
            set("source", absl::StrCat("&config::SourceOf<", name, ">"));
          }
        }}},
      R"(
              constexpr config::MessageInfo k$message$Info = {
                  .name = "$message$",
                  .title = $title$,
                  .docs = $docs$,
                  $rest$
              };
            )");
}

void EmitEnumTable(const Enum& entry, Emitter* out) {
  out->Gap();
  out->Emit({{"name", entry.name},
             {"docs", CppString(entry.docs)},
             {"values",
              [&] {
                for (const EnumValue& value : entry.values) {
                  const auto text = [](const std::string& given) {
                    return given.empty() ? "nullptr" : CppString(given);
                  };
                  out->Emit({{"text", CppString(value.text)},
                             {"number", absl::StrCat(value.number)},
                             {"docs", CppString(value.docs)},
                             {"since", text(value.since)},
                             {"deprecated", text(value.deprecated)}},
                            R"(
                        {$text$, $number$,
                         $docs$,
                         $since$, $deprecated$},
                      )");
                }
              }}},
            R"(
              constexpr config::EnumValueInfo k$name$Values[] = {
                  $values$
              };
              constexpr config::EnumInfo k$name$Info = {
                  .name = "$name$",
                  .docs = $docs$,
                  .values = k$name$Values,
              };
            )");
}

void EmitMessageFunctions(const Message& message, const Schema& schema,
                          Emitter* out) {
  out->Gap();
  if (schema.kind == schema::CONFIG) {
    out->Emit({{"name", message.name}}, R"(
      void Decode(const ::ovenbird::yaml::Node& node,
                  config::decode::Context& context, $name$* out) {
        config::decode::DecodeMessage(k$name$Info, node, context, out);
      }
      void CheckEngine(const $name$& value, absl::string_view engine,
                       config::decode::Context& context) {
        config::decode::CheckEngine(k$name$Info, &value, engine, context);
      }
    )");
  } else {
    out->Emit({{"name", message.name}}, R"(
      void FromJson(const ::ovenbird::json::Value& json, $name$* out) {
        config::ReadJson(k$name$Info, json, out);
      }
    )");
  }
  out->Emit(
      {{"name", message.name},
       {"write", schema.kind == schema::CONFIG ? "WriteChanged" : "WriteSet"}},
      R"(
        void Write(const $name$& value, ::ovenbird::Writer& writer) {
          config::$write$(k$name$Info, &value, writer);
        }
        std::string ToYaml(const $name$& value) {
          return config::ToYaml(
              [&](::ovenbird::Writer& writer) { Write(value, writer); });
        }
        std::string ToJson(const $name$& value) {
          return config::ToJson(
              [&](::ovenbird::Writer& writer) { Write(value, writer); });
        }
        bool operator==(const $name$& a, const $name$& b) {
          return config::Equal(k$name$Info, &a, &b);
        }
        const config::MessageInfo& InfoOf(const $name$*) {
          return k$name$Info;
        }
      )");
}

void EmitEnumFunctions(const Enum& entry, Emitter* out) {
  out->Gap();
  out->Emit({{"name", entry.name}}, R"(
    absl::string_view ToString($name$ value) {
      return config::EnumText(k$name$Info, static_cast<int>(value));
    }
    const config::EnumInfo& InfoOf(const $name$*) {
      return k$name$Info;
    }
  )");
}

}  // namespace

std::string GenerateSource(const Schema& schema, const Options& options) {
  Emitter out;
  EmitBanner(schema, &out);
  out.Emit({{"include", options.include},
            {"namespace", schema.cpp_namespace},
            {"library", schema.kind == schema::CONFIG
                            ? "#include \"runtime/config/reflect.h\""
                            : "#include \"runtime/config/from_json.h\"\n"
                              "#include \"runtime/config/reflect.h\""},
            {"tables",
             [&] {
               for (const Enum* entry : schema.enums) {
                 EmitEnumTable(*entry, &out);
               }
               for (const Message* message : schema.messages) {
                 EmitMessageTable(*message, schema, &out);
               }
             }},
            {"functions",
             [&] {
               for (const Enum* entry : schema.enums) {
                 EmitEnumFunctions(*entry, &out);
               }
               for (const Message* message : schema.messages) {
                 EmitMessageFunctions(*message, schema, &out);
               }
             }}},
           R"(
        #include "$include$"

        $library$

        namespace $namespace$ {
        namespace {

        namespace config = ::ovenbird::config;

        $tables$

        }  // namespace

        $functions$

        }  // namespace $namespace$
      )");
  return out.text();
}

}  // namespace ovenbird::codegen
