#include "runtime/kube/kaniko_flags.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/hash_map.h"

namespace ovenbird::kube {
namespace {

#include "runtime/kube/kaniko_flags_table.inc"

// The default of DevSpace 4.11: older ones are not seen any more.
constexpr KanikoVersion kOldest = {0, 17, 1};

// Versions that exist: 0.1 to 0.24, then 1.0 and later. Other numbers are those
// of a user's own images.
bool Exists(const KanikoVersion& version) {
  return version.major == 1 ||
         (version.major == 0 && version.minor <= 24 && version.minor >= 1);
}

absl::string_view TagOf(absl::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t slash = image.rfind('/');
  const size_t colon = image.rfind(':');
  if (colon == absl::string_view::npos ||
      (slash != absl::string_view::npos && colon < slash)) {
    return "";
  }
  return image.substr(colon + 1);
}

}  // namespace

std::string KanikoVersion::ToString() const {
  return absl::StrCat("v", major, ".", minor, ".", patch);
}

std::optional<KanikoVersion> KanikoVersionOf(absl::string_view image) {
  absl::string_view tag = TagOf(image);
  if (!tag.empty() && tag[0] == 'v') tag.remove_prefix(1);
  tag = tag.substr(0, tag.find('-'));
  const std::vector<absl::string_view> parts = absl::StrSplit(tag, '.');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  int numbers[3] = {};
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() || parts[i].size() > 6 ||
        !absl::ascii_isdigit(parts[i][0]) ||
        !absl::SimpleAtoi(parts[i], &numbers[i])) {
      return std::nullopt;
    }
  }
  const KanikoVersion version = {numbers[0], numbers[1], numbers[2]};
  if (!Exists(version)) return std::nullopt;
  return version;
}

absl::Span<const KanikoFlag> KanikoFlags() { return kFlags; }

const KanikoFlag* FindKanikoFlag(absl::string_view name) {
  static const auto& flags = *[] {
    auto* by_name = new HashMap<absl::string_view, const KanikoFlag*>();
    for (const KanikoFlag& flag : kFlags) by_name->emplace(flag.name, &flag);
    return by_name;
  }();
  const auto found = flags.find(name);
  return found == flags.end() ? nullptr : found->second;
}

const KanikoFlag* FindKanikoShortFlag(char letter) {
  for (const KanikoFlag& flag : kFlags) {
    if (flag.short_name[0] == letter && letter != '\0') return &flag;
  }
  return nullptr;
}

Presence HasFlag(const KanikoFlag& flag,
                 const std::optional<KanikoVersion>& version) {
  if (!version.has_value()) {
    const bool always = flag.since <= kOldest && !flag.removed_in;
    return always ? Presence::kYes : Presence::kMaybe;
  }
  if (flag.removed_in && *version >= flag.removed_in) return Presence::kNo;
  if (*version >= flag.since) return Presence::kYes;
  if (flag.not_in && *version > flag.not_in) return Presence::kMaybe;
  return Presence::kNo;
}

bool CanPassKanikoFlag(absl::string_view name,
                       const std::optional<KanikoVersion>& version) {
  const KanikoFlag* flag = FindKanikoFlag(name);
  if (flag == nullptr) std::abort();  // a misspelt name in our own code
  return HasFlag(*flag, version) == Presence::kYes;
}

bool LacksValue(const KanikoValue& value,
                const std::optional<KanikoVersion>& version) {
  return version.has_value() && value.since && *version < value.since;
}

}  // namespace ovenbird::kube
