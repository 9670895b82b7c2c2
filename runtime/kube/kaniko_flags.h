// Which flags the kaniko executor has in which version, so that none is passed
// to a version that lacks it (kaniko would end with its usage text). The facts
// are in schema/kaniko_flags.textproto.
#ifndef OVENBIRD_RUNTIME_KUBE_KANIKO_FLAGS_H_
#define OVENBIRD_RUNTIME_KUBE_KANIKO_FLAGS_H_

#include <compare>
#include <optional>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ovenbird::kube {

struct KanikoVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;

  friend auto operator<=>(const KanikoVersion&, const KanikoVersion&) = default;
  // 0.0.0 stands for "none" in the tables.
  explicit operator bool() const { return major + minor + patch > 0; }
  std::string ToString() const;  // "v1.24.0"
};

// The version that the tag of an executor's image names: "v1.9.1-debug",
// "v1.24.0@sha256:...". None for other tags (`latest`, a digest alone) and for
// numbers that kaniko never had.
std::optional<KanikoVersion> KanikoVersionOf(absl::string_view image);

enum class KanikoFlagType {
  kBool,  // --flag, --flag=true, --flag=false
  kString,
  kInt,
  kDuration,  // 6h
  kList,      // repeatable
  kMap,       // repeatable NAME=VALUE
};

// One of the few values of a flag.
struct KanikoValue {
  const char* text;
  KanikoVersion since;  // none: as old as the flag
};

struct KanikoFlag {
  const char* name;        // without dashes
  const char* short_name;  // one letter or ""
  KanikoFlagType type;
  KanikoVersion since;
  // The last version known not to have it, where it is not the one before
  // `since`.
  KanikoVersion not_in;
  KanikoVersion removed_in;
  const char* renamed_to;  // ""
  absl::Span<const KanikoValue> values;
  const char* own;  // what to do instead of giving it in `args`; ""
};

// All flags, sorted by name regardless of case.
absl::Span<const KanikoFlag> KanikoFlags();
// By its name without dashes; null when no version has it.
const KanikoFlag* FindKanikoFlag(absl::string_view name);
const KanikoFlag* FindKanikoShortFlag(char letter);

enum class Presence { kNo, kMaybe, kYes };

// Without a version: kYes when every version from 0.17.1 on has it.
Presence HasFlag(const KanikoFlag& flag,
                 const std::optional<KanikoVersion>& version);
// The same for the flag of this name, for what is passed on our own account:
// only what is certain. The name has to be in the table.
bool CanPassKanikoFlag(absl::string_view name,
                       const std::optional<KanikoVersion>& version);
// Whether a value is known to be missing in this version.
bool LacksValue(const KanikoValue& value,
                const std::optional<KanikoVersion>& version);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_KANIKO_FLAGS_H_
