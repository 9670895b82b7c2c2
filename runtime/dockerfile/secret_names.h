// Names of variables that are for secrets.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SECRET_NAMES_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SECRET_NAMES_H_

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// Returns whether the variable's value is likely a secret, by BuildKit's rule
// SecretsUsedInArgOrEnv: a word of the name is, such as `token`, and no other
// word says that the value is not, such as `file`.
bool LooksSecret(absl::string_view name);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SECRET_NAMES_H_
