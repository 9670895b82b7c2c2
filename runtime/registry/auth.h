// How to authenticate to a registry: the challenges of RFC 9110 and the token
// protocol of the distribution project
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

// One way to authenticate that a server offers in a WWW-Authenticate header.
struct Challenge {
  std::string scheme;  // lower case: "basic", "bearer"
  std::map<std::string, std::string> parameters;  // names in lower case

  // Returns the value of the parameter; `name` is in lower case. "" if it is
  // missing.
  absl::string_view Get(absl::string_view name) const;
};

// Returns all challenges of one WWW-Authenticate header. Skips the parts that
// it cannot parse.
std::vector<Challenge> ParseChallenges(absl::string_view header);

// Sends a request to any URL (https://auth.docker.io/token?...).
using SendToUrl = std::function<absl::StatusOr<net::Response>(
    const std::string& url, net::Request request)>;

// Holds the credentials for one registry and the tokens obtained with them.
class Authorizer {
 public:
  Authorizer(std::optional<Credentials> credentials, SendToUrl send)
      : credentials_(std::move(credentials)), send_(std::move(send)) {}

  // Returns the value of the Authorization header for a request that needs
  // `scope` ("repository:team/app:pull,push"); empty as long as Learn() has not
  // seen that a header is needed. A registry token is sent from the start.
  std::string HeaderFor(const std::string& scope) const;

  // Learns from a 401 answer to a request with `scope`, and fetches a token if
  // the registry asks for one. Returns whether the request should be sent again
  // with the new header: a token of `scope` that has expired is replaced.
  // Returns the errors of the token server; kUnauthenticated: it does not
  // accept the credentials.
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
