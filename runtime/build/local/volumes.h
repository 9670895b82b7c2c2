// The mounts of a container as folders of this machine.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_VOLUMES_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_VOLUMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/build/local/container_spec.h"

namespace ovenbird::build {

// A mount of a container, with its folder on this machine.
struct Volume {
  std::string path;       // in the container
  std::string host_path;  // on this machine
  bool read_only = false;
  bool own = false;  // made for this container, and holds the spec's files
  // A tmpfs; `size` in bytes, 0: no limit.
  bool in_memory = false;
  int64_t size = 0;
};

// Returns a volume for each mount of the spec, in its order; creates and fills
// the container's own folders in `folder`, those of secrets in
// `secrets_folder`; both exist. Parts of the context are below the context's
// folder, before it is filled.
absl::StatusOr<std::vector<Volume>> MakeVolumes(
    const ContainerSpec& spec, const std::string& folder,
    const std::string& secrets_folder);

// Returns where a path of the container is on this machine. kInvalidArgument if
// it is below none of the volumes.
absl::StatusOr<std::string> HostPath(const std::vector<Volume>& volumes,
                                     const std::string& path);

// Creates the folder `view` (relative) in the context with everything that is
// in the context, as hard links, but these names at its top.
absl::Status MakeView(const std::string& context, const std::string& view,
                      const std::vector<std::string>& without);

// Writes a file of a volume and creates the folders above it. Its mode is
// `mode`, regardless of the umask.
absl::Status WriteVolumeFile(const std::string& path, absl::string_view content,
                             int mode);

// Copies `from` to `to`, which the user has named, by the rules of FileWriter:
// a regular file is replaced as a whole.
absl::Status KeepFile(const std::string& from, const std::string& to);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_VOLUMES_H_
