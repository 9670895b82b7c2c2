// URLs in a registry's answers: redirects, uploads, token servers.
#ifndef OVENBIRD_RUNTIME_REGISTRY_LOCATION_H_
#define OVENBIRD_RUNTIME_REGISTRY_LOCATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/url.h"

namespace ovenbird::registry {

// Returns the URL that `reference`, absolute or relative as in RFC 3986, means
// in an answer of `from`. Returns kFailedPrecondition for schemes other than
// http and https, and for http if `from` is https: nobody on the way may read
// or change what TLS protects.
absl::StatusOr<net::Url> ResolveLocation(const net::Url& from,
                                         absl::string_view reference);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_LOCATION_H_
