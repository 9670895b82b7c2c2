// The forms of an instruction's values, as BuildKit checks them: ports,
// signals, durations, modes, mounts.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_VALUES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_VALUES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// The functions that end in Problem return an empty string for a valid value,
// else the problem as a phrase: "`5` has no unit".

// Checks a duration: `30s`, `1m30s`; at least a millisecond, or 0.
std::string DurationProblem(absl::string_view text);
// Checks the --retries of HEALTHCHECK: a number from 0 on, or empty.
std::string RetriesProblem(absl::string_view text);
// Checks a signal: `SIGTERM`, `term`, `15`.
std::string SignalProblem(absl::string_view text);
// Checks a port: `80`, `8000-9000/udp`, and the forms that Docker tolerates
// (`127.0.0.1:80:80`).
std::string PortProblem(absl::string_view text);
// Checks a mode: `755`, `u=rwX,go=rX`.
std::string ModeProblem(absl::string_view text);
// Checks a platform: `linux/amd64`.
std::string PlatformProblem(absl::string_view text);
// Checks a digest: `sha256:` and 64 hexadecimal digits, or SHA-384 and SHA-512
// likewise.
std::string DigestProblem(absl::string_view text);
// Checks the device of RUN --device: `vendor.com/class=name,required`.
std::string DeviceProblem(absl::string_view text);
// Checks the owner of --chown together with --link: numbers or `root`, e.g.
// `1000:1000`.
std::string LinkedOwnerProblem(absl::string_view text);

// Returns whether ADD clones the source; COPY rejects it.
bool IsGitSource(absl::string_view source);
// Returns whether ADD downloads the source; COPY rejects it.
bool IsHttpSource(absl::string_view source);

// One `key=value` of --mount; the key is in lower case.
struct MountOption {
  std::string key;
  std::optional<std::string> value;
};
// Splits the options of --mount, which are a line of CSV; kInvalidArgument for
// wrong quotes or an empty text.
absl::StatusOr<std::vector<MountOption>> SplitMount(absl::string_view text);
// Checks only the key of an option.
std::string MountKeyProblem(absl::string_view key);
// Checks the options together. `folder` is the working directory; nullopt if it
// is unknown.
std::string MountProblem(const std::vector<MountOption>& options,
                         const std::optional<std::string>& folder);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_VALUES_H_
