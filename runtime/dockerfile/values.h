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

// Each of these returns an empty string when the value is valid, else what is
// wrong with it, as a phrase: "`5` has no unit".

// `30s`, `1m30s`; at least a millisecond, or 0.
std::string DurationProblem(absl::string_view text);
std::string RetriesProblem(absl::string_view text);
// `SIGTERM`, `term`, `15`.
std::string SignalProblem(absl::string_view text);
// `80`, `8000-9000/udp`, and what Docker tolerates (`127.0.0.1:80:80`).
std::string PortProblem(absl::string_view text);
// `755`, `u=rwX,go=rX`.
std::string ModeProblem(absl::string_view text);
// `linux/amd64`.
std::string PlatformProblem(absl::string_view text);
// `sha256:<64 hex>`.
std::string DigestProblem(absl::string_view text);
// `vendor.com/class=name,required` of RUN --device.
std::string DeviceProblem(absl::string_view text);
// `app:group` of --chown together with --link.
std::string LinkedOwnerProblem(absl::string_view text);

// True for sources that ADD clones and COPY rejects.
bool IsGitSource(absl::string_view source);
// True for sources that ADD downloads and COPY rejects.
bool IsHttpSource(absl::string_view source);

// One `key=value` of --mount; the key is in lower case.
struct MountOption {
  std::string key;
  std::optional<std::string> value;
};
// kInvalidArgument when the quotes are wrong: options are a line of CSV.
absl::StatusOr<std::vector<MountOption>> SplitMount(absl::string_view text);
// Of the key alone.
std::string MountKeyProblem(absl::string_view key);
// `folder`: the working directory; nullopt when it is unknown.
std::string MountProblem(const std::vector<MountOption>& options,
                         const std::optional<std::string>& folder);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_VALUES_H_
