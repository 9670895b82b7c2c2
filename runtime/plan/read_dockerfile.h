// The Dockerfiles of a config, as files.
#ifndef OVENBIRD_RUNTIME_PLAN_READ_DOCKERFILE_H_
#define OVENBIRD_RUNTIME_PLAN_READ_DOCKERFILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {

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

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_READ_DOCKERFILE_H_
