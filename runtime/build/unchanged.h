// Does an image have to be built, or is what the last run built still right and
// still there?
#ifndef OVENBIRD_RUNTIME_BUILD_UNCHANGED_H_
#define OVENBIRD_RUNTIME_BUILD_UNCHANGED_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/build/base_digests.h"
#include "runtime/build/build_record.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

struct Decision {
  // Of the image that serves as it is; empty: it has to be built.
  std::string digest;
  // Why it is built, most important first: "file `src/a.c` has changed".
  std::vector<std::string> why;
  // Of records that can't be used, of base images that can't be asked for.
  std::vector<std::string> warnings;
  // Digests of the images that it is built from, by name, as far as they are
  // known: for the record.
  Texts bases;
};

// Thread-safe.
class UnchangedImages {
 public:
  // All must outlive it; `docker_config` and `base_digests` may be null.
  // `force`: everything is built.
  UnchangedImages(const BuildRecords& records,
                  const registry::DockerConfig* docker_config,
                  BaseDigests* base_digests, bool force)
      : records_(records),
        docker_config_(docker_config),
        base_digests_(base_digests),
        force_(force) {}

  // An image serves when its plan's fingerprint and the digests of the images
  // that it is built from are those of its last build, and the registry has
  // this build under all tags. A registry that can't be asked from here is no
  // witness: the image is built. But one of a base image that can't be asked is
  // no reason: the build may get it elsewhere, or fail with it; a warning says
  // so. `built`: digests of base images that this run has built or found to
  // serve, by name.
  Decision Decide(const plan::ImagePlan& image, const Texts& built,
                  Cancellation& cancel);
  // For the next run: what `digest`, which is in the registry, was built from;
  // `bases` is the decision's.
  absl::Status Remember(const plan::ImagePlan& image, const Texts& bases,
                        const std::string& digest);

 private:
  void CompareBases(const plan::ImagePlan& image, const Texts& built,
                    const BuildRecord* before, Decision& decision);
  absl::Status AskRegistry(const plan::ImagePlan& image,
                           const std::string& digest, Cancellation& cancel);

  const BuildRecords& records_;
  const registry::DockerConfig* const docker_config_;
  BaseDigests* const base_digests_;
  const bool force_;
  Mutex mutex_;
  // Registries that were not reached: each is waited for once.
  std::map<std::string, absl::Status> unreachable_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_UNCHANGED_H_
