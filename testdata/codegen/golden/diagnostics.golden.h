// Generated from testdata/codegen/golden/diagnostics.proto by its
// schema_library rule. Do not edit: change the schema.
#ifndef TESTDATA_CODEGEN_GOLDEN_DIAGNOSTICS_H_
#define TESTDATA_CODEGEN_GOLDEN_DIAGNOSTICS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::testdata::golden::diagnostics {

// Returns all rules of this catalogue, in the order of the schema.
absl::Span<const ::ovenbird::diag::Rule> Rules();
// Returns the rule with this id, or null.
const ::ovenbird::diag::Rule* FindRule(absl::string_view id);

// It is not known.
//
// unknown-thing: unknown thing `{thing}`
::ovenbird::diag::Diagnostic UnknownThing(::ovenbird::Span span, absl::string_view thing, absl::string_view hint);

}  // namespace ovenbird::testdata::golden::diagnostics

#endif  // TESTDATA_CODEGEN_GOLDEN_DIAGNOSTICS_H_
