// Refusals of an API server, as absl::Status and back.
#ifndef OVENBIRD_RUNTIME_KUBE_API_ERROR_H_
#define OVENBIRD_RUNTIME_KUBE_API_ERROR_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/net/message.h"

namespace ovenbird::kube {

// The error of an API server: metav1.Status. Source:
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
struct ApiError {
  int code = 0;         // HTTP
  std::string reason;   // "NotFound", "AlreadyExists", "Expired", ...
  std::string message;  // "pods \"x\" not found"
  json::Value details;  // name, kind, causes[]
};

// Returns the error of a response that is not 2xx. The message is the server's
// own, after `doing` ("create pod `x`"). Codes:
//   400 422 kInvalidArgument     404 kNotFound       410 kOutOfRange
//   401 kUnauthenticated         409 kAlreadyExists  429 kResourceExhausted
//   403 kPermissionDenied            or kAborted     502 503 504 kUnavailable
//   other 4xx kFailedPrecondition                    other 5xx kInternal
absl::Status StatusFromResponse(const net::Response& response,
                                absl::string_view doing);
// Returns the error of a Status object, which watches and channel 3 of exec
// send.
absl::Status StatusFromObject(const json::Value& status,
                              absl::string_view doing);

// Returns the server's error that `status` was made from; nullopt if it did not
// come from an API server.
std::optional<ApiError> ApiErrorOf(const absl::Status& status);

// Returns the time to wait before the request is sent again, from Retry-After
// of a 429 or 5xx; nullopt if the server does not ask for that.
std::optional<absl::Duration> RetryAfter(const net::Response& response);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_API_ERROR_H_
