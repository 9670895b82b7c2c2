// From a kubeconfig, or from inside of a pod, to all that is needed to speak to
// an API server.
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

struct AccessOptions {
  std::string kubeconfig;  // --kubeconfig; empty: $KUBECONFIG, ~/.kube/config
  std::string context;     // --kube-context; empty: current-context
  ExecPluginOptions exec_plugin;
  // Not set: this process's environment.
  std::function<std::string(absl::string_view)> getenv;
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};

struct ClusterAccess {
  net::Url server;
  std::string path_prefix;  // of every request: "" or "/k8s/clusters/c-1"
  // Without the client certificate, which the credentials have.
  net::ClientOptions options;
  std::shared_ptr<Credentials> credentials;
  net::Headers headers;  // to act as somebody else
  std::string name_space = "default";
  std::string context;  // empty inside of a pod
  // "context `dev` of /etc/kube/config"
  std::string description;
};

// Errors:
//   kNotFound            no cluster is configured at all
//   kInvalidArgument     a file is wrong ("FILE:LINE: ..."), or there is no
//   such
//                        context (with the names of those that exist)
//   kFailedPrecondition  an authentication that does not work any more, with
//                        what to use instead
// A file or a plugin that is named but missing is an error of its own code
// and names both the kubeconfig and the file.
absl::StatusOr<ClusterAccess> FindCluster(const AccessOptions& options);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_ACCESS_H_
