// Variables: where the executor's values differ from BuildKit's, the values are
// written out.
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

// Returns the variables for which the executor has another value than BuildKit
// before the instruction, with BuildKit's values.
Values WrongValues(const Site& site);

// Returns `text`, a part of an instruction, with `$NAME` and `${NAME}` of
// `values` replaced by the values, escaped so that they are read literally.
// nullopt: one of them is used with a modifier (`${NAME:-x}`).
std::optional<std::string> Substitute(absl::string_view text,
                                      const Values& values, char escape);

// Returns the parts of an instruction in which BuildKit expands variables.
std::vector<std::string*> ExpandedParts(dockerfile::Instruction& instruction);

// Whether RUN's shell form is read by a shell that knows `export` and `unset`.
bool HasPosixShell(const StageState& state);

// ARG without a value: writes the value that the executor would not find.
void WriteOutArg(const Site& site, Draft& draft);

// Instructions that expand variables: writes the wrong ones out.
void WriteOutVariables(const Site& site, Draft& draft);

// RUN: sets the wrong ones in front of the command, or reports them.
void WriteOutEnvironment(const Site& site, Draft& draft);

}  // namespace ovenbird::rewrite

#endif  // OVENBIRD_RUNTIME_REWRITE_VARIABLES_H_
