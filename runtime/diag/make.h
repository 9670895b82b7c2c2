// Makes a diagnostic from a row of a catalogue: what the functions that
// codegen/ makes from schema/diagnostics.proto call.
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

// Name and value; the name lives for ever.
using Argument = std::pair<absl::string_view, absl::string_view>;

// Message, label and help are the templates with `{name}` replaced by the
// argument of that name. `rule` and `label` live for ever.
Diagnostic Make(const Rule& rule, Span span, absl::string_view label,
                std::initializer_list<Argument> args);

// `text` with `{name}` replaced, and `{{`, `}}` by braces. A name that is no
// argument stays as it is.
std::string Expand(absl::string_view text, absl::Span<const Argument> args);

}  // namespace ovenbird::diag

#endif  // OVENBIRD_RUNTIME_DIAG_MAKE_H_
