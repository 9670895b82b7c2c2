// Checks before a build that its images can be pushed, and after it that the
// registry has them.
#ifndef OVENBIRD_RUNTIME_REGISTRY_PUSH_H_
#define OVENBIRD_RUNTIME_REGISTRY_PUSH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/index.h"

namespace ovenbird::registry {

// How to reach the registries of a build.
struct PushOptions {
  // The credentials that the build will use. Null: none.
  const DockerConfig* docker_config = nullptr;
  bool insecure = false;
  std::string ca_pem;
  // Short: a registry that does not answer may be reachable from the cluster
  // only.
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration timeout = absl::Seconds(20);  // of each request
  Cancellation* cancel = nullptr;
};

// Connects to the registry of `image`; any HTTP answer is a success.
// kFailedPrecondition: its certificate is not trusted, or it speaks no TLS.
absl::Status ReachRegistryOf(const std::string& image,
                             const PushOptions& options);

// Asks each repository of `images` ("r.io/team/app:v1") once whether a push is
// allowed, and returns the first error. Leaves nothing behind.
absl::Status CheckPushTo(const std::vector<std::string>& images,
                         const PushOptions& options);

// Returns whether the registry says no, and will say no to the build as well.
// Other errors (unreachable, untrusted certificate) may not occur where the
// build runs.
bool IsRefusal(const absl::Status& status);

// Returns the digest that all of `images` have. kNotFound: one is missing;
// kFailedPrecondition: they differ.
absl::StatusOr<std::string> DigestOfAll(const std::vector<std::string>& images,
                                        const PushOptions& options);

// Returns OK if each of `images` (with tags) is `digest` in its registry now.
// kNotFound: the tag is missing; kDataLoss: the tag is another image, and the
// registry does not have `digest`; kAborted: the tag is another image by now,
// but the registry has `digest`. If it returns OK, `*bytes` (may be null) is
// the size of the image in the registry, compressed; nothing for an index, if
// that is not known, and for Docker Hub, which counts the question as a pull.
absl::Status VerifyPushed(const std::vector<std::string>& images,
                          absl::string_view digest, const PushOptions& options,
                          std::optional<int64_t>* bytes = nullptr);

// Puts an index of the images (see MakeIndex) under each of `names`
// ("r.io/team/app:v1"), which are tags of one repository that has the images.
// Returns its digest. An error before the first tag moves leaves all tags as
// they are.
absl::StatusOr<std::string> PushIndexTo(
    const std::vector<std::string>& names,
    const std::vector<PlatformImage>& images, const PushOptions& options);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_PUSH_H_
