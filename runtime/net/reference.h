// References to URLs in the answers of servers, as in RFC 3986.
#ifndef OVENBIRD_RUNTIME_NET_REFERENCE_H_
#define OVENBIRD_RUNTIME_NET_REFERENCE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/net/url.h"

namespace ovenbird::net {

// Returns the URL that `reference`, absolute or relative, means in an answer of
// `from`. Errors: those of ParseUrl.
absl::StatusOr<Url> ResolveReference(const Url& from,
                                     absl::string_view reference);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_REFERENCE_H_
