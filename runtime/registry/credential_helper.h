// Credential helpers: programs docker-credential-NAME that store passwords.
// Protocol: github.com/docker/docker-credential-helpers.
#ifndef OVENBIRD_RUNTIME_REGISTRY_CREDENTIAL_HELPER_H_
#define OVENBIRD_RUNTIME_REGISTRY_CREDENTIAL_HELPER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/credentials.h"

namespace ovenbird::registry {

// Runs `docker-credential-HELPER get` for `server` ("gcr.io",
// "https://index.docker.io/v1/"). Returns nullopt if the helper has no
// credentials for it; kNotFound: the program is not in PATH; kInvalidArgument:
// `helper` has a slash.
absl::StatusOr<std::optional<Credentials>> AskCredentialHelper(
    const std::string& helper, const std::string& server, Cancellation* cancel,
    absl::Duration timeout);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_CREDENTIAL_HELPER_H_
