// What a layer of an image says of its files, without their content.
#ifndef OVENBIRD_RUNTIME_REGISTRY_LAYER_FACTS_H_
#define OVENBIRD_RUNTIME_REGISTRY_LAYER_FACTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/registry/image_files.h"
#include "runtime/registry/unpack.h"

namespace ovenbird::registry {

struct LayerFacts {
  // In the layer's order; whiteouts are files with names like any other.
  std::vector<std::pair<std::string, ImageFile>> entries;
  // Text of etc/passwd and etc/group, where the layer has them.
  std::string passwd;
  std::string groups;
};

// Reads a layer (plain, gzip or zstd). kDataLoss: it is damaged;
// kResourceExhausted: it is longer than any image's layer that is worth it.
absl::StatusOr<LayerFacts> ReadLayer(const ByteSource& source);

// Puts a layer over those below it, as a container runtime would.
void AddLayer(const LayerFacts& layer, ImageFiles& files);

// For the cache. Decode returns kDataLoss for anything that Encode did not
// write.
std::string Encode(const LayerFacts& layer);
absl::StatusOr<LayerFacts> Decode(absl::string_view bytes);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_LAYER_FACTS_H_
