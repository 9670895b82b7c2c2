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

// How a plugin is run.
struct ExecPluginOptions {
  // Gets the plugin's error output, for example the address for a login. Not
  // set: it is part of the error if the plugin fails.
  std::function<void(absl::string_view)> on_message;
  // Long enough for a login with a browser.
  absl::Duration timeout = absl::Minutes(3);
};

// Returns credentials from the plugin. It runs at the first Get, in one thread
// only, and again after its credential has expired or was rejected.
// `cluster_info` is ExecCredential's spec.cluster, passed to the plugin if its
// config asks for it. Get fails with kFailedPrecondition for a plugin that is
// missing or unsuitable, kUnauthenticated if it fails, kDeadlineExceeded.
std::shared_ptr<Credentials> ExecPluginCredentials(ConfigExec exec,
                                                   json::Value cluster_info,
                                                   ExecPluginOptions options);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_EXEC_PLUGIN_H_
