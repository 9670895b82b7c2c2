// The input for the objects of one build.
#ifndef OVENBIRD_RUNTIME_KUBE_BUILD_SPEC_H_
#define OVENBIRD_RUNTIME_KUBE_BUILD_SPEC_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/platform.h"
#include "runtime/config/config.h"
#include "runtime/kube/run_mount.h"

namespace ovenbird::kube {

// A build secret that the Dockerfile asks for. Its value comes from one place:
// `env` or `file` of this machine, or a key of a Secret in the cluster.
struct BuildSecret {
  std::string id;
  std::string env;
  std::string file;
  std::string secret_name;
  std::string secret_key;
  // Of `env` or `file`; empty also where it has not been read.
  std::string value;
};

// Everything that the objects of one build depend on.
struct BuildSpec {
  std::string key;  // of the image in the config
  // Makes the objects' names unique: [a-z0-9], at most 20 bytes.
  std::string build_id;
  // Of the content and the options; empty: unknown.
  std::string fingerprint;
  std::string image;  // as written in the config, without tag
  std::vector<std::string> tags;
  std::string cache_repo;  // full name of the image, docker.io included
  const config::Kaniko* kaniko = nullptr;  // must outlive the call
  // The image of the executor that runs; empty: `kaniko->image`.
  std::string executor;
  std::string dockerfile = "Dockerfile";  // its name in the context
  // The executor's image with the context in it (kContextInImage); empty: the
  // context is sent into the pod.
  std::string context_image;
  // The pod mounts `context_image` as a volume (kContextVolumePath) and runs
  // the executor as it is; false: the pod runs `context_image`.
  bool mounts_context = false;
  // The node pulls it with the credentials of this build.
  bool pulls_context_with_login = false;
  std::vector<std::pair<std::string, std::string>> build_args;
  std::string target;
  // The platform to build for; nullopt: that of the node.
  std::optional<Platform> platform;
  // The build executes programs of the platform: the pod needs a node of that
  // architecture.
  bool needs_own_node = true;
  // config.json with the credentials of this build; empty: no Secret is
  // created.
  std::string docker_config;
  // The key of the user's `pullSecret` that contains config.json.
  std::string pull_secret_key = ".dockerconfigjson";
  // A RUN creates devices: the container needs the capability for that.
  bool makes_devices = false;
  // Each has another target.
  std::vector<RunMount> run_mounts;
  // Those that `run_mounts` name, each once.
  std::vector<BuildSecret> secrets;
  // Push neither the image nor layers for the cache.
  bool skip_push = false;
  // Keep the image as this file in the container instead of pushing it.
  std::string tar_path;
};

// Returns the folder of the context in the container of the executor.
std::string ContextPath(const BuildSpec& spec);

// Returns the names of the image, one with each tag: "ghcr.io/team/app:1.2".
std::vector<std::string> TaggedNames(const BuildSpec& spec);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_BUILD_SPEC_H_
