// What registries say of base images: their config, and their files as far as
// these can be known without downloading much.
#ifndef OVENBIRD_RUNTIME_PLAN_BASE_IMAGES_H_
#define OVENBIRD_RUNTIME_PLAN_BASE_IMAGES_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/base/platform.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/pull_places.h"
#include "runtime/registry/client.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/layer_facts.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::plan {

// Asks a registry at the first question about an image, and keeps the answer
// for the run. Content with a digest is kept in a cache on disk: a base image
// that has not changed costs one HEAD request, which registries that count
// pulls do not count. Thread-safe.
class BaseImages {
 public:
  // `docker_config` may be null; it and `cancel` must outlive this.
  // `cache_folder` is created if it is missing; empty: no cache.
  BaseImages(const registry::DockerConfig* docker_config,
             std::string cache_folder, Cancellation* cancel);

  // Returns what is known about the image. Timeouts are short (3 s to connect,
  // 16 s for all layers), since the registry may be reachable from the cluster
  // only.
  BaseAnswer Find(const BaseQuestion& question);

 private:
  // An image at one registry.
  struct Source {
    registry::Client& client;
    std::string path;
    Platform platform;
  };
  // The answers about one image.
  struct Known {
    // The manifest; empty: unknown.
    std::string manifest;
    PullPlace place;
    std::shared_ptr<const rewrite::BaseImage> image;
    absl::Status image_problem;
    bool files_asked = false;
    absl::Status files_problem;
  };
  // The platform; the places, and which of them are insecure. Images of one
  // run may have different mirrors.
  using Key = std::pair<std::string, std::vector<std::pair<std::string, bool>>>;

  static Key KeyOf(const std::vector<PullPlace>& places,
                   const BaseQuestion& question);
  absl::Status AskConfig(const std::vector<PullPlace>& places,
                         const BaseQuestion& question, Known& known)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AskFiles(const BaseQuestion& question, Known& known)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::unique_ptr<registry::Client>> Connect(
      const PullPlace& place) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AskConfigAt(const PullPlace& place, const BaseQuestion& question,
                           Known& known) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Returns the manifest for the platform; `digest`: of that or of its index.
  absl::StatusOr<std::string> ManifestOf(const Source& source,
                                         const std::string& digest);
  // `end`: when to give up.
  absl::StatusOr<std::string> Blob(const Source& source,
                                   const std::string& digest, uint64_t limit,
                                   absl::Time end);
  absl::StatusOr<registry::LayerFacts> LayerOf(const Source& source,
                                               const std::string& digest,
                                               absl::Time end);
  absl::StatusOr<std::shared_ptr<const rewrite::ImageFiles>> FilesOf(
      const Source& source, const std::string& manifest);

  // Returns the content with this digest; empty: not in the cache.
  std::string FromCache(const std::string& name) const;
  void ToCache(const std::string& name, const std::string& bytes) const;
  void DropOld() const;

  const registry::DockerConfig* const docker_config_;
  const std::string cache_folder_;
  Cancellation* const cancel_;
  Mutex mutex_;
  std::map<Key, Known> known_ ABSL_GUARDED_BY(mutex_);
  // Registries that did not answer: each is waited for once.
  std::map<std::string, absl::Status> unreachable_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::plan

#endif  // OVENBIRD_RUNTIME_PLAN_BASE_IMAGES_H_
