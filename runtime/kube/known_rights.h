// Tells a refusal that may pass from a real one.
#ifndef OVENBIRD_RUNTIME_KUBE_KNOWN_RIGHTS_H_
#define OVENBIRD_RUNTIME_KUBE_KNOWN_RIGHTS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"

namespace ovenbird::kube {

// Which rights a server has granted and refused so far. A server that has just
// started may refuse everything until it has read its rules (RBAC). A refusal
// is worth another attempt only if the right was granted before, or if nothing
// is known of it and the server was away a moment ago: whoever lacks a right is
// told immediately, and a right that was withdrawn in the middle of a run costs
// kRefusalPatience. Thread-safe.
class KnownRights {
 public:
  // Notes that the server has carried out a request, or has refused it for
  // another reason than a missing right. `right` as in RightOf.
  void NoteGranted(const std::string& right);
  // Notes that the server is away, or has cut a connection.
  void NoteOutage();
  // Notes a refusal, and returns whether it may pass.
  bool MayBeGrantedSoon(const std::string& right);

 private:
  Mutex mutex_;
  std::map<std::string, bool> granted_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Time> outage_ ABSL_GUARDED_BY(mutex_);
};

// Returns what a request needs a right for: the same string for all objects of
// a kind in a namespace. `path` may have a query.
std::string RightOf(absl::string_view method, absl::string_view path);

// Returns whether an API server's 403 with this message says that a right is
// missing. Quotas, Pod Security and webhooks refuse with the same code.
bool SaysRightIsMissing(absl::string_view message);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_KNOWN_RIGHTS_H_
