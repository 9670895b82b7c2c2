// The JSON Schema as a constant of C++, for programs that print it.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "codegen/emitter.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/names.h"
#include "codegen/yaml_value.h"

namespace ovenbird::codegen {
namespace {

// The type that a document is of; of a schema without a root all its types.
std::string RootOf(const Schema& schema) {
  return schema.root == nullptr
             ? schema.cpp_namespace
             : absl::StrCat(schema.cpp_namespace, "::", schema.root->name);
}

}  // namespace

std::string GenerateEmbeddedSchemaHeader(const Schema& schema,
                                         const Options& options) {
  const std::string guard = IncludeGuard(options.include);
  Emitter out;
  EmitBanner(schema, &out);
  out.Emit({{"guard", guard},
            {"namespace", schema.cpp_namespace},
            {"root", RootOf(schema)},
            {"function", UpperCamel(options.base)}},
           R"(
             #ifndef $guard$
             #define $guard$

             #include "absl/strings/string_view.h"

             namespace $namespace$ {

             // Returns the JSON Schema of $root$, with a line end.
             absl::string_view $function$();

             }  // namespace $namespace$

             #endif  // $guard$
           )");
  return out.text();
}

std::string GenerateEmbeddedSchemaSource(const Schema& schema,
                                         const Options& options) {
  const std::string json = schema.kind == schema::OUTPUT
                               ? GenerateOutputSchema(schema)
                               : GenerateJsonSchema(schema);
  std::string lines;
  for (const absl::string_view line :
       absl::StrSplit(json, '\n', absl::SkipEmpty())) {
    // Without control characters a string of JSON is one of C++, too.
    absl::StrAppend(&lines, "\n    ", JsonString(absl::StrCat(line, "\n")));
  }
  Emitter out;
  EmitBanner(schema, &out);
  out.Emit({{"include", options.include}, {"namespace", schema.cpp_namespace}},
           R"(
             #include "$include$"

             namespace $namespace$ {
           )");
  std::string text = out.text();
  absl::StrAppend(&text, "\nabsl::string_view ", UpperCamel(options.base),
                  "() {\n  return", lines, ";\n}\n\n}  // namespace ",
                  schema.cpp_namespace, "\n");
  return text;
}

}  // namespace ovenbird::codegen
