#include "runtime/registry/location.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/net/reference.h"

namespace ovenbird::registry {
absl::StatusOr<net::Url> ResolveLocation(const net::Url& from,
                                         absl::string_view reference) {
  if (reference.empty()) {
    return absl::FailedPreconditionError("the URL is missing");
  }
  absl::StatusOr<net::Url> url = net::ResolveReference(from, reference);
  if (!url.ok()) return absl::FailedPreconditionError(url.status().message());
  if (url->scheme != "https" && url->scheme != "http") {
    return absl::FailedPreconditionError(absl::StrCat(
        "`", url->scheme, "` URLs are not followed, only http and https"));
  }
  if (from.scheme == "https" && url->scheme != "https") {
    return absl::FailedPreconditionError(
        absl::StrCat("`", url->Origin(), "` is plain HTTP, and ", from.Origin(),
                     " has TLS"));
  }
  return url;
}

}  // namespace ovenbird::registry
