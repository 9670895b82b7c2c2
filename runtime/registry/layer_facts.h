// What a layer of an image says about its files, without their content.
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

// The files of one layer.
struct LayerFacts {
  // In the layer's order; whiteouts are files with names like any other.
  std::vector<std::pair<std::string, ImageFile>> entries;
  // Contents of etc/passwd and etc/group, if the layer has them.
  std::string passwd;
  std::string groups;
};

// Reads a layer (plain, gzip or zstd). kDataLoss: it is damaged;
// kResourceExhausted: it has more than a million entries or more than 4 GiB
// unpacked. Returns errors of `source` as they are.
absl::StatusOr<LayerFacts> ReadLayer(const ByteSource& source);

// Puts a layer over the layers below it, which `files` has, as a container
// runtime would.
void AddLayer(const LayerFacts& layer, ImageFiles& files);

// Returns the layer in the format of the cache.
std::string Encode(const LayerFacts& layer);
// Reads what Encode wrote. kDataLoss: the bytes are damaged, or of another
// version of the format.
absl::StatusOr<LayerFacts> Decode(absl::string_view bytes);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_LAYER_FACTS_H_
