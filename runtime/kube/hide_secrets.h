// Objects of a build without what is secret in them.
#ifndef OVENBIRD_RUNTIME_KUBE_HIDE_SECRETS_H_
#define OVENBIRD_RUNTIME_KUBE_HIDE_SECRETS_H_

#include "runtime/kube/build_spec.h"

namespace ovenbird::kube {

// Replaces the credentials and the values of build secrets, so that the objects
// have the same form as before: the names of the registries stay.
void HideSecrets(BuildSpec& spec);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_HIDE_SECRETS_H_
