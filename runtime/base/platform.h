// Platforms of images, as Docker names them: "linux/arm64", "linux/arm/v7".
#ifndef OVENBIRD_RUNTIME_BASE_PLATFORM_H_
#define OVENBIRD_RUNTIME_BASE_PLATFORM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird {

// The platform that an image runs on, in its normal form.
struct Platform {
  std::string os;            // "linux"
  std::string architecture;  // "amd64", as in Go
  std::string variant;       // "v7"; empty: the architecture's base line

  // Returns "linux/arm/v7".
  std::string ToString() const;

  friend bool operator==(const Platform&, const Platform&) = default;
};

// Parses "os/architecture" or "os/architecture/variant" and returns the normal
// form, as containerd does: "linux/x86_64" is "linux/amd64", "linux/arm64/v8"
// is "linux/arm64", "linux/arm" is "linux/arm/v7". kInvalidArgument: not of
// this form, or no platform of Linux; the message is the reason.
absl::StatusOr<Platform> ParsePlatform(absl::string_view text);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_PLATFORM_H_
