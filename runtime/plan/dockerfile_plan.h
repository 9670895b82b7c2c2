// What an image's Dockerfile means for its build: the file as kaniko gets it,
// the registries that it needs, problems at its own lines.
#ifndef OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/context/tar.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/kube/run_mount.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/plan/secrets.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::plan {

// The Dockerfile to send, and what the build needs for it.
struct DockerfilePlan {
  std::string name;  // in /context
  std::string text;
  // The rewritten file; null: the user's file is sent as it is.
  std::shared_ptr<const rewrite::Rewritten> rewritten;
  // The executor reads the context's `.dockerignore` only.
  bool ignore_at_top = false;
  // `--target` for the executor; empty: the last stage.
  std::string target;
  // The restart helper if the config asks for it, and files of the rewriting.
  std::vector<context::MemoryFile> files;
  // The sources of COPY and ADD in the context.
  std::vector<dockerfile::Source> sources;
  // The paths that COPY, ADD and WORKDIR write.
  std::vector<dockerfile::Destination> destinations;
  // As in kube::BuildSpec.
  bool makes_devices = false;
  // Programs of the image's platform may be executed: a RUN is sent, or a base
  // image may have one in ONBUILD.
  bool runs_programs = false;
  std::vector<kube::RunMount> run_mounts;
  // Those that the Dockerfile asks for.
  AskedSecrets secrets;
  // The number of ONBUILD instructions that are known to run.
  int triggers = 0;
  // Images that FROM, COPY --from and RUN --mount name.
  std::vector<dockerfile::BaseImage> bases;
  // Domains of their registries, each once.
  std::vector<std::string> registries;
  // The image cannot be built; only its context can be checked.
  bool has_errors = false;
};

// Parses, checks and rewrites the Dockerfile; reports its problems to `sink`.
// Returns nullopt if what the image needs is unknown.
std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_
