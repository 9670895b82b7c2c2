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
#include "runtime/plan/base_question.h"
#include "runtime/plan/secrets.h"
#include "runtime/rewrite/base_image.h"
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
