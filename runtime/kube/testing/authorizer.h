// For tests of rights: the RBAC authorizer of an API server.
#ifndef OVENBIRD_RUNTIME_KUBE_TESTING_AUTHORIZER_H_
#define OVENBIRD_RUNTIME_KUBE_TESTING_AUTHORIZER_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/base/mutex.h"
#include "runtime/kube/rights.h"
#include "runtime/net/message.h"

namespace ovenbird::kube::testing {

// Allows the requests that the rights are for, in one namespace and, for
// cluster-wide rights, outside of it. Thread-safe.
class Authorizer {
 public:
  Authorizer(std::vector<Right> rights, std::string name_space);

  // Returns the server's refusal, or nullopt if the request is allowed. Like
  // Kubernetes 1.35, requires get and create for exec.
  std::optional<net::Response> Check(const net::Request& request);

  // Returns Describe() of the rights that requests have used.
  std::set<std::string> used();
  // Returns "list pods" and so on for the refused requests.
  std::set<std::string> refused();

 private:
  // What a request asks for; `names` is the object.
  struct Asked {
    Right right;
    std::string name_space;
  };
  static std::vector<Asked> AskedBy(const net::Request& request);
  const Right* Find(const Asked& asked) const;

  const std::vector<Right> rights_;
  const std::string name_space_;
  Mutex mutex_;
  std::set<std::string> used_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> refused_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::kube::testing

#endif  // OVENBIRD_RUNTIME_KUBE_TESTING_AUTHORIZER_H_
