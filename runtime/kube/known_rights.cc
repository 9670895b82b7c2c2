#include "runtime/kube/known_rights.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/steady_time.h"
#include "runtime/kube/patience.h"

namespace ovenbird::kube {

void KnownRights::NoteGranted(const std::string& right) {
  MutexLock lock(&mutex_);
  granted_[right] = true;
}

void KnownRights::NoteOutage() {
  MutexLock lock(&mutex_);
  outage_ = SteadyNow();
}

bool KnownRights::MayBeGrantedSoon(const std::string& right) {
  MutexLock lock(&mutex_);
  const auto known = granted_.find(right);
  if (known != granted_.end() && known->second) return true;
  const bool has_just_started =
      outage_ && SteadyNow() - *outage_ < kRefusalPatience;
  // What is refused after an outage says nothing.
  if (known == granted_.end() && has_just_started) return true;
  granted_[right] = false;
  return false;
}

std::string RightOf(absl::string_view method, absl::string_view path) {
  std::vector<absl::string_view> parts =
      absl::StrSplit(path.substr(0, path.find('?')), '/');
  // .../namespaces/NS/PLURAL/NAME/SUBRESOURCE
  for (size_t i = 0; i + 3 < parts.size(); ++i) {
    if (parts[i] != "namespaces") continue;
    if (i + 3 < parts.size()) parts[i + 3] = "*";
    break;
  }
  return absl::StrCat(method, " ", absl::StrJoin(parts, "/"));
}

bool SaysRightIsMissing(absl::string_view message) {
  return absl::StrContains(message, " cannot ") &&
         absl::StrContains(message, " resource \"");
}

}  // namespace ovenbird::kube
