// A container on this machine that does what the kaniko container of a build
// pod does, and what came of it.
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_CONTAINER_SPEC_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_CONTAINER_SPEC_H_

#include <string>
#include <utility>
#include <vector>

#include "runtime/registry/unpack.h"

namespace ovenbird::build {

using registry::ByteSource;

struct ContainerFile {
  std::string path;  // below the mount's path, no leading slash
  std::string content;
  int mode = 0644;
};

// A folder of its own for one container (as emptyDir, Secret and ConfigMap
// volumes are), or a folder or file of this machine.
struct ContainerMount {
  std::string path;  // in the container, absolute
  std::vector<ContainerFile> files;
  // Not empty: this is shown at `path`, and `files` is empty.
  std::string host_path;
  bool read_only = false;
};

// As in a pod's spec, as far as it has a meaning here.
struct ContainerSpec {
  std::string image;  // "ghcr.io/osscontainertools/kaniko:v1.28.3"
  std::vector<std::string> command;  // instead of the image's entrypoint
  std::vector<std::string> args;
  // On top of the image's.
  std::vector<std::pair<std::string, std::string>> env;
  // Of a container that a daemon keeps: whose it is.
  std::vector<std::pair<std::string, std::string>> labels;
  std::string working_dir;  // empty: the image's
  // All that it may do, without "CAP_": {"CHOWN", "SETUID"}. It runs as root of
  // a writable file system with this machine's network.
  std::vector<std::string> capabilities;
  std::vector<ContainerMount> mounts;
  // Where the context is unpacked: the path of one of `mounts`. May be empty.
  std::string context_path;
  // A file that the container writes and whose content is wanted at its end
  // ("/dev/termination-log"); the engine makes it. May be empty.
  std::string termination_path;
};

// A file that the container made, to be kept: `container_path` is below one of
// the mounts. It is copied to `host_path` when the container ended with 0.
struct ContainerOutput {
  std::string container_path;
  std::string host_path;
};

struct ContainerResult {
  int exit_code = 0;  // 137 and 143: killed, as in a pod
  std::string termination_message;
  // What it ran on: "docker 28.2.2", "runc 1.1.5".
  std::string runtime;
  // The executor that was used: the spec's image, or what stood in for it.
  std::string image;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_CONTAINER_SPEC_H_
