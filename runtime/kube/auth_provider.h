// The `auth-provider` of old kubeconfigs, which Kubernetes itself has dropped.
#ifndef OVENBIRD_RUNTIME_KUBE_AUTH_PROVIDER_H_
#define OVENBIRD_RUNTIME_KUBE_AUTH_PROVIDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {

// The token that the provider has left in the kubeconfig, while it is good.
// Else kFailedPrecondition with the plugin that takes the provider's place.
absl::StatusOr<std::string> AuthProviderToken(absl::string_view provider,
                                              const json::Value& config);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_AUTH_PROVIDER_H_
