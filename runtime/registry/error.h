// Error answers of a registry as statuses.
#ifndef OVENBIRD_RUNTIME_REGISTRY_ERROR_H_
#define OVENBIRD_RUNTIME_REGISTRY_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/net/message.h"

namespace ovenbird::registry {

// Returns the error for a response without success: 401 kUnauthenticated, 403
// kPermissionDenied, 404 kNotFound, 429 kResourceExhausted, 5xx kUnavailable,
// else kFailedPrecondition. The message consists of `what`, the HTTP status,
// and the registry's own message ({"errors": [{"code", "message"}]}).
absl::Status ResponseError(absl::string_view what,
                           const net::Response& response);

// Returns `status` with `hint` appended to its message. Drops payloads.
absl::Status WithHint(const absl::Status& status, absl::string_view hint);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_ERROR_H_
