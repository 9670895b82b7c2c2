// Credentials from a program that the kubeconfig names (aws, gke-gcloud-auth-
// plugin, kubelogin ...): client.authentication.k8s.io v1, v1beta1, v1alpha1.
// Source:
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
#ifndef OVENBIRD_RUNTIME_KUBE_EXEC_PLUGIN_H_
#define OVENBIRD_RUNTIME_KUBE_EXEC_PLUGIN_H_

#include <functional>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/kube/credentials.h"
#include "runtime/kube/kubeconfig.h"

namespace ovenbird::kube {

struct ExecPluginOptions {
  // Gets what the plugin says on its error output, for example the address
  // where to log in. Not set: it is part of the error when the plugin fails.
  std::function<void(absl::string_view)> on_message;
  // People log in with a browser in this time.
  absl::Duration timeout = absl::Minutes(3);
};

// `cluster_info` is ExecCredential's spec.cluster, given to the plugin when
// its config asks for it. Its output is kept until it expires.
std::shared_ptr<Credentials> ExecPluginCredentials(ConfigExec exec,
                                                   json::Value cluster_info,
                                                   ExecPluginOptions options);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXEC_PLUGIN_H_
