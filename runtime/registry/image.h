// Images on the disk: a folder with rootfs/ (the root file system) and
// image.json (the "config" section of the image's configuration).
#ifndef OVENBIRD_RUNTIME_REGISTRY_IMAGE_H_
#define OVENBIRD_RUNTIME_REGISTRY_IMAGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/registry/client.h"

namespace ovenbird::registry {

// How to start a container of the image.
struct ImageConfig {
  std::vector<std::string> env;  // "NAME=VALUE"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
};

// Reads `folder`/image.json.
absl::StatusOr<ImageConfig> ReadImageConfig(const std::string& folder);

// "amd64", "arm64", ...: this machine as registries call it.
std::string HostArchitecture();

// The manifest of one image of the tag or digest: where it stands for images of
// several platforms, that of Linux on `architecture`. kNotFound lists what
// there is.
absl::StatusOr<Manifest> FindImage(Client& client, const std::string& path,
                                   const std::string& tag_or_digest,
                                   const std::string& architecture);

// Downloads the image of `manifest` into `folder`, which exists and is empty.
// Each layer is checked against its digest before it is unpacked. `on_layer` is
// told the number of each layer (from 1) and of all.
absl::Status PullImage(Client& client, const std::string& path,
                       const Manifest& manifest, const std::string& folder,
                       const std::function<void(int, int)>& on_layer);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_IMAGE_H_
