// Fills in `${NAME}` on the located tree, before it is decoded.
#ifndef OVENBIRD_RUNTIME_CONFIG_VARIABLES_H_
#define OVENBIRD_RUNTIME_CONFIG_VARIABLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/base/source_file.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"

namespace ovenbird::config {

// A `--var NAME=VALUE`.
struct VariableFlag {
  std::string name;
  std::string value;
  Span span;  // of NAME=VALUE
  Span value_span;
};

// Appends the flag to `flags`, without spaces around name and value, as in
// DevSpace. `flag` is a file with the name "--var" whose text is the flag's
// value. Reports a missing `=` or name instead.
void ParseVariableFlag(const SourceFile& flag, std::vector<VariableFlag>* flags,
                       diag::Sink& sink);

// The sources of values outside of the file.
struct VariableInput {
  // The last of several with the same name counts.
  absl::Span<const VariableFlag> flags;
  Surroundings* surroundings;  // not null
  // Gets the value of each `password: true` variable that is used; may be null.
  std::vector<std::string>* passwords = nullptr;
};

// Returns `root` with the variables of `images` and `hooks` filled in: a new
// tree in `arena` that shares what has no variables; spans stay, and each
// filled value has an Origin per variable. Other top-level keys stay as they
// are: variables that only they use need no value.
//
// A value comes from --var, a predefined variable, the environment or the
// `default` under `vars`, in this order (`source` excludes some). The user is
// not asked: a variable without a value is an error at each of its `${NAME}`.
// As in DevSpace 4.11 a filled string that reads as a Go integer or boolean
// becomes one ("007" -> 7); all others stay strings.
const yaml::Node* FillVariables(const yaml::Node& root,
                                const VariableInput& input, yaml::Arena& arena,
                                diag::Sink& sink);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_VARIABLES_H_
