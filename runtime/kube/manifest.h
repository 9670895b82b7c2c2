// Config -> Kubernetes objects of one build. Pure: no I/O, no clock, no
// randomness; the same input gives the same bytes. `render` prints what `build`
// creates.
//
// kaniko gets what DevSpace 4.11 gives it (arguments and their order, mounts,
// files); each difference stands in docs/compatibility.md.
#ifndef OVENBIRD_RUNTIME_KUBE_MANIFEST_H_
#define OVENBIRD_RUNTIME_KUBE_MANIFEST_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/config/config.h"
#include "runtime/kube/objects.h"

namespace ovenbird::kube {

// Names in the objects that other parts look for.
inline constexpr char kContextContainer[] = "context";
inline constexpr char kKanikoContainer[] = "kaniko";
inline constexpr char kManagedByLabel[] = "app.kubernetes.io/managed-by";
inline constexpr char kManagedByValue[] = "ovenbird";
inline constexpr char kBuildIdLabel[] = "ovenbird.dev/build-id";
inline constexpr char kImageKeyLabel[] = "ovenbird.dev/image";

// All that the objects of one build depend on.
struct BuildSpec {
  std::string key;  // of the image in the config
  std::string
      build_id;       // [a-z0-9], at most 20: makes the objects' names unique
  std::string image;  // as written in the config, without tag
  std::vector<std::string> tags;
  std::string cache_repo;  // full name of the image, docker.io included
  const config::Kaniko* kaniko = nullptr;  // must outlive the call
  std::string dockerfile = "Dockerfile";   // its name in /context
  std::vector<std::pair<std::string, std::string>> build_args;
  std::string target;
  // config.json with the credentials of this build; empty: no Secret is made.
  std::string docker_config;
  // Which key of the user's `pullSecret` holds config.json.
  std::string pull_secret_key = ".dockerconfigjson";
  // Keep the image as this file in the container instead of pushing it.
  std::string tar_path;
};

struct Manifest {
  std::string name_space;  // empty: the context's
  std::optional<Secret> secret;
  Pod pod;
};

Manifest MakeManifest(const BuildSpec& spec);

// The arguments of the executor, in DevSpace's order.
std::vector<std::string> ExecutorArgs(const BuildSpec& spec);

// `text` as part of an object's name: [a-z0-9-], at most `size` bytes.
std::string NamePart(absl::string_view text, size_t size);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_MANIFEST_H_
