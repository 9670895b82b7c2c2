// Asks a URL whether it is there.
#ifndef OVENBIRD_RUNTIME_NET_URL_STATUS_H_
#define OVENBIRD_RUNTIME_NET_URL_STATUS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"

namespace ovenbird::net {

// Returns the HTTP status that a GET of the URL ends with, redirects followed.
// Reads nothing of a 2xx answer's body. `timeout` is for all redirects
// together. kInvalidArgument: it is no http or https URL; kAborted: too many
// redirects; else as Client has them.
absl::StatusOr<int> StatusOfUrl(absl::string_view url, absl::Duration timeout,
                                Cancellation* cancel = nullptr);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_URL_STATUS_H_
