// How a registry wants to be spoken to: the challenges of RFC 9110 and the
// token protocol of the distribution project
// (distribution.github.io/distribution/spec/auth/token/).
#ifndef OVENBIRD_RUNTIME_REGISTRY_AUTH_H_
#define OVENBIRD_RUNTIME_REGISTRY_AUTH_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/net/message.h"
#include "runtime/registry/credentials.h"

namespace ovenbird::registry {

struct Challenge {
  std::string scheme;  // lower case: "basic", "bearer"
  std::map<std::string, std::string> parameters;  // names in lower case

  absl::string_view Get(absl::string_view name) const;
};

// All challenges of one WWW-Authenticate header; what can't be read is left
// out.
std::vector<Challenge> ParseChallenges(absl::string_view header);

// Sends a request to any URL (https://auth.docker.io/token?...).
using SendToUrl = std::function<absl::StatusOr<net::Response>(
    const std::string& url, net::Request request)>;

// Holds the credentials for one registry and the tokens got with them.
class Authorizer {
 public:
  Authorizer(std::optional<Credentials> credentials, SendToUrl send)
      : credentials_(std::move(credentials)), send_(std::move(send)) {}

  // Value of the Authorization header for a request that needs `scope`
  // ("repository:team/app:pull,push"); empty while none is known to be needed.
  std::string HeaderFor(const std::string& scope) const;

  // Takes in a 401 that `scope` was asked with. True: the request is worth
  // sending once more, with another header; a token that `scope` has may have
  // expired, and is replaced. Errors are those of the token server:
  // kUnauthenticated when it does not accept the credentials.
  absl::StatusOr<bool> Learn(const net::Response& unauthorized,
                             const std::string& scope);

  const std::optional<Credentials>& credentials() const { return credentials_; }

 private:
  absl::StatusOr<std::string> FetchToken(const Challenge& challenge,
                                         const std::string& scope);
  net::Request TokenRequest(const Challenge& challenge,
                            const std::string& scope, std::string& url) const;

  const std::optional<Credentials> credentials_;
  const SendToUrl send_;
  bool basic_ = false;
  std::map<std::string, std::string> tokens_;  // by scope
};

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_AUTH_H_
