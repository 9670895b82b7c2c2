// Indexes: one name for the images of several platforms.
#ifndef OVENBIRD_RUNTIME_REGISTRY_INDEX_H_
#define OVENBIRD_RUNTIME_REGISTRY_INDEX_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/registry/client.h"

namespace ovenbird::registry {

// The image of one platform, which a repository has already.
struct PlatformImage {
  Platform platform;
  std::string digest;  // of its manifest: "sha256:..."
};

// Returns an index of the images, in their order: an OCI index, or a manifest
// list of Docker if all manifests have Docker's media type. Reads each manifest
// and its configuration from the repository; of an index, those of the image
// for the platform. kNotFound: the repository lacks an image;
// kFailedPrecondition: an image is for a different architecture, or not an
// image.
absl::StatusOr<Manifest> MakeIndex(Client& client, const std::string& path,
                                   const std::vector<PlatformImage>& images);

// Puts the index under each of the tags, one after the other. The first error
// ends it; the tags before then name the index already.
absl::Status PushIndex(Client& client, const std::string& path,
                       const Manifest& index,
                       const std::vector<std::string>& tags);

// Returns the `platform` object of an index.
json::Value ToJson(const Platform& platform);

// Returns the images of an index that are for Linux, in their order. Empty if
// `manifest`, parsed, is not an index.
std::vector<PlatformImage> ImagesOf(const json::Value& manifest);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_INDEX_H_
