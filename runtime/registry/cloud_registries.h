// Registries of the clouds.
#ifndef OVENBIRD_RUNTIME_REGISTRY_CLOUD_REGISTRIES_H_
#define OVENBIRD_RUNTIME_REGISTRY_CLOUD_REGISTRIES_H_

#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// Registries that kaniko knows ways into besides Docker's config.json (the
// clouds' own), so that no credentials for them mean nothing.
bool HasLoginOfItsOwn(absl::string_view domain);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_CLOUD_REGISTRIES_H_
