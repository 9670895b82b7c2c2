// The problems of an instruction that BuildKit rejects once its variables have
// values.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_VALUE_CHECK_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_VALUE_CHECK_H_

#include <optional>
#include <string>

#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/scope.h"

namespace ovenbird::dockerfile {

// Reports the error of `value`, which could not be expanded, at `span`.
void ReportExpansion(Span span, const Expanded& value, diag::Sink& sink);

// Returns whether the words of COPY or ADD are a JSON list that is not valid:
// BuildKit takes them as paths, whose first one is a pattern that it rejects.
bool IsBrokenList(const Instruction& instruction);

// Reports wrong ports, signals, modes, mounts ... as far as their values are
// known. `folder` is the working directory; nullopt if it is unknown.
void CheckValues(const Instruction& instruction, const Scope& scope,
                 const std::optional<std::string>& folder, diag::Sink& sink);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_VALUE_CHECK_H_
