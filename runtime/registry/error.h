// A registry's refusal as a status.
#ifndef OVENBIRD_RUNTIME_REGISTRY_ERROR_H_
#define OVENBIRD_RUNTIME_REGISTRY_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/net/message.h"

namespace ovenbird::registry {

// For a response that is no success: 401 kUnauthenticated, 403
// kPermissionDenied, 404 kNotFound, 429 kResourceExhausted, 5xx kUnavailable,
// else kFailedPrecondition. The text: `what`, the HTTP status, and what the
// registry says ({"errors": [{"code", "message"}]}).
absl::Status ResponseError(absl::string_view what,
                           const net::Response& response);

// `status` with more text behind its message.
absl::Status WithHint(const absl::Status& status, absl::string_view hint);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_ERROR_H_
