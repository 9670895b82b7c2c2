// The flags of each version of the kaniko executor, so that none is passed to a
// version that lacks it (kaniko would exit with its usage text). The facts are
// in schema/kaniko_flags.textproto.
#ifndef OVENBIRD_RUNTIME_KUBE_KANIKO_FLAGS_H_
#define OVENBIRD_RUNTIME_KUBE_KANIKO_FLAGS_H_

#include <compare>
#include <optional>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ovenbird::kube {

// A version of the executor.
struct KanikoVersion {
  int major = 0;
  int minor = 0;
  int patch = 0;

  friend auto operator<=>(const KanikoVersion&, const KanikoVersion&) = default;
  // 0.0.0 means "none" in the tables.
  explicit operator bool() const { return major + minor + patch > 0; }
  // Returns "v1.24.0".
  std::string ToString() const;
};

// Returns the version in the tag of an executor's image: "v1.9.1-debug",
// "v1.24.0@sha256:...". nullopt for other tags (`latest`, a digest alone) and
// for numbers that kaniko never had.
std::optional<KanikoVersion> KanikoVersionOf(absl::string_view image);

// The type of a flag's value.
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
  KanikoVersion since;  // none: since the flag exists
};

// A flag of the executor, in any version.
struct KanikoFlag {
  const char* name;        // without dashes
  const char* short_name;  // one letter or ""
  KanikoFlagType type;
  KanikoVersion since;
  // The last version known to lack it, if it is not the one before `since`.
  KanikoVersion not_in;
  KanikoVersion removed_in;
  const char* renamed_to;  // ""
  absl::Span<const KanikoValue> values;
  const char* own;  // what to do instead of passing it in `args`; ""
};

// Returns all flags, sorted by name regardless of case.
absl::Span<const KanikoFlag> KanikoFlags();
// Returns the flag of this name (without dashes); null if no version has it.
const KanikoFlag* FindKanikoFlag(absl::string_view name);
// Returns the flag with this one-letter name; null if no version has it.
const KanikoFlag* FindKanikoShortFlag(char letter);

// Whether a version has a flag.
enum class Presence { kNo, kMaybe, kYes };

// Returns whether this version has the flag. Without a version kYes if every
// version from 0.17.1 on has it, else kMaybe.
Presence HasFlag(const KanikoFlag& flag,
                 const std::optional<KanikoVersion>& version);
// Returns whether this version certainly has the flag, for flags that we pass
// on our own. The name must be in the table.
bool CanPassKanikoFlag(absl::string_view name,
                       const std::optional<KanikoVersion>& version);
// Returns whether this version is known to lack the value.
bool LacksValue(const KanikoValue& value,
                const std::optional<KanikoVersion>& version);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_KANIKO_FLAGS_H_
