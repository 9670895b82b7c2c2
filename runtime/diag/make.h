// Makes a diagnostic from a row of a catalogue, for the functions that codegen/
// generates from schema/diagnostics.proto.
#ifndef OVENBIRD_RUNTIME_DIAG_MAKE_H_
#define OVENBIRD_RUNTIME_DIAG_MAKE_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::diag {

// Name and value; the name must live forever.
using Argument = std::pair<absl::string_view, absl::string_view>;

// Returns a diagnostic whose message, label and help are the templates with
// `{name}` replaced by the argument of that name. `rule` must live forever.
Diagnostic Make(const Rule& rule, Span span, absl::string_view label,
                std::initializer_list<Argument> args);

// Returns `text` with `{name}` replaced, and `{{`, `}}` by braces. A name
// without an argument stays as it is.
std::string Expand(absl::string_view text, absl::Span<const Argument> args);

}  // namespace ovenbird::diag

#endif  // OVENBIRD_RUNTIME_DIAG_MAKE_H_
