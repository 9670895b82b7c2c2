// Finds and deletes the context images of a user in a registry.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_CLEANUP_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_CLEANUP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/build/cluster/context_tag.h"
#include "runtime/registry/client.h"

namespace ovenbird::build {

// A context image in a registry.
struct StoredContext {
  std::string tag;
  std::string digest;
  // The images of an index.
  std::vector<std::string> parts;
  // "image `app`, folder `shop`"; by the image's annotations, which anyone who
  // can push can set.
  std::string description;
};

// Returns the context images of the owner in the repository `path`, in the
// order of the registry. Errors: as of registry::Client.
absl::StatusOr<std::vector<StoredContext>> FindContexts(
    registry::Client& client, const std::string& path,
    const ContextOwner& owner);

// Deletes the image with all its tags; builds that are about to use it send
// their context in another way. OK if it does not exist. kUnimplemented: the
// registry does not delete. The layers stay until the registry collects its
// garbage.
absl::Status DeleteContext(registry::Client& client, const std::string& path,
                           const StoredContext& context);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_CLEANUP_H_
