// The header Retry-After of servers that are busy.
#ifndef OVENBIRD_RUNTIME_NET_RETRY_AFTER_H_
#define OVENBIRD_RUNTIME_NET_RETRY_AFTER_H_

#include <optional>

#include "absl/time/time.h"
#include "runtime/net/message.h"

namespace ovenbird::net {

// Returns the time that the response asks to wait, given in seconds or as a
// date; never negative. A date is compared with the response's own Date if it
// has one, so that a wrong clock on either side does not matter, and with the
// wall clock otherwise. Returns nullopt if there is no Retry-After, or none
// that can be understood.
std::optional<absl::Duration> ParseRetryAfter(const Response& response);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_RETRY_AFTER_H_
