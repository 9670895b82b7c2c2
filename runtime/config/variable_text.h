// Finds `${NAME}` in texts. `$${NAME}` stands for the text `${NAME}`.
#ifndef OVENBIRD_RUNTIME_CONFIG_VARIABLE_TEXT_H_
#define OVENBIRD_RUNTIME_CONFIG_VARIABLE_TEXT_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// A `${NAME}` with the dollar signs before it, as DevSpace 4.11 finds it: one
// dollar sign is a variable; of two or more the first is dropped and the rest
// is text.
struct VariableToken {
  size_t begin;
  size_t end;
  absl::string_view name;  // between the braces
  bool escaped;
};

struct VariableTokens {
  std::vector<VariableToken> tokens;
  // Offset of a `${` that has no `}`; npos when there is none.
  size_t unclosed = absl::string_view::npos;
};

VariableTokens FindVariables(absl::string_view text);

// The bytes of the file that bytes [begin, end) of a scalar's text were read
// from; the scalar's own span where that can't be told (escapes, folded lines).
Span SpanInScalar(const yaml::Node& node, size_t begin, size_t end);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_VARIABLE_TEXT_H_
