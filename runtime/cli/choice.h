// Who builds which image: decided once the config is read, before it is
// checked, so that every engine's checks are the right ones.
#ifndef OVENBIRD_RUNTIME_CLI_CHOICE_H_
#define OVENBIRD_RUNTIME_CLI_CHOICE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/build/docker/docker.h"
#include "runtime/cli/options.h"
#include "runtime/config/config.h"
#include "runtime/kube/access.h"
#include "runtime/plan/builder.h"

namespace ovenbird::cli {

struct Choice {
  // Of the images that are going to be built, by their key.
  std::map<std::string, plan::Builder> builders;
  // Which daemon builds an image, where that is not docker's own choice.
  std::map<std::string, build::DockerEnvironment> daemons;
  // Where kaniko runs: in this cluster, else in a container on this machine.
  std::optional<kube::ClusterAccess> cluster;
  // What the user should know of it, a line each.
  std::vector<std::string> notes;

  // "kubernetes", "local", "docker", "custom"; empty: the image is not built.
  absl::string_view EngineOf(const std::string& key) const;
};

// For `build`. With --engine, kaniko builds also what the config would give to
// Docker; a command is run in any case. Looks for Docker's daemon and for the
// cluster when they are needed, but does not talk to the cluster.
absl::StatusOr<Choice> Choose(const Options& options,
                              const config::Config& config);

// For `render`, which looks at nothing but the config: what needs no Docker.
Choice ChooseWithoutLooking(const Options& options,
                            const config::Config& config);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CHOICE_H_
