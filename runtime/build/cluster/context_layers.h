// The layers of a context image that hold the context: packed, uploaded, and
// remembered, so that none is sent twice.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_LAYERS_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_LAYERS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/registry/client.h"

namespace ovenbird::build {

// A layer that a repository has.
struct ContextLayer {
  registry::Blob blob;
  std::string diff_id;  // "sha256:...", of the archive before compression
};

// Packs the files and uploads them to the repository `path`. An upload that is
// cut and cannot go on starts again, up to three times. Errors: as of
// registry::Client; kAborted: a file changed while it was read.
absl::StatusOr<ContextLayer> PushLayer(
    registry::Client& client, const std::string& path,
    const context::Listing& listing,
    const std::vector<context::MemoryFile>& files);

// Layers that a repository is said to have: the digests of their blobs, by the
// keys of their parts. Whoever can push to the repository can say so.
using ClaimedLayers = std::map<std::string, std::string>;

// All layers of a context. References outlive the calls.
struct WholeContext {
  const context::Listing& listing;
  const std::vector<context::MemoryFile>& files;
  const context::FileRecords& records;  // from UnpackedRecords
  std::string repository;               // "r.io/team/contexts"
  // Remembers the layers that the repository has.
  std::string record_path;
  uint64_t part_size;  // of the layers; grows with the context
  const ClaimedLayers& claimed;
};

// Returns the bytes of the files in layers that the repository is neither known
// nor said to have.
uint64_t UnknownContent(const WholeContext& context);

// The layers of a context, the lowest first.
struct WholeContextLayers {
  std::vector<ContextLayer> layers;
  std::vector<std::string> keys;  // of the parts, in the same order
  uint64_t pushed = 0;            // bytes of layers
};

// Called after each layer that was pushed or was there, with the number of such
// layers and of all.
using LayerProgress =
    std::function<void(size_t done, size_t all, bool was_pushed)>;

// Pushes the layers that the repository lacks, and remembers each immediately:
// when the push is stopped, the next one goes on from there. A layer that the
// repository is only said to have is packed, and left out if it has the digest
// that is claimed. Errors: as of PushLayer. `progress` may be empty.
absl::StatusOr<WholeContextLayers> PushWholeContext(
    const WholeContext& context, registry::Client& client,
    const std::string& path, const LayerProgress& progress);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_CONTEXT_LAYERS_H_
