// Images on disk: a folder with rootfs/ (the root file system) and image.json
// (the `config` object of the image's configuration).
#ifndef OVENBIRD_RUNTIME_REGISTRY_IMAGE_H_
#define OVENBIRD_RUNTIME_REGISTRY_IMAGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/registry/client.h"

namespace ovenbird::registry {

// How to start a container of the image.
struct ImageConfig {
  std::vector<std::string> env;  // "NAME=VALUE"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
};

// Reads `folder`/image.json. kDataLoss: it is not valid JSON; else the error of
// the file.
absl::StatusOr<ImageConfig> ReadImageConfig(const std::string& folder);

// Returns this machine's architecture as registries name it: "amd64", "arm64",
// ...
std::string HostArchitecture();

// Returns the platform of this machine, without a variant.
Platform HostPlatform();

// Returns the manifest of the image that the tag or digest names; for an
// index, the manifest for the platform, or for the nearest lower variant. A
// platform without a variant matches any. kNotFound lists the platforms of the
// index.
absl::StatusOr<Manifest> FindImage(Client& client, const std::string& path,
                                   const std::string& tag_or_digest,
                                   const Platform& platform);

// Returns the configuration of an image, the blob `digest`. kOutOfRange: longer
// than a manifest may be; kInvalidArgument: not JSON; else as ReadBlob().
absl::StatusOr<json::Value> FetchConfig(Client& client, const std::string& path,
                                        const std::string& digest);

// Downloads the image of `manifest` into `folder`, which exists and is empty.
// Each layer is checked against its digest before it is unpacked. Calls
// `on_layer` before each layer with its number (from 1) and the number of
// layers. kUnimplemented: not an image manifest.
absl::Status PullImage(Client& client, const std::string& path,
                       const Manifest& manifest, const std::string& folder,
                       const std::function<void(int, int)>& on_layer);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_IMAGE_H_
