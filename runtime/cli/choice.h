// Selects the builder of each image, after the config is read and before it is
// checked, so that each engine's checks apply.
#ifndef OVENBIRD_RUNTIME_CLI_CHOICE_H_
#define OVENBIRD_RUNTIME_CLI_CHOICE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/hash_map.h"
#include "runtime/build/docker/docker.h"
#include "runtime/cli/options.h"
#include "runtime/config/config.h"
#include "runtime/kube/access.h"
#include "runtime/plan/builder.h"

namespace ovenbird::cli {

// The builders and engines of a run.
struct Choice {
  // The builders of the images that are going to be built, by their key.
  HashMap<std::string, plan::Builder> builders;
  // The daemon for an image, by key, where it is not docker's own choice.
  std::map<std::string, build::DockerEnvironment> daemons;
  // Where kaniko runs: in this cluster, else in a container on this machine.
  std::optional<kube::ClusterAccess> cluster;
  // Notes for the user about the choice, one line each.
  std::vector<std::string> notes;

  // Returns the engine of an image: "kubernetes", "local", "docker" or
  // "custom"; empty if the image is not built.
  absl::string_view EngineOf(const std::string& key) const;
};

// Chooses for `build`. With --engine, kaniko also builds the images that the
// config would give to Docker; commands (`build.custom`) run in any case. Looks
// for Docker's daemon and for the kubeconfig when they are needed, but does not
// connect to the cluster. Returns an error if an image has no usable engine.
absl::StatusOr<Choice> Choose(const Options& options,
                              const config::Config& config);

// Chooses the engines for `render` from the config alone: kaniko in a cluster
// builds every image that has no `build.custom`.
Choice ChooseWithoutLooking(const Options& options,
                            const config::Config& config);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CHOICE_H_
