#include "runtime/dockerfile/executor.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/kube/executor_env.h"

namespace ovenbird::dockerfile {
namespace {

using kube::KanikoVersion;

struct Entry {
  Capability capability;
  Flavour flavour;
  KanikoVersion since;   // none: the oldest
  KanikoVersion before;  // none: no end
  Verdict verdict;
};

#include "runtime/dockerfile/executor_table.inc"

// Google's last version: its moving tags stay there.
constexpr KanikoVersion kLastOfGoogle = {1, 24, 0};

std::optional<Flavour> FlavourOf(absl::string_view image,
                                 const std::optional<KanikoVersion>& version) {
  if (absl::StrContains(image, "kaniko-project/executor")) {
    return Flavour::kGoogle;
  }
  if (absl::StrContains(image, "chainguard")) return Flavour::kChainguard;
  if (kube::IsOsscontainertools(image)) return Flavour::kOsscontainertools;
  // A copy under another name: the forks began after Google's last version.
  if (version.has_value() && *version <= kLastOfGoogle) return Flavour::kGoogle;
  return std::nullopt;
}

bool IsIn(const Entry& entry, const KanikoVersion& version) {
  return version >= entry.since && (!entry.before || version < entry.before);
}

}  // namespace

Executor::Executor(absl::string_view image) {
  // Nearly all images of a config have the same executor.
  thread_local std::string last_image;
  thread_local std::optional<Executor> last;
  if (last && last_image == image) {
    *this = *last;
    return;
  }
  version_ = kube::KanikoVersionOf(image);
  flavour_ = FlavourOf(image, version_);
  if (flavour_ == Flavour::kGoogle && !version_.has_value()) {
    version_ = kLastOfGoogle;
  }
  name_ = version_.has_value() ? absl::StrCat("kaniko ", version_->ToString())
                               : "this kaniko";
  for (const Entry& entry : kEntries) {
    const auto index = static_cast<size_t>(entry.capability);
    if (index >= verdicts_.size()) verdicts_.resize(index + 1, Verdict::kYes);
    if (!IsKnown()) {
      verdicts_[index] = Verdict::kUnknown;
    } else if (entry.flavour == *flavour_ && IsIn(entry, *version_)) {
      verdicts_[index] = entry.verdict;
    }
  }
  last_image = std::string(image);
  last = *this;
}

Verdict Executor::Of(Capability capability) const {
  const auto index = static_cast<size_t>(capability);
  return index < verdicts_.size() ? verdicts_[index] : Verdict::kYes;
}

}  // namespace ovenbird::dockerfile
