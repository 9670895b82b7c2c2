// Credentials for a registry.
#ifndef OVENBIRD_RUNTIME_REGISTRY_CREDENTIALS_H_
#define OVENBIRD_RUNTIME_REGISTRY_CREDENTIALS_H_

#include <string>

namespace ovenbird::registry {

// Corresponds to docker's AuthConfig. One of password, identity_token and
// registry_token is set.
struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  // OAuth refresh token
  std::string registry_token;  // a bearer token to use as it is
  std::string email;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_CREDENTIALS_H_
