// Variables: values are written out where the executor's differ from
// BuildKit's.
#ifndef OVENBIRD_RUNTIME_REWRITE_VARIABLES_H_
#define OVENBIRD_RUNTIME_REWRITE_VARIABLES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/site.h"

namespace ovenbird::rewrite {

// Variables by name that an instruction must see; nullopt: unset.
using Values = std::map<std::string, std::optional<std::string>>;

// Returns the variables that have another value in the executor than in
// BuildKit before the instruction, with BuildKit's values; nullopt: unset.
Values WrongValues(const Site& site);

// Returns `text`, a part of an instruction, with `$NAME` and `${NAME}` of
// `values` replaced by the values, escaped so that they are read literally.
// nullopt: a variable of `values` has a modifier (`${NAME:-x}`), or a value
// with a line end.
std::optional<std::string> Substitute(absl::string_view text,
                                      const Values& values, char escape);

// Returns the parts of an instruction in which BuildKit expands variables; they
// point into `instruction`.
std::vector<std::string*> ExpandedParts(dockerfile::Instruction& instruction);

// Returns whether the shell of RUN's shell form knows `export` and `unset`.
bool HasPosixShell(const StageState& state);

// Adds the value to an ARG without one if the executor would use another value
// or leave it out of its cache key.
void WriteOutArg(const Site& site, Draft& draft);

// Replaces variables with wrong values by BuildKit's values in instructions
// that expand variables.
void WriteOutVariables(const Site& site, Draft& draft);

// Sets the variables with wrong values in front of the command of a RUN, or
// reports the RUN.
void WriteOutEnvironment(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_VARIABLES_H_
