// Structs and the declarations of their functions.
#include <cstdint>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/names.h"

namespace ovenbird::codegen {
namespace {

// " = true"; empty when the type's own initial value will do.
std::string Initializer(const Field& field, const Schema& schema) {
  if (field.shape == Shape::kOne && field.kind == Kind::kAny) {
    return schema.kind == schema::CONFIG ? " = nullptr" : "";
  }
  if (!field.plain) return "";
  switch (field.kind) {
    case Kind::kBool:
      return absl::StrCat(" = ",
                          field.has_default ? field.default_text : "false");
    case Kind::kInt32:
    case Kind::kInt64: {
      int64_t value = 0;
      if (field.has_default && !absl::SimpleAtoi(field.default_text, &value)) {
        value = 0;
      }
      // The lowest number has no literal.
      if (value == std::numeric_limits<int64_t>::min()) return " = INT64_MIN";
      if (value == std::numeric_limits<int32_t>::min()) return " = INT32_MIN";
      return absl::StrCat(" = ", value);
    }
    case Kind::kDouble:
      return absl::StrCat(" = ", field.has_default ? field.default_text : "0");
    case Kind::kString:
      return field.default_text.empty()
                 ? ""
                 : absl::StrCat(" = ", CppString(field.default_text));
    case Kind::kEnum:
      return absl::StrCat(
          " = ", ValueType(field, schema),
          "::", field.enumeration->values[field.default_enum].constant);
    case Kind::kMessage:
    case Kind::kAny:
      break;
  }
  return "";
}

std::string CommentOf(const std::string& docs, int indent) {
  return docs.empty() ? "" : CppComment(docs, indent);
}

void EmitEnum(const Enum& entry, Emitter* out) {
  out->Gap();
  out->Emit({{"docs", CommentOf(entry.docs, 0)},
             {"name", entry.name},
             {"values",
              [&] {
                for (const EnumValue& value : entry.values) {
                  out->Emit({{"docs", CommentOf(value.docs, 2)},
                             {"name", value.constant},
                             {"number", absl::StrCat(value.number)}},
                            R"(
                              $docs$
                              $name$ = $number$,
                            )");
                }
              }}},
            R"(
              $docs$
              enum class $name$ : int {
                $values$
              };
              // Returns the value as in the document; empty for other numbers.
              absl::string_view ToString($name$ value);
              const ::ovenbird::config::EnumInfo& InfoOf(const $name$*);
            )");
}

void EmitStruct(const Message& message, const Schema& schema, Emitter* out) {
  out->Gap();
  const bool located = schema.kind == schema::CONFIG;
  out->Emit({{"docs", CommentOf(message.docs, 0)},
             {"name", message.name},
             {"members",
              [&] {
                for (const Field& field : message.fields) {
                  out->Emit({{"docs", CommentOf(field.docs, 2)},
                             {"type", MemberType(field, schema)},
                             {"name", field.member},
                             {"initial", Initializer(field, schema)}},
                            R"(
                              $docs$
                              $type$ $name$$initial$;
                            )");
                }
                if (located) {
                  out->Emit(R"(
                    // What it was decoded from; null when it was not.
                    const ::ovenbird::yaml::Node* source = nullptr;
                  )");
                }
              }}},
            R"(
              $docs$
              struct $name$ {
                $members$
              };
            )");
}

void EmitFunctions(const Message& message, const Schema& schema, Emitter* out) {
  out->Gap();
  if (schema.kind == schema::CONFIG) {
    out->Emit({{"name", message.name}}, R"(
      void Decode(const ::ovenbird::yaml::Node& node,
                  ::ovenbird::config::decode::Context& context, $name$* out);
      void CheckEngine(const $name$& value, absl::string_view engine,
                       ::ovenbird::config::decode::Context& context);
    )");
  } else {
    out->Emit({{"name", message.name}}, R"(
      void FromJson(const ::ovenbird::json::Value& json, $name$* out);
    )");
  }
  out->Emit({{"name", message.name}}, R"(
    void Write(const $name$& value, ::ovenbird::Writer& writer);
    std::string ToYaml(const $name$& value);
    std::string ToJson(const $name$& value);
    bool operator==(const $name$& a, const $name$& b);
    const ::ovenbird::config::MessageInfo& InfoOf(const $name$*);
  )");
}

std::string Includes(bool located) {
  return located ? "#include \"runtime/base/writer.h\"\n"
                   "#include \"runtime/config/boxed.h\"\n"
                   "#include \"runtime/config/decode.h\"\n"
                   "#include \"runtime/config/field_info.h\"\n"
                   "#include \"runtime/yaml/node.h\""
                 : "#include \"runtime/base/json.h\"\n"
                   "#include \"runtime/base/writer.h\"\n"
                   "#include \"runtime/config/boxed.h\"\n"
                   "#include \"runtime/config/field_info.h\"";
}

std::string FunctionsDocs(bool located) {
  return located ? "// Decode reports all problems of `node` to the context; "
                   "`out` has the\n"
                   "// defaults for what is missing or wrong. CheckEngine "
                   "warns at options that are\n"
                   "// given and that `engine` has no use for. Write leaves "
                   "out what is at its\n"
                   "// default, so that decoding its output gives an equal "
                   "value. == does not\n"
                   "// compare `source`."
                 : "// FromJson reads what it knows and ignores the rest, "
                   "values of another\n"
                   "// type included. Write leaves out what is not set, in "
                   "the order of the schema.";
}

void EmitImports(const Schema& schema, const Options& options, Emitter* out) {
  for (const std::string& import : schema.imports) {
    const auto header = options.deps.find(import);
    if (header == options.deps.end()) continue;
    out->Emit({{"header", header->second}}, "#include \"$header$\"");
  }
}

void EmitTypes(const Schema& schema, Emitter* out) {
  for (const Message* message : schema.messages) {
    out->Emit({{"name", message->name}}, "struct $name$;");
  }
  for (const Enum* entry : schema.enums) EmitEnum(*entry, out);
  for (const Message* message : DefinitionOrder(schema)) {
    EmitStruct(*message, schema, out);
  }
}

}  // namespace

std::string GenerateHeader(const Schema& schema, const Options& options) {
  Emitter out;
  const bool located = schema.kind == schema::CONFIG;
  EmitBanner(schema, &out);
  out.Emit({{"guard", IncludeGuard(options.include)},
            {"namespace", schema.cpp_namespace},
            {"library", Includes(located)},
            {"imports", [&] { EmitImports(schema, options, &out); }},
            {"types", [&] { EmitTypes(schema, &out); }},
            {"functions_docs", FunctionsDocs(located)},
            {"functions",
             [&] {
               for (const Message* message : schema.messages) {
                 EmitFunctions(*message, schema, &out);
               }
             }}},
           R"(
        #ifndef $guard$
        #define $guard$

        #include <cstdint>
        #include <optional>
        #include <string>
        #include <utility>
        #include <vector>

        #include "absl/strings/string_view.h"
        $library$
        $imports$

        namespace $namespace$ {

        $types$

        $functions_docs$
        $functions$

        }  // namespace $namespace$

        #endif  // $guard$
      )");
  return out.text();
}

}  // namespace ovenbird::codegen
