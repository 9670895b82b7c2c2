// The `auth-provider` of old kubeconfigs, which Kubernetes has removed.
#ifndef OVENBIRD_RUNTIME_KUBE_AUTH_PROVIDER_H_
#define OVENBIRD_RUNTIME_KUBE_AUTH_PROVIDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {

// Returns the token that the provider left in the kubeconfig, if it is valid
// for 10 more seconds; else kFailedPrecondition with the plugin that replaces
// the provider.
absl::StatusOr<std::string> AuthProviderToken(absl::string_view provider,
                                              const json::Value& config);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_AUTH_PROVIDER_H_
