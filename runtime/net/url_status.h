// Asks a server whether a URL exists.
#ifndef OVENBIRD_RUNTIME_NET_URL_STATUS_H_
#define OVENBIRD_RUNTIME_NET_URL_STATUS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"

namespace ovenbird::net {

// Returns the HTTP status of a GET of the URL after redirects. Does not read
// the body of a 2xx answer. `timeout` is for all requests together.
// kInvalidArgument: not an http or https URL; kAborted: 10 redirects in a row;
// else the errors of Client.
absl::StatusOr<int> StatusOfUrl(absl::string_view url, absl::Duration timeout,
                                Cancellation* cancel = nullptr);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_URL_STATUS_H_
