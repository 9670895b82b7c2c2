// The configuration of a container as runc and its kind read it
// (github.com/opencontainers/runtime-spec, config.json).
#ifndef OVENBIRD_RUNTIME_BUILD_LOCAL_OCI_CONFIG_H_
#define OVENBIRD_RUNTIME_BUILD_LOCAL_OCI_CONFIG_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/json.h"
#include "runtime/build/local/container_spec.h"
#include "runtime/registry/image.h"

namespace ovenbird::build {

// A bind mount, or a tmpfs.
struct OciMount {
  std::string path;       // in the container
  std::string host_path;  // on this machine
  bool read_only = false;
  // A tmpfs; `size` in bytes, 0: no limit.
  bool in_memory = false;
  int64_t size = 0;
};

// The parts of a configuration.
struct OciInput {
  const ContainerSpec* spec = nullptr;  // its mounts are not read
  const registry::ImageConfig* image = nullptr;
  std::vector<OciMount> mounts;
  std::string cgroup;     // "/ovenbird-x"; empty: the runtime's choice
  bool rootless = false;  // in a user namespace
  // The runtime can filter system calls.
  bool seccomp = false;
};

// Returns the content of config.json. The root file system is "rootfs" next to
// that file. The same input gives the same value.
json::Value OciConfig(const OciInput& input);

// Returns the command line of the container, as Kubernetes combines `command`
// and `args` with the image's entrypoint and cmd.
std::vector<std::string> CommandLine(const ContainerSpec& spec,
                                     const registry::ImageConfig& image);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_LOCAL_OCI_CONFIG_H_
