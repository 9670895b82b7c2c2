// Volumes of the build container in place of the executor's own RUN --mount.
#ifndef OVENBIRD_RUNTIME_KUBE_RUN_MOUNT_H_
#define OVENBIRD_RUNTIME_KUBE_RUN_MOUNT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ovenbird::kube {

// A volume at the target of RUN --mount. It is there during the whole build;
// executors leave it out of the image.
struct RunMount {
  // What the volume holds.
  enum Kind {
    kCache,    // files that RUN lines keep for later ones
    kMemory,   // files in memory
    kContext,  // a file or folder of the context, read-only
    kSecret,   // the value of a build secret: a file, read-only
  };
  Kind kind = kCache;
  // In the container: absolute and clean.
  std::string target;
  // kCache: RUN lines with this ID share the files. kSecret: the secret's.
  std::string id;
  // kContext: relative and clean; "" is the whole context.
  std::string source;
  // kContext, the whole of it: without `.dockerignore`, which is our own.
  bool hides_ignore_file = false;
  // kMemory: in bytes; 0: no limit.
  int64_t size = 0;
  // kCache: the PersistentVolumeClaim that keeps it; empty: none.
  std::string claim;
  // kCache: the folder of this machine that keeps it; empty: none.
  std::string host_path;
  // kCache: of the folder; kSecret: of the file.
  uint32_t mode = 0755;
  uint32_t user = 0;
  uint32_t group = 0;
};

// Returns the index of the first mount that has the same files as the one at
// `index`: a cache can have several targets.
size_t FirstWithFilesOf(const std::vector<RunMount>& mounts, size_t index);

// Returns the names at the top of the context that a mount of the whole context
// does not show; none if there is no such mount.
std::vector<std::string> HiddenNames(const std::vector<RunMount>& mounts);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_RUN_MOUNT_H_
