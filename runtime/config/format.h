// The formats that schema/options.proto names: how Kubernetes, Docker and
// kaniko want names, quantities, durations and paths. Checked by hand and not
// by regular expressions: it is done for every value of a config, and a reason
// is told. codegen/formats.h has the same formats as patterns for the JSON
// Schema; a test holds the two together.
#ifndef OVENBIRD_RUNTIME_CONFIG_FORMAT_H_
#define OVENBIRD_RUNTIME_CONFIG_FORMAT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ovenbird::config {

// As in schema/options.proto.
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
};
inline constexpr int kFormats = 15;

// Empty when `text` has the format; else what is wrong with it, as a phrase:
// "upper case `J`", "longer than 63".
std::string FormatProblem(Format format, absl::string_view text);

// The format in words: "a DNS label".
absl::string_view FormatName(Format format);
// What it looks like: "at most 63 of a-z, 0-9 and -, ...".
absl::string_view FormatAdvice(Format format);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_FORMAT_H_
