// Config -> what is to be built: for each image its files, tags, credentials
// and the spec that the manifest is made from. Reads the project's files and
// the Docker config, talks to nobody.
#ifndef OVENBIRD_RUNTIME_PLAN_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_PLAN_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/context/file_records.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::plan {

struct PlanOptions {
  std::vector<std::string> images;  // keys; none: all
  std::vector<std::string> tags;    // instead of the config's
  std::string name_space;           // instead of the config's
  // Value of an environment variable, for build arguments without a value.
  std::function<std::optional<std::string>(const std::string&)> environment;
  // Send all files of the context, needed or not.
  bool full_context = false;
  // Keep what the plans say of the contexts' files. Without it they can be
  // rendered, not built.
  bool keep_files = true;
  // Only report problems: nothing is read that says nothing about them, and the
  // plans are no use for a build. The config may have errors.
  bool only_check = false;
  // Keep the Dockerfiles as they are sent, for the user to read.
  bool keep_dockerfiles = false;
  // Build without pushing.
  bool skip_push = false;
  // Write Dockerfiles out for kaniko where it builds them otherwise than
  // BuildKit.
  bool rewrite = true;
  // Where kaniko runs when it runs on this machine, by the image's key;
  // "linux/amd64", or empty: in a cluster. Null: nothing is known.
  std::function<std::string(const std::string&)> platform;
  // Name of the executor that builds an image, by its key and by the name in
  // the config; null: always that one.
  std::function<std::string(const std::string&, const std::string&)> executor;
  // What is known of an image's files from an earlier run, by its key: those
  // that have not changed since are not read. Null: nothing.
  std::function<context::FileRecords(const std::string&)> known_files;
  // What is known of base images that this config does not build; asked only
  // where it matters. Null: nothing.
  AskBaseImage base_image;
  // The HTTP status that a URL answers with; nullopt: not known. Asked only
  // where it matters; null: nothing is known.
  std::function<std::optional<int>(const std::string&)> url_status;
  // Who builds an image, by its key; without an entry: a command where the
  // config has one, else kaniko.
  std::map<std::string, Builder> builders;
  // Where credentials come from; null: there are none.
  const registry::DockerConfig* docker_config = nullptr;
  // Ends credential helpers; may be null.
  Cancellation* cancel = nullptr;
};

struct Plan {
  std::vector<std::unique_ptr<ImagePlan>> images;
};

// The images that are to be built, by the names that the command line gives;
// unknown ones go to `sink`.
std::vector<std::string> SelectImages(const config::Config& config,
                                      const std::vector<std::string>& names,
                                      diag::Sink& sink);

// Problems of the config and of the files that it names go to `sink` (the
// images they concern are left out of the plan); errors are about the
// environment: files that can't be read, a credential helper that fails.
// Dockerfiles are kept in `config`, for the diagnostics that point into them.
absl::StatusOr<Plan> MakePlan(config::Loaded& config,
                              const PlanOptions& options, diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_PLAN_H_
