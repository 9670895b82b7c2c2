// Environment variables of this process.
#ifndef OVENBIRD_RUNTIME_BASE_ENVIRONMENT_H_
#define OVENBIRD_RUNTIME_BASE_ENVIRONMENT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird {

// Returns the value of a variable; nullopt if it is not set.
std::optional<std::string> EnvironmentVariable(absl::string_view name);

// Returns the same; empty if it is not set.
std::string EnvironmentOrEmpty(absl::string_view name);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_ENVIRONMENT_H_
