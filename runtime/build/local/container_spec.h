// A container on this machine that does what the kaniko container of a build
// pod does, and what came of it.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_CONTAINER_SPEC_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_CONTAINER_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/registry/unpack.h"

namespace ovenbird::build {

using registry::ByteSource;

// A file of a mount.
struct ContainerFile {
  std::string path;  // below the mount's path, no leading slash
  std::string content;
  int mode = 0644;
};

// A folder that belongs to one container (as emptyDir, Secret and ConfigMap
// volumes do), a folder or file of this machine, or one of the context.
struct ContainerMount {
  std::string path;  // in the container, absolute
  std::vector<ContainerFile> files;
  // Not empty: this is mounted at `path`, and `files` is empty.
  std::string host_path;
  bool read_only = false;
  // This file or folder of the context is mounted; "": all of it.
  std::optional<std::string> context_source{};
  // `context_source` is a folder of its own with all of the context but these
  // names at its top.
  std::vector<std::string> without{};
  // The folder of the mount at this path, which comes before this one. May be
  // empty.
  std::string same_as{};
  // In memory; `size` in bytes, 0: no limit.
  bool in_memory = false;
  int64_t size = 0;
  // Of the folder, which is created, or of `only_file`; nullopt: nothing is
  // set.
  std::optional<uint32_t> mode{};
  uint32_t user = 0;
  uint32_t group = 0;
  // The only one of `files`, which is mounted itself; empty: the folder is.
  // It holds a secret: it is on no disk, where that is possible.
  std::string only_file{};
};

// A container to run, with the fields of a pod's spec that apply here.
struct ContainerSpec {
  std::string image;  // "ghcr.io/osscontainertools/kaniko:v1.28.3"
  std::vector<std::string> command;  // instead of the image's entrypoint
  std::vector<std::string> args;
  // In addition to the image's.
  std::vector<std::pair<std::string, std::string>> env;
  // Labels of a container on a daemon: its owner.
  std::vector<std::pair<std::string, std::string>> labels;
  std::string working_dir;  // empty: the image's
  // All its capabilities, without "CAP_": {"CHOWN", "SETUID"}. It runs as root
  // of a writable file system with this machine's network.
  std::vector<std::string> capabilities;
  std::vector<ContainerMount> mounts;
  // Where to unpack the context: the path of one of `mounts`. May be empty.
  std::string context_path;
  // A file that the container writes and whose content is its termination
  // message ("/dev/termination-log"); the engine creates it. May be empty.
  std::string termination_path;
};

// A file that the container creates and that is kept: `container_path` is below
// one of the mounts. It is copied to `host_path` when the container has exited
// with 0.
struct ContainerOutput {
  std::string container_path;
  std::string host_path;
};

// The result of a container.
struct ContainerResult {
  int exit_code = 0;  // 137 and 143: killed, as in a pod
  std::string termination_message;
  // The runtime with its version: "docker 28.2.2", "runc 1.1.5".
  std::string runtime;
  // The executor that was used: the spec's image, or its replacement.
  std::string image;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_CONTAINER_SPEC_H_
