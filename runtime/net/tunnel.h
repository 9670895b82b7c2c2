// Internal to net: protocols for connections through a proxy, on a stream that
// is already connected to it.
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

// Returns the Proxy-Authorization header for the user in the proxy's URL; empty
// without one.
std::string ProxyAuthorization(const Url& proxy);

// Connects to `target` by HTTP CONNECT. Afterwards `stream` leads to the
// target; after an error it is of no use. kUnavailable: the proxy refuses or
// asks for a password.
absl::Status OpenTunnel(Loop& loop, std::unique_ptr<Stream>& stream,
                        const Url& proxy, const Url& target, Deadline deadline,
                        Cancellation* cancel);

// Connects to `target` by RFC 1928, with RFC 1929 if the proxy's URL has a
// user. The proxy resolves the name. Errors as above; kInvalidArgument: a name
// or a password is longer than 255 bytes.
absl::Status OpenSocks5(Loop& loop, std::unique_ptr<Stream>& stream,
                        const Url& proxy, const Url& target, Deadline deadline,
                        Cancellation* cancel);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_TUNNEL_H_
