// Registry mirrors: where kaniko looks for images of Docker Hub first.
#ifndef OVENBIRD_RUNTIME_PLAN_MIRRORS_H_
#define OVENBIRD_RUNTIME_PLAN_MIRRORS_H_

#include <string>
#include <vector>

#include "runtime/config/config.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {

// Returns the mirrors of `registryMirrors` and `args`, in the order in which
// kaniko asks them: "mirror.example.com", "registry.example.com:5000/hub".
std::vector<std::string> RegistryMirrors(const config::Kaniko& kaniko);

// Returns the names that kaniko tries for an image, in order: for an image of
// Docker Hub its name at each mirror; then the image's own name.
std::vector<registry::Reference> PlacesOf(
    const registry::Reference& image, const std::vector<std::string>& mirrors);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_MIRRORS_H_
