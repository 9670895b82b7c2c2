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
#include "runtime/build/build_record.h"
#include "runtime/build/plan.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::build {

struct Decision {
  // Of the image that serves as it is; empty: it has to be built.
  std::string digest;
  // Why it is built, most important first: "file `src/a.c` has changed".
  std::vector<std::string> why;
  // Of records that can't be used.
  std::string warning;
};

// Thread-safe.
class UnchangedImages {
 public:
  // Both must outlive it; `docker_config` may be null. `force`: everything is
  // built.
  UnchangedImages(const BuildRecords& records,
                  const registry::DockerConfig* docker_config, bool force)
      : records_(records), docker_config_(docker_config), force_(force) {}

  // An image serves when its plan's fingerprint and the digests of the images
  // that it is built from (`bases`, by key) are those of its last build, and
  // the registry has this build under all tags. A registry that can't be asked
  // from here is no witness: the image is built.
  Decision Decide(const ImagePlan& image, const Texts& bases,
                  Cancellation& cancel);
  // For the next run: what `digest`, which is in the registry, was built from.
  absl::Status Remember(const ImagePlan& image, const Texts& bases,
                        const std::string& digest);

 private:
  absl::Status AskRegistry(const ImagePlan& image, const std::string& digest,
                           Cancellation& cancel);

  const BuildRecords& records_;
  const registry::DockerConfig* const docker_config_;
  const bool force_;
  Mutex mutex_;
  // Registries that were not reached: each is waited for once.
  std::map<std::string, absl::Status> unreachable_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_UNCHANGED_H_
