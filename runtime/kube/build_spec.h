// What the objects of one build are made from.
#ifndef OVENBIRD_RUNTIME_KUBE_BUILD_SPEC_H_
#define OVENBIRD_RUNTIME_KUBE_BUILD_SPEC_H_

#include <string>
#include <utility>
#include <vector>

#include "runtime/config/config.h"

namespace ovenbird::kube {

// All that the objects of one build depend on.
struct BuildSpec {
  std::string key;  // of the image in the config
  std::string
      build_id;  // [a-z0-9], at most 20: makes the objects' names unique
  // Of the content and the options; empty: not known.
  std::string fingerprint;
  std::string image;  // as written in the config, without tag
  std::vector<std::string> tags;
  std::string cache_repo;  // full name of the image, docker.io included
  const config::Kaniko* kaniko = nullptr;  // must outlive the call
  // Name of the executor that runs, where it is not `kaniko->image`.
  std::string executor;
  std::string dockerfile = "Dockerfile";  // its name in /context
  std::vector<std::pair<std::string, std::string>> build_args;
  std::string target;
  // config.json with the credentials of this build; empty: no Secret is made.
  std::string docker_config;
  // Which key of the user's `pullSecret` holds config.json.
  std::string pull_secret_key = ".dockerconfigjson";
  // A RUN creates devices: the container needs the right to.
  bool makes_devices = false;
  // Push neither the image nor layers for the cache.
  bool skip_push = false;
  // Keep the image as this file in the container instead of pushing it.
  std::string tar_path;
};

// Returns the names of the image, one with each tag: "ghcr.io/team/app:1.2".
std::vector<std::string> TaggedNames(const BuildSpec& spec);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_BUILD_SPEC_H_
