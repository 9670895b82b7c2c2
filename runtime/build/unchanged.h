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

// Whether an image must be built, and why.
struct Decision {
  // The digest of the image that is still valid; empty: it must be built.
  std::string digest;
  // Why it is built, the most important reason first: "file `src/a.c` has
  // changed".
  std::vector<std::string> why;
  // Damaged records, and base images whose registry did not answer.
  std::vector<std::string> warnings;
  // Digests of the images that it is built from, by name, if they are known:
  // for the record.
  Texts bases;
};

// Finds images that need not be built. Thread-safe.
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

  // Decides whether the image's last build is still valid: the fingerprint of
  // its plan and the digests of its base images are those of that build, and
  // the registry has it under all tags. If the image's own registry cannot be
  // asked, the image is built. If that of a base image cannot be asked, a
  // warning says so, and the base image counts as unchanged. `built`: digests
  // of base images that this run has built or found unchanged, by name.
  Decision Decide(const plan::ImagePlan& image, const Texts& built,
                  Cancellation& cancel);
  // Records for the next run what `digest`, which is in the registry, was built
  // from; `bases` is the decision's. Does nothing if the image's inputs or its
  // digest are unknown.
  absl::Status Remember(const plan::ImagePlan& image, const Texts& bases,
                        const std::string& digest);
  // Writes the records that Remember() has not written yet: it collects those
  // of runs with many images.
  absl::Status WriteRecords();

 private:
  // Adds the changes of base images to `decision`. `before`: the image's last
  // build; null: there is none.
  void CompareBases(const plan::ImagePlan& image, const Texts& built,
                    const BuildRecord* before, Decision& decision);
  absl::Status AskRegistry(const plan::ImagePlan& image,
                           const std::string& digest, Cancellation& cancel);

  const BuildRecords& records_;
  const registry::DockerConfig* const docker_config_;
  BaseDigests* const base_digests_;
  const bool force_;
  Mutex mutex_;
  // Registries that did not answer: each is waited for once.
  std::map<std::string, absl::Status> unreachable_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_UNCHANGED_H_
