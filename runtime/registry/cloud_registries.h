// Registries of the clouds.
#ifndef OVENBIRD_RUNTIME_REGISTRY_CLOUD_REGISTRIES_H_
#define OVENBIRD_RUNTIME_REGISTRY_CLOUD_REGISTRIES_H_

#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// Returns whether kaniko can log in to the registry without Docker's
// config.json (registries of clouds), so that missing credentials mean nothing.
bool HasLoginOfItsOwn(absl::string_view domain);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_CLOUD_REGISTRIES_H_
