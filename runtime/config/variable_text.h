// Finds `${NAME}` in strings. `$${NAME}` is an escaped `${NAME}`.
#ifndef OVENBIRD_RUNTIME_CONFIG_VARIABLE_TEXT_H_
#define OVENBIRD_RUNTIME_CONFIG_VARIABLE_TEXT_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// A `${NAME}` with the dollar signs before it, as DevSpace 4.11 finds it: after
// one dollar sign it is a variable; after two or more the first is dropped and
// the rest is literal.
struct VariableToken {
  size_t begin;
  size_t end;
  absl::string_view name;  // between the braces
  bool escaped;
};

// The result of FindVariables.
struct VariableTokens {
  std::vector<VariableToken> tokens;
  // Offset of a `${` without a `}`; npos if every `${` has one.
  size_t unclosed = absl::string_view::npos;
};

// Returns all tokens in `text`, in order; their names are views of it. `${}` is
// not a variable.
VariableTokens FindVariables(absl::string_view text);

// Returns the bytes of the file that bytes [begin, end) of a scalar's text were
// read from; the scalar's own span if that is unknown (escapes, folded lines).
Span SpanInScalar(const yaml::Node& node, size_t begin, size_t end);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_VARIABLE_TEXT_H_
