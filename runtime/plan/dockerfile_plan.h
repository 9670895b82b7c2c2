// What an image's Dockerfile means for its build: the file as kaniko gets it,
// the registries that it needs, problems at its own lines.
#ifndef OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/kube/run_mount.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/secrets.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::plan {

// An image's Dockerfile, and how it is built.
struct DockerfileRequest {
  std::string key;  // of the image
  const config::Image* image = nullptr;
  const config::BuildOptions* options = nullptr;  // may be null
  std::vector<std::pair<std::string, std::string>> build_args;
  const SourceFile* file = nullptr;  // must outlive the diagnostics
  // kaniko's differences are reported; null: kaniko does not build the image.
  const config::Kaniko* kaniko = nullptr;
  // Name of the executor that runs; empty: `kaniko->image`.
  std::string executor;
  // Those that the user gives.
  std::vector<GivenSecret> secrets;
  // One that is not among them is missing.
  bool check_secrets = false;
  // The context without the ignored files; null: unknown.
  const context::Listing* listing = nullptr;
  // As in rewrite::Request.
  bool replaces_ignore_file = false;
  // The platform on which kaniko runs, e.g. "linux/amd64"; empty: unknown.
  std::string platform;
  // The platform of the machine that builds; empty: `platform`.
  std::string build_platform;
  // The user asks for an image for `platform`.
  bool is_for_platform = false;
  // Called only where base images matter. Null: nothing is known about them.
  AskBaseImage base_image;
  // As in rewrite::Request.
  std::function<std::optional<int>(const std::string&)> url_status;
  // Rewrite what kaniko builds differently from BuildKit.
  bool rewrite = true;
  // As in dockerfile::ResolveOptions.
  std::function<std::optional<std::vector<std::string>>(absl::string_view)>
      onbuild;
};

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
};

// Returns the path of the image's Dockerfile; `folder` is the config's.
std::string DockerfilePath(const std::string& folder,
                           const config::Image& image);

// Reads the image's Dockerfile. It is kept in `config` for the diagnostics that
// point into it. Returns null, and reports to `sink`, if it does not exist.
absl::StatusOr<const SourceFile*> ReadDockerfile(config::Loaded& config,
                                                 const std::string& key,
                                                 const config::Image& image,
                                                 diag::Sink& sink);

// Returns the ONBUILD instructions that the image of this Dockerfile, built for
// `target`, brings to images that start from it.
std::vector<std::string> TriggersOf(const SourceFile& dockerfile,
                                    absl::string_view target);

// Parses, checks and rewrites the Dockerfile; reports its problems to `sink`.
// Returns nullopt if the image cannot be built.
std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_
