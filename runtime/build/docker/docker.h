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
#include "runtime/build/timeline.h"
#include "runtime/kube/build_spec.h"
#include "runtime/registry/unpack.h"

namespace ovenbird::build {

// Variables that select docker's daemon (DOCKER_HOST etc.).
using DockerEnvironment = std::vector<std::pair<std::string, std::string>>;

// Returns the daemon's version. kNotFound: docker is not installed;
// kUnavailable: no daemon answers, with docker's own message.
absl::StatusOr<std::string> FindDockerDaemon(const DockerEnvironment& env,
                                             Cancellation* cancel);

// Returns the variables for the daemon inside minikube (`minikube docker-env`),
// for `preferMinikube`. kNotFound: minikube is not installed; kUnavailable: it
// fails.
absl::StatusOr<DockerEnvironment> MinikubeDocker(Cancellation* cancel);

// A build by Docker.
struct DockerBuild {
  // Names with tags; the first is the main one.
  std::vector<std::string> images;
  std::string dockerfile = "Dockerfile";  // path in the context
  std::string target;
  std::string network;
  std::string platform;  // "linux/arm64"; empty: the daemon's own
  std::vector<std::pair<std::string, std::string>> build_args;
  std::vector<kube::BuildSecret> secrets;  // their values are not needed
  std::vector<std::string> args;           // more of `docker build`
  bool use_build_kit = false;              // false: as docker is set up
  bool skip_push = false;

  DockerEnvironment env;
  // Opens the context as a plain tar stream.
  std::function<absl::StatusOr<registry::ByteSource>()> open_context;
  std::function<void(absl::string_view)> on_step;
  // Receives the phase that begins; may be empty.
  std::function<void(const Phase&)> on_phase{};
  std::function<void(absl::string_view)> on_log;
  Cancellation* cancel = nullptr;
};

// The result of `docker build` and `docker push`.
struct DockerResult {
  // Not 0: `docker build` or `docker push` failed; the log says why.
  int exit_code = 0;
  // The last command: "docker build", "docker push r.io/app:v1".
  std::string command;
  std::string image_id;  // "sha256:..."
  // Digest of the pushed manifest; empty without a push.
  std::string digest;
};

// Builds the image and pushes it under all names. A failed command is a result
// with its exit code. Errors: those of the context, kCancelled, and if docker
// cannot be run.
absl::StatusOr<DockerResult> BuildWithDocker(const DockerBuild& build);

// Returns the command of the build, which reads the context from standard
// input; docker writes the image's id to `id_file`.
std::vector<std::string> DockerBuildCommand(const DockerBuild& build,
                                            const std::string& id_file);

// Returns the digest in a line of `docker push` ("v1: digest: sha256:... size:
// 525"); empty if it has none.
std::string PushedDigest(absl::string_view line);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_DOCKER_DOCKER_H_
