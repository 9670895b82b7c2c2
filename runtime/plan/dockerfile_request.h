// A Dockerfile to plan, and what is known of its build.
#ifndef OVENBIRD_RUNTIME_PLAN_DOCKERFILE_REQUEST_H_
#define OVENBIRD_RUNTIME_PLAN_DOCKERFILE_REQUEST_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/context/listing.h"
#include "runtime/dockerfile/rewrite.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/secrets.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/rewrite.h"
#include "runtime/yaml/node.h"

namespace ovenbird::plan {

// What a Dockerfile's plan depends on of the kaniko object.
struct KanikoInputs {
  std::string image;
  config::SnapshotMode snapshot_mode = config::SnapshotMode::kTime;
  bool cache = true;
  // The user's arguments have `--cache-copy-layers`.
  bool caches_copies = false;
  std::vector<std::string> cache_volumes;  // their keys
  std::vector<std::string> mounts_in_context;
  // The container's own rights are without that to create devices.
  bool drops_mknod = false;

  bool operator==(const KanikoInputs&) const = default;
};

// Returns the inputs that come from this object; `executor` is the image that
// runs.
KanikoInputs KanikoInputsOf(const config::Kaniko& kaniko,
                            absl::string_view executor);

// All that decides how a Dockerfile is planned, apart from secrets and from
// what is found out about base images.
struct DockerfileInputs {
  std::string dockerfile;  // as in the config
  dockerfile::EntrypointChange entrypoint;
  std::string target;  // empty: the last stage
  std::vector<std::pair<std::string, std::string>> build_args;
  const SourceFile* file = nullptr;  // must outlive the diagnostics
  // kaniko's differences are reported; nullopt: kaniko does not build the
  // image.
  std::optional<KanikoInputs> kaniko;
  // Name of the executor that runs; empty: `kaniko->image`.
  std::string executor;
  // A secret that is not given is missing.
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
  // Rewrite what kaniko builds differently from BuildKit.
  bool rewrite = true;

  bool operator==(const DockerfileInputs&) const = default;
};

// An image's Dockerfile, and how it is built.
struct DockerfileRequest : DockerfileInputs {
  // For messages: the image's key, and its objects in the config; may be null.
  std::string key;
  const yaml::Node* image_source = nullptr;
  const yaml::Node* options_source = nullptr;
  // Those that the user gives.
  std::vector<GivenSecret> secrets;
  // Called only where base images matter, with questions without `kaniko` and
  // `own_image`. Null: nothing is known about them.
  AskBaseImage base_image;
  // As in rewrite::Request.
  std::function<std::optional<int>(const std::string&)> url_status;
  // As in dockerfile::ResolveOptions.
  std::function<std::optional<std::vector<std::string>>(absl::string_view)>
      onbuild;
};

// Sets what comes from the image's object in the config.
void SetImage(const config::Image& image, DockerfileRequest& request);

// Returns whether kaniko gets a rewritten Dockerfile.
bool Rewrites(const DockerfileRequest& request);

// Returns the name of the executor; requires `request.kaniko`.
const std::string& ExecutorOf(const DockerfileRequest& request);

// Returns the platform of the build; nullopt: unknown.
std::optional<Platform> BuildPlatform(const DockerfileRequest& request);

// Returns a function that finds base images; requires `request.base_image`.
// `unread` gets the images that cannot be read, and why.
rewrite::FindBaseImage FinderOf(const DockerfileRequest& request,
                                std::map<std::string, std::string>& unread);

// Returns what is known of an image for a platform; null: nothing.
std::shared_ptr<const rewrite::BaseImage> ImageOfPlatform(
    const DockerfileRequest& request, const std::string& image,
    const Platform& platform);

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_DOCKERFILE_REQUEST_H_
