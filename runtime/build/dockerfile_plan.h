// What an image's Dockerfile means for its build: the file as kaniko gets it,
// the registries that it needs, problems at its own lines.
#ifndef OVENBIRD_RUNTIME_BUILD_DOCKERFILE_PLAN_H_
#define OVENBIRD_RUNTIME_BUILD_DOCKERFILE_PLAN_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/context/tar.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/resolve.h"

namespace ovenbird::build {

struct DockerfileRequest {
  std::string key;  // of the image
  const config::Image* image = nullptr;
  const config::BuildOptions* options = nullptr;  // may be null
  std::vector<std::pair<std::string, std::string>> build_args;
  const SourceFile* file = nullptr;  // must outlive the diagnostics
};

struct DockerfilePlan {
  std::string name;  // in /context
  std::string text;
  // The restart helper where it is asked for.
  std::vector<context::MemoryFile> files;
  // What COPY and ADD take from the context.
  std::vector<dockerfile::Source> sources;
  // Images that FROM, COPY --from and RUN --mount name.
  std::vector<dockerfile::BaseImage> bases;
  // Domains of their registries, each once.
  std::vector<std::string> registries;
};

// Nothing when the build can't be; then `sink` knows why.
std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_DOCKERFILE_PLAN_H_
