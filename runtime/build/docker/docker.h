// `build.docker`: images built and pushed by a Docker daemon, through docker's
// command line, so that contexts, credentials and BuildKit are docker's own.
#ifndef OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_H_
#define OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/unpack.h"

namespace ovenbird::build {

// Variables that lead docker to a daemon (DOCKER_HOST and its like).
using DockerEnvironment = std::vector<std::pair<std::string, std::string>>;

// The daemon's version. kNotFound: docker is not installed; kUnavailable: no
// daemon answers, in docker's words.
absl::StatusOr<std::string> FindDockerDaemon(const DockerEnvironment& env,
                                             Cancellation* cancel);

// The daemon inside of minikube (`minikube docker-env`), for `preferMinikube`.
absl::StatusOr<DockerEnvironment> MinikubeDocker(Cancellation* cancel);

struct DockerBuild {
  std::vector<std::string>
      images;  // names with tags; the first is the main one
  std::string dockerfile = "Dockerfile";  // path in the context
  std::string target;
  std::string network;
  std::vector<std::pair<std::string, std::string>> build_args;
  std::vector<std::string> args;  // more of `docker build`
  bool use_build_kit = false;     // false: as docker is set up
  bool skip_push = false;

  DockerEnvironment env;
  // The context as a plain tar stream.
  std::function<absl::StatusOr<registry::ByteSource>()> open_context;
  std::function<void(absl::string_view)> on_step;
  std::function<void(absl::string_view)> on_log;
  Cancellation* cancel = nullptr;
};

struct DockerResult {
  // Not 0: `docker build` or `docker push` failed; the log says why.
  int exit_code = 0;
  // Which of the two: "docker build", "docker push r.io/app:v1".
  std::string command;
  std::string image_id;  // "sha256:..."
  // Of the pushed manifest; empty without a push.
  std::string digest;
};

// Errors: those of the context, kCancelled, docker that cannot be run.
absl::StatusOr<DockerResult> BuildWithDocker(const DockerBuild& build);

// The command that it runs, without the context.
std::vector<std::string> DockerBuildCommand(const DockerBuild& build,
                                            const std::string& id_file);

// The digest in a line of `docker push` ("v1: digest: sha256:... size: 525");
// empty when there is none.
std::string PushedDigest(absl::string_view line);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_H_
