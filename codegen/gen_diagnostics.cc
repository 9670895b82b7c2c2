// Typed functions that make diagnostics, and the table of their rules.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codegen/gen_common.h"
#include "codegen/generator.h"
#include "codegen/names.h"

namespace ovenbird::codegen {
namespace {

std::string SeverityName(schema::Severity severity) {
  switch (severity) {
    case schema::ERROR:
      return "kError";
    case schema::WARNING:
      return "kWarning";
    case schema::NOTE:
      return "kNote";
  }
  return "";
}

std::string ParameterName(const std::string& arg) {
  return SafeName(arg, {"span"});
}

// ", absl::string_view field, absl::string_view parent"
std::string Parameters(const Diagnostic& diagnostic) {
  std::string out;
  for (const std::string& arg : diagnostic.args) {
    absl::StrAppend(&out, ", absl::string_view ", ParameterName(arg));
  }
  return out;
}

// {"field", field}, {"parent", parent}
std::string Arguments(const Diagnostic& diagnostic) {
  return absl::StrJoin(
      diagnostic.args, ", ", [](std::string* out, const std::string& arg) {
        absl::StrAppend(out, "{\"", arg, "\", ", ParameterName(arg), "}");
      });
}

void EmitDeclarations(const Schema& schema, Emitter* out) {
  for (const Diagnostic& diagnostic : schema.diagnostics) {
    out->Gap();
    out->Emit(
        {{"docs", CppComment(diagnostic.docs, 0)},
         {"text",
          CppComment(absl::StrCat(diagnostic.id, ": ", diagnostic.text), 0)},
         {"name", diagnostic.function},
         {"parameters", Parameters(diagnostic)}},
        R"(
          $docs$
          //
          $text$
          ::ovenbird::diag::Diagnostic $name$(::ovenbird::Span span$parameters$);
        )");
  }
}

void EmitRules(const Schema& schema, Emitter* out) {
  for (const Diagnostic& diagnostic : schema.diagnostics) {
    out->Emit({{"id", CppString(diagnostic.id)},
               {"severity", SeverityName(diagnostic.severity)},
               {"text", CppString(diagnostic.text)},
               {"help", CppString(diagnostic.help)},
               {"docs", CppString(diagnostic.docs)},
               {"example", CppString(diagnostic.example)},
               {"check", CppString(diagnostic.buildkit_check)},
               {"depends", diagnostic.depends_on_run ? "true" : "false"}},
              R"(
                {$id$, Severity::$severity$,
                 $text$,
                 $help$,
                 $docs$,
                 $example$, $check$, $depends$},
              )");
  }
}

void EmitMakers(const Schema& schema, Emitter* out) {
  size_t index = 0;
  for (const Diagnostic& diagnostic : schema.diagnostics) {
    out->Gap();
    out->Emit({{"name", diagnostic.function},
               {"parameters", Parameters(diagnostic)},
               {"index", absl::StrCat(index++)},
               {"label", CppString(diagnostic.label)},
               {"arguments", Arguments(diagnostic)}},
              R"(
                ::ovenbird::diag::Diagnostic $name$(::ovenbird::Span span$parameters$) {
                  return ::ovenbird::diag::Make(kRules[$index$], span, $label$,
                                                {$arguments$});
                }
              )");
  }
}

}  // namespace

std::string GenerateDiagnosticsHeader(const Schema& schema,
                                      const Options& options) {
  Emitter out;
  EmitBanner(schema, &out);
  out.Emit({{"guard", IncludeGuard(options.include)},
            {"namespace", schema.cpp_namespace},
            {"functions", [&] { EmitDeclarations(schema, &out); }}},
           R"(
             #ifndef $guard$
             #define $guard$

             #include "absl/strings/string_view.h"
             #include "absl/types/span.h"
             #include "runtime/base/source_file.h"
             #include "runtime/diag/diagnostic.h"

             namespace $namespace$ {

             // Returns all rules of this catalogue, in the order of the schema.
             absl::Span<const ::ovenbird::diag::Rule> Rules();
             // Returns the rule with this id, or null.
             const ::ovenbird::diag::Rule* FindRule(absl::string_view id);

             $functions$

             }  // namespace $namespace$

             #endif  // $guard$
           )");
  return out.text();
}

std::string GenerateDiagnosticsSource(const Schema& schema,
                                      const Options& options) {
  Emitter out;
  EmitBanner(schema, &out);
  out.Emit({{"include", options.include},
            {"namespace", schema.cpp_namespace},
            {"rules", [&] { EmitRules(schema, &out); }},
            {"functions", [&] { EmitMakers(schema, &out); }}},
           R"(
             #include "$include$"

             #include "runtime/diag/make.h"

             namespace $namespace$ {
             namespace {

             using ::ovenbird::diag::Severity;

             constexpr ::ovenbird::diag::Rule kRules[] = {
                 $rules$
             };

             }  // namespace

             absl::Span<const ::ovenbird::diag::Rule> Rules() { return kRules; }

             const ::ovenbird::diag::Rule* FindRule(absl::string_view id) {
               for (const ::ovenbird::diag::Rule& rule : kRules) {
                 if (rule.id == id) return &rule;
               }
               return nullptr;
             }

             $functions$

             }  // namespace $namespace$
           )");
  return out.text();
}

}  // namespace ovenbird::codegen
