// Internal to net: connected sockets.
#ifndef OVENBIRD_RUNTIME_NET_SOCKET_H_
#define OVENBIRD_RUNTIME_NET_SOCKET_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/loop.h"
#include "runtime/net/stream.h"

namespace ovenbird::net {

// Returns why a connection cannot be made: kResourceExhausted with advice if
// this process has no descriptors left, otherwise kUnavailable.
absl::Status CannotConnect(absl::string_view what, error_code ec);

// Connects to one of the host's addresses: tries the next one after 250 ms or a
// failure (RFC 8305). Errors: kUnavailable, kResourceExhausted (descriptors),
// kDeadlineExceeded, kCancelled.
absl::StatusOr<std::unique_ptr<Stream>> ConnectTcp(Loop& loop,
                                                   const std::string& host,
                                                   int port, Deadline deadline,
                                                   Cancellation* cancel);

// Connects to a Unix socket. Errors as above; kInvalidArgument: the path is too
// long.
absl::StatusOr<std::unique_ptr<Stream>> ConnectUnix(Loop& loop,
                                                    const std::string& path,
                                                    Deadline deadline,
                                                    Cancellation* cancel);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_SOCKET_H_
