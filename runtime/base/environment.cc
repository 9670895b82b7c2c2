#include "runtime/base/environment.h"

#include <stdlib.h>

namespace ovenbird {

std::optional<std::string> EnvironmentVariable(absl::string_view name) {
  const char* value = getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::string EnvironmentOrEmpty(absl::string_view name) {
  return EnvironmentVariable(name).value_or("");
}

}  // namespace ovenbird
