// Which proxy a URL is reached through, by the rules that curl, Go and with
// them kubectl and docker follow.
#ifndef OVENBIRD_RUNTIME_NET_PROXY_H_
#define OVENBIRD_RUNTIME_NET_PROXY_H_

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// The value of an environment variable; empty when it is not set.
using Environment = absl::FunctionRef<std::string(absl::string_view)>;

// HTTPS_PROXY for https, HTTP_PROXY for http (either also in lower case,
// which then wins), unless NO_PROXY names the host: `*`, `name`, `.suffix`,
// `name:port`, an address, or a CIDR range. Loopback addresses and
// `localhost` never go through a proxy. nullopt: direct.
absl::StatusOr<std::optional<Url>> ProxyFor(const Url& url, Environment env);

// Reads a proxy's URL; one without a scheme means http://.
absl::StatusOr<Url> ParseProxy(absl::string_view text);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_PROXY_H_
