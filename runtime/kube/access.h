// From a kubeconfig, or from inside a pod, to everything that a connection to
// an API server needs.
#ifndef OVENBIRD_RUNTIME_KUBE_ACCESS_H_
#define OVENBIRD_RUNTIME_KUBE_ACCESS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/credentials.h"
#include "runtime/kube/exec_plugin.h"
#include "runtime/kube/kubeconfig.h"
#include "runtime/net/message.h"
#include "runtime/net/options.h"
#include "runtime/net/url.h"

namespace ovenbird::kube {

// Where to look for a cluster.
struct AccessOptions {
  std::string kubeconfig;  // --kubeconfig; empty: $KUBECONFIG, ~/.kube/config
  std::string context;     // --kube-context; empty: current-context
  ExecPluginOptions exec_plugin;
  // Returns an environment variable; not set: this process's environment.
  std::function<std::string(absl::string_view)> getenv;
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

// Everything that a connection to one API server needs.
struct ClusterAccess {
  net::Url server;
  std::string path_prefix;  // of every request: "" or "/k8s/clusters/c-1"
  // Without the client certificate, which belongs to the credentials.
  net::ClientOptions options;
  std::shared_ptr<Credentials> credentials;
  net::Headers headers;  // for impersonation
  std::string name_space = "default";
  std::string context;  // empty inside a pod
  // For messages: "context `dev` of /etc/kube/config".
  std::string description;
};

// Finds the cluster as kubectl does: the named or current context, else the
// service account of this pod. Errors:
// - kNotFound: no cluster is configured at all
// - kInvalidArgument: a file is wrong ("FILE:LINE: ..."), no context is chosen,
//   the chosen one does not exist (with the names of those that do), or it
//   would send credentials over plain HTTP to another machine
// - kFailedPrecondition: an authentication that no longer works, with its
//   replacement
// A missing file that the kubeconfig names is an error of its own code, which
// names both.
absl::StatusOr<ClusterAccess> FindCluster(const AccessOptions& options);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_ACCESS_H_
