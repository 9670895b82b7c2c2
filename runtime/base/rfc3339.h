// Times as APIs write them: 2024-01-01T00:00:00Z.
#ifndef OVENBIRD_RUNTIME_BASE_RFC3339_H_
#define OVENBIRD_RUNTIME_BASE_RFC3339_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird {

// Returns the time that `text` is; nullopt if it is not a time of RFC 3339.
inline std::optional<absl::Time> ParseRfc3339(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return std::nullopt;
  }
  return time;
}

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_RFC3339_H_
