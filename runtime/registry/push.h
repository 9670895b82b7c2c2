// Before a build: may its image be pushed? After it: is what was built there?
#ifndef OVENBIRD_RUNTIME_REGISTRY_PUSH_H_
#define OVENBIRD_RUNTIME_REGISTRY_PUSH_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/docker_config.h"

namespace ovenbird::registry {

struct PushOptions {
  // The credentials that the build will use. Null: none.
  const DockerConfig* docker_config = nullptr;
  bool insecure = false;
  std::string ca_pem;
  // A registry that is not reached by then may be one for the cluster only.
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration timeout = absl::Seconds(20);  // of each request
  Cancellation* cancel = nullptr;
};

// Asks for each repository of `images` ("r.io/team/app:v1") once; the first
// refusal is returned. Leaves nothing behind.
absl::Status CheckPushTo(const std::vector<std::string>& images,
                         const PushOptions& options);

// The registry says no, and will say no to the build as well. Everything else
// (not reached, not trusted) may look different from where the build runs.
bool IsRefusal(const absl::Status& status);

// The one digest that all of `images` have. kNotFound: one is not there;
// kFailedPrecondition: they differ.
absl::StatusOr<std::string> DigestOfAll(const std::vector<std::string>& images,
                                        const PushOptions& options);

// Is each of `images` (with tags) `digest` in its registry now? kNotFound: the
// tag is not there; kDataLoss: the tag is another image, and `digest` is not
// there at all; kAborted: the tag is another image by now, `digest` is there.
absl::Status VerifyPushed(const std::vector<std::string>& images,
                          absl::string_view digest, const PushOptions& options);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_PUSH_H_
