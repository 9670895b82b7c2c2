// Config -> what is to be built: for each image its files, tags, credentials
// and the spec that the manifest is made from. Reads the project's files and
// the Docker config, talks to nobody.
#ifndef OVENBIRD_RUNTIME_BUILD_PLAN_H_
#define OVENBIRD_RUNTIME_BUILD_PLAN_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/source_file.h"
#include "runtime/build/builder.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/context/file_records.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/manifest.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

struct PlanOptions {
  std::vector<std::string> images;  // keys; none: all
  std::vector<std::string> tags;    // instead of the config's
  std::string name_space;           // instead of the config's
  // Value of an environment variable, for build arguments without a value.
  std::function<std::optional<std::string>(const std::string&)> environment;
  // Send all files of the context, needed or not.
  bool full_context = false;
  // Build without pushing.
  bool skip_push = false;
  // What is known of an image's files from an earlier run, by its key: those
  // that have not changed since are not read. Null: nothing.
  std::function<context::FileRecords(const std::string&)> known_files;
  // Who builds an image, by its key; without an entry: a command where the
  // config has one, else kaniko.
  std::map<std::string, Builder> builders;
  // Where credentials come from; null: there are none.
  const registry::DockerConfig* docker_config = nullptr;
  // Ends credential helpers; may be null.
  Cancellation* cancel = nullptr;
};

// An image that a Dockerfile starts or copies from.
struct PlannedBase {
  std::string name;  // "docker.io/library/alpine:3"
  // Its index in the plan, when this run builds it.
  std::optional<size_t> image;
};

struct ImagePlan {
  std::string key;
  Builder builder = Builder::kKaniko;
  // For kaniko: what is used when the image has another section, too. Its
  // `options` are those of the image's builder.
  config::Kaniko kaniko;
  config::Docker docker;  // for Docker
  config::Custom custom;  // for a command: its image, its tags, no context
  std::string folder;     // of the config: where commands run
  kube::BuildSpec
      spec;  // points to `kaniko`; its build_id is the fingerprint's
  // What is sent: files of the project, and those of our own.
  context::Listing listing{""};
  std::vector<context::MemoryFile> files;
  // Why all files of the context are sent, or "".
  std::string everything_because;
  // All are sent; else those that COPY and ADD take, and the first
  // `known_triggers` ONBUILD instructions that kaniko runs.
  bool sends_everything = false;
  int known_triggers = 0;
  // Domains of the registries that the build needs: where it pushes to, and
  // where it only pulls from. Each once.
  std::vector<std::string> push_registries;
  std::vector<std::string> pull_registries;
  // What the default tag is made from: the content and the resolved options.
  // Empty: nobody knows the content (a command without `onChange`).
  std::string fingerprint;
  // The options in it, by their path in the config, each with a hash of its
  // value. Those that can't change the image (limits, labels ...) are left out.
  std::map<std::string, std::string> options;
  // The content in it, and how many files were read for it.
  context::FileRecords file_records;
  size_t files_read = 0;
  // Indexes in the plan of the images that have to be built before.
  std::vector<size_t> after;
  // Whose content may change behind their names: each once, without those that
  // are named by digest and without the image itself.
  std::vector<PlannedBase> bases;
  std::vector<std::string> warnings;
  // As the user wrote it; the config owns it.
  const SourceFile* dockerfile = nullptr;
};

struct Plan {
  std::vector<std::unique_ptr<ImagePlan>> images;
};

// The images that are to be built, by the names that the command line gives;
// unknown ones go to `sink`.
std::vector<std::string> SelectImages(const config::Config& config,
                                      const std::vector<std::string>& names,
                                      diag::Sink& sink);

// Does the build put its image into a registry, as far as is known?
bool PushesImage(const ImagePlan& plan);

// Problems of the config and of the files that it names go to `sink` (the
// images they concern are left out of the plan); errors are about the
// environment: files that can't be read, a credential helper that fails.
// Dockerfiles are kept in `config`, for the diagnostics that point into them.
absl::StatusOr<Plan> MakePlan(config::Loaded& config,
                              const PlanOptions& options, diag::Sink& sink);

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_PLAN_H_
