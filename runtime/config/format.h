// The formats that schema/options.proto names: the rules of Kubernetes, Docker
// and kaniko for names, quantities, durations and paths. Checked by hand and
// not by regular expressions: every value of a config is checked, and the
// message gives an exact reason. codegen/formats.h has the same formats as
// patterns for the JSON Schema; a test holds the two together.
#ifndef OVENBIRD_RUNTIME_CONFIG_FORMAT_H_
#define OVENBIRD_RUNTIME_CONFIG_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::config {

// The formats, with the numbers of schema/options.proto.
enum class Format : uint8_t {
  kNone,
  kDnsLabel,
  kDnsSubdomain,
  kImageName,
  kImageReference,
  kImageTag,
  kQuantity,
  kDuration,
  kAbsolutePath,
  kRelativePath,
  kFileMode,
  kQualifiedName,
  kLabelValue,
  kEnvName,
  kDataKey,
  kPlatform,
};
inline constexpr int kFormats = 16;

// Returns an empty string if `text` has the format, else the problem as a
// phrase: "upper case `J`", "longer than 63".
std::string FormatProblem(Format format, absl::string_view text);

// Returns the format in words: "a DNS label". Empty for kNone.
absl::string_view FormatName(Format format);
// Returns advice for a help line: "use at most 63 of a-z, 0-9 and `-`, ...".
// Empty for kNone.
absl::string_view FormatAdvice(Format format);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_FORMAT_H_
