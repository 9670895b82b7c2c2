// The proxy for a URL, by the rules of curl and Go, and thereby of kubectl and
// docker.
#ifndef OVENBIRD_RUNTIME_NET_PROXY_H_
#define OVENBIRD_RUNTIME_NET_PROXY_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// Returns the value of an environment variable; empty if it is not set.
using Environment = absl::FunctionRef<std::string(absl::string_view)>;

// Returns the proxy of HTTPS_PROXY for https, of HTTP_PROXY for http (the
// lower-case name takes precedence), unless NO_PROXY has the host: `*`, `name`,
// `.suffix`, `name:port`, an address, or a CIDR range. nullopt: no proxy, as
// always for `localhost` and loopback addresses. kInvalidArgument names the
// variable whose URL is malformed.
absl::StatusOr<std::optional<Url>> ProxyFor(const Url& url, Environment env);

// Parses the URL of a proxy: http, https or socks5; the default scheme is http.
absl::StatusOr<Url> ParseProxy(absl::string_view text);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_PROXY_H_
