// Internal to net: ways through a proxy, spoken on a stream that is already
// connected to it.
#ifndef OVENBIRD_RUNTIME_NET_TUNNEL_H_
#define OVENBIRD_RUNTIME_NET_TUNNEL_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/loop.h"
#include "runtime/net/stream.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// The Proxy-Authorization header for the proxy's user; empty without one.
std::string ProxyAuthorization(const Url& proxy);

// HTTP CONNECT to `target`. `stream` stays, or is null after an error.
absl::Status OpenTunnel(Loop& loop, std::unique_ptr<Stream>& stream,
                        const Url& proxy, const Url& target, Deadline deadline,
                        Cancellation* cancel);

// RFC 1928, with RFC 1929 when the proxy's URL has a user. The proxy resolves
// the name.
absl::Status OpenSocks5(Loop& loop, std::unique_ptr<Stream>& stream,
                        const Url& proxy, const Url& target, Deadline deadline,
                        Cancellation* cancel);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_TUNNEL_H_
