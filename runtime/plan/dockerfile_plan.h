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
#include "runtime/plan/base_question.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::plan {

struct DockerfileRequest {
  std::string key;  // of the image
  const config::Image* image = nullptr;
  const config::BuildOptions* options = nullptr;  // may be null
  std::vector<std::pair<std::string, std::string>> build_args;
  const SourceFile* file = nullptr;  // must outlive the diagnostics
  // What kaniko does otherwise than written is reported; null: another builds.
  const config::Kaniko* kaniko = nullptr;
  // Name of the executor that runs; empty: `kaniko->image`.
  std::string executor;
  // The context less what is ignored; null: not known.
  const context::Listing* listing = nullptr;
  // Where kaniko runs, "linux/amd64"; empty: not known.
  std::string platform;
  // What is known of base images; asked only where it matters. Null: nothing.
  AskBaseImage base_image;
  // As in rewrite::Request.
  std::function<std::optional<int>(const std::string&)> url_status;
  // Write out what kaniko builds otherwise than BuildKit.
  bool rewrite = true;
  // As in dockerfile::ResolveOptions.
  std::function<std::optional<std::vector<std::string>>(absl::string_view)>
      onbuild;
};

struct DockerfilePlan {
  std::string name;  // in /context
  std::string text;
  // What is sent in place of the user's file; null: the file as it is.
  std::shared_ptr<const rewrite::Rewritten> rewritten;
  // The executor reads the context's `.dockerignore` only.
  bool ignore_at_top = false;
  // `--target` for the executor; empty: the last stage.
  std::string target;
  // The restart helper where it is asked for, and files of the rewriting.
  std::vector<context::MemoryFile> files;
  // What COPY and ADD take from the context.
  std::vector<dockerfile::Source> sources;
  // Where COPY, ADD and WORKDIR write.
  std::vector<dockerfile::Destination> destinations;
  // As in kube::BuildSpec.
  bool makes_devices = false;
  // ONBUILD instructions that are known to be run.
  int triggers = 0;
  // Images that FROM, COPY --from and RUN --mount name.
  std::vector<dockerfile::BaseImage> bases;
  // Domains of their registries, each once.
  std::vector<std::string> registries;
};

std::string DockerfilePath(const std::string& folder,
                           const config::Image& image);

// Kept in `config`, for the diagnostics that point into it. Null when it is not
// there; then `sink` knows.
absl::StatusOr<const SourceFile*> ReadDockerfile(config::Loaded& config,
                                                 const std::string& key,
                                                 const config::Image& image,
                                                 diag::Sink& sink);

// The ONBUILD instructions that the image of this Dockerfile, built for
// `target`, brings to those that start from it.
std::vector<std::string> TriggersOf(const SourceFile& dockerfile,
                                    absl::string_view target);

// Nothing when the build can't be; then `sink` knows why.
std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_DOCKERFILE_PLAN_H_
