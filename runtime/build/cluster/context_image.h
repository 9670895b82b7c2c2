// The build context as an image in a registry: the layers of the executor, the
// context in a folder that kaniko leaves alone, and a layer for each change
// since. The pod runs that image; nothing is sent into it, and a second build
// pushes only what has changed.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_IMAGE_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_IMAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/platform.h"
#include "runtime/build/cluster/context_layers.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/parts.h"
#include "runtime/context/tar.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

// A context and where its image goes. All references outlive the call.
struct ContextImageRequest {
  const context::Listing& listing;
  const std::vector<context::MemoryFile>& files;
  // From ComputeFingerprint of the two.
  const context::FileRecords& records;
  std::string executor;  // "gcr.io/kaniko-project/executor:v1.24.0"
  // Of the nodes; empty: unknown. If several are left that the executor has,
  // the image is an index with an image for each.
  std::vector<Platform> platforms;
  std::string repository;  // "r.io/team/contexts"
  std::string tag;         // moves to the new image
  // Of the image, in addition to its content.
  std::vector<std::pair<std::string, std::string>> annotations{};
  // The record of this context image (see context_image_record.h).
  std::string record_path;
  const registry::DockerConfig& logins;
  // The domain of the registry that may be reached without TLS; empty: none.
  std::string insecure_registry;
  Cancellation* cancel = nullptr;
  // Reports the layers of a whole context; may be empty.
  LayerProgress on_layer{};
  // Bytes of files in a layer of a whole context; see context/parts.h.
  uint64_t part_size = context::kPartSize;
  // From FindClaimedLayers.
  ClaimedLayers claimed{};
};

// A context image that a registry has.
struct ContextImage {
  std::string image;      // "r.io/team/contexts@sha256:..."
  uint64_t pushed = 0;    // bytes of layers of the context
  bool is_whole = false;  // all files were pushed, not only a difference
  size_t changed = 0;  // files, folders and links that were pushed or removed
  size_t total = 0;    // in the context
};

// Returns the layers that the image under the tag is said to have, if this
// machine has no record of it: another machine may have pushed the same files.
// None if the registry does not answer.
ClaimedLayers FindClaimedLayers(const ContextImageRequest& request);

// Returns the bytes of the files in layers that the repository is neither known
// nor said to have; 0 if a layer with what has changed is enough.
uint64_t UnknownContent(const ContextImageRequest& request);

// Pushes what the registry lacks of the context, moves the tag and writes the
// record. A push that is stopped leaves layers that the next one finds. If the
// registry has lost layers, pushes all files. Errors: as of
// registry::Client; kUnimplemented: a file cannot be in a layer, or the
// executor's image does not fit the platform; kAborted: a file changed while it
// was read.
absl::StatusOr<ContextImage> PushContextImage(
    const ContextImageRequest& request);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_IMAGE_H_
