// Config -> what is to be built: for each image its files, tags, credentials
// and the spec that the manifest is made from. Reads the project's files and
// the Docker config, talks to nobody.
#ifndef OVENBIRD_RUNTIME_PLAN_PLAN_H_
#define OVENBIRD_RUNTIME_PLAN_PLAN_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/hash_map.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/context/file_records.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/build_spec.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/folder_cache.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::plan {

// What is done with the values of the secrets that a build needs.
enum class SecretValues {
  kIgnore,
  // As LookForSecrets().
  kLookFor,
  // A value that cannot be read is an error.
  kRead,
};

// What to build, and what is known from elsewhere.
struct PlanOptions {
  std::vector<std::string> images;  // keys; none: all
  std::vector<std::string> tags;    // instead of the config's
  std::string name_space;           // instead of the config's
  // Instead of the config's `contextTransfer` and `contextRepo`.
  std::optional<config::ContextTransfer> context_transfer;
  std::string context_repo;
  // Where neither the config nor `context_repo` has one.
  std::string default_context_repo;
  // Instead of the config's `platforms`; in the form of ParsePlatform().
  std::vector<std::string> platforms;
  // Returns an environment variable, for build arguments without a value.
  std::function<std::optional<std::string>(const std::string&)> environment;
  // Send all files of the context, needed or not.
  bool full_context = false;
  // Keep the lists of the contexts' files. Without them, plans can be rendered,
  // but not built.
  bool keep_files = true;
  // Only report problems: skips everything that cannot report one, so that the
  // plans cannot be built. The config may have errors.
  bool only_check = false;
  // Keep the Dockerfiles as they are sent, for the user to read.
  bool keep_dockerfiles = false;
  // Build without pushing.
  bool skip_push = false;
  // Rewrite Dockerfiles where kaniko builds them differently from BuildKit.
  bool rewrite = true;
  // Returns the platform of this machine ("linux/amd64") if kaniko runs on it,
  // by the image's key; empty: in a cluster. Null: unknown.
  std::function<std::string(const std::string&)> platform;
  // Returns the platform that all nodes of the cluster have; empty: unknown, or
  // several. Called only where a Dockerfile depends on it. Null: unknown.
  std::function<std::string()> cluster_platform;
  // Returns the name of the executor that builds an image, by its key and by
  // the name in the config; null: always the name in the config.
  std::function<std::string(const std::string&, const std::string&)> executor;
  // Returns the state of an image's files in an earlier run, by its key: files
  // that have not changed since are not read. Null: unknown.
  std::function<context::FileRecords(const std::string&)> known_files;
  // Answers questions about base images that this config does not build; called
  // only where they matter. Null: nothing is known.
  AskBaseImage base_image;
  // As in rewrite::Request.
  std::function<std::optional<int>(const std::string&)> url_status;
  // The builder of an image, by its key; without an entry: a command if the
  // config has one, else kaniko. Null: no entries.
  const HashMap<std::string, Builder>* builders = nullptr;
  // The contexts of earlier plans; null: all are listed now.
  FolderCache* folders = nullptr;
  // The source of credentials; null: none.
  const registry::DockerConfig* docker_config = nullptr;
  // Of the command line, without their values.
  std::vector<kube::BuildSecret> secrets;
  // All secrets are known: one that is not given is missing.
  bool check_secrets = false;
  SecretValues secret_values = SecretValues::kIgnore;
  // The user's home folder; empty: unknown.
  std::string home;
  // Called with each plan when it is complete but for the order of the images
  // (`after`, `bases`); the plan is freed then, and is not in the Plan. Null:
  // plans are kept.
  std::function<void(ImagePlan&)> take;
  // Cancels credential helpers; may be null.
  Cancellation* cancel = nullptr;
};

// The images to build, in the config's order.
struct Plan {
  std::vector<std::unique_ptr<ImagePlan>> images;
};

// Plans the images. Reports problems of the config and of the files that it
// names to `sink` (their images are left out of the plan); errors are about the
// environment: unreadable files, a credential helper that fails. Dockerfiles
// are kept in `config`, for the diagnostics that point into them.
absl::StatusOr<Plan> MakePlan(config::Loaded& config,
                              const PlanOptions& options, diag::Sink& sink);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_PLAN_H_
