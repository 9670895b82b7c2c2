// Generated from testdata/codegen/golden/diagnostics.proto by its
// schema_library rule. Do not edit: change the schema.
#include "testdata/codegen/golden/diagnostics.h"

#include "runtime/diag/make.h"

namespace ovenbird::testdata::golden::diagnostics {
namespace {

using ::ovenbird::diag::Severity;

constexpr ::ovenbird::diag::Rule kRules[] = {
    {"unknown-thing", Severity::kError,
     "unknown thing `{thing}`",
     "look for it",
     "It is not known.",
     "thing: a\n", "", false},
};

}  // namespace

absl::Span<const ::ovenbird::diag::Rule> Rules() { return kRules; }

const ::ovenbird::diag::Rule* FindRule(absl::string_view id) {
  for (const ::ovenbird::diag::Rule& rule : kRules) {
    if (rule.id == id) return &rule;
  }
  return nullptr;
}

::ovenbird::diag::Diagnostic UnknownThing(::ovenbird::Span span, absl::string_view thing, absl::string_view hint) {
  return ::ovenbird::diag::Make(kRules[0], span, "{hint}",
                                {{"thing", thing}, {"hint", hint}});
}

}  // namespace ovenbird::testdata::golden::diagnostics
