#include "runtime/net/url_status.h"

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/steady_time.h"
#include "runtime/net/http.h"
#include "runtime/net/message.h"
#include "runtime/net/reference.h"
#include "runtime/net/url.h"

namespace ovenbird::net {
namespace {

// As Go's HTTP client, with which kaniko downloads.
constexpr int kMaxRequests = 10;

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

}  // namespace

absl::StatusOr<int> StatusOfUrl(absl::string_view url, absl::Duration timeout,
                                Cancellation* cancel) {
  const absl::Time end = SteadyNow() + timeout;
  ASSIGN_OR_RETURN(Url at, ParseUrl(url));
  for (int i = 0; i < kMaxRequests; ++i) {
    if (at.scheme != "http" && at.scheme != "https") {
      return absl::InvalidArgumentError("not a URL of HTTP");
    }
    const absl::Duration left = end - SteadyNow();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError("the redirects take too long");
    }
    ClientOptions options;
    options.connect_timeout = left;
    ASSIGN_OR_RETURN(const std::unique_ptr<Client> client,
                     NewClient(at, options));
    Request request;
    request.target = at.target;
    if (!at.user.empty()) {
      request.headers.emplace_back(
          "Authorization",
          absl::StrCat("Basic ", absl::Base64Escape(
                                     absl::StrCat(at.user, ":", at.password))));
    }
    ASSIGN_OR_RETURN(
        const Response response,
        client->Stream(
            request, [](absl::string_view) { return false; }, left, cancel));
    const std::string location(response.Header("location"));
    if (!IsRedirect(response.status) || location.empty()) {
      return response.status;
    }
    ASSIGN_OR_RETURN(at, ResolveReference(at, location));
  }
  return absl::AbortedError("too many redirects");
}

}  // namespace ovenbird::net
