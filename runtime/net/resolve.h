// Internal to net: name lookup that can be cancelled.
#ifndef OVENBIRD_RUNTIME_NET_RESOLVE_H_
#define OVENBIRD_RUNTIME_NET_RESOLVE_H_

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/loop.h"

namespace ovenbird::net {

// Returns the addresses of `host` in the order in which to try them: as the
// system gives them, IPv6 and IPv4 in turns. kUnavailable: the lookup failed.
absl::StatusOr<std::vector<boost::asio::ip::tcp::endpoint>> Resolve(
    const std::string& host, int port, Deadline deadline, Cancellation* cancel);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_RESOLVE_H_
