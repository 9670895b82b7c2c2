// How requests to an API server are authenticated. A credential may change
// while the program runs: token files are rewritten, exec plugins' tokens
// expire.
#ifndef OVENBIRD_RUNTIME_KUBE_CREDENTIALS_H_
#define OVENBIRD_RUNTIME_KUBE_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"

namespace ovenbird::kube {

// What a request is authenticated with; all parts may be empty.
struct Credential {
  std::string authorization;  // the header's value; empty: none
  std::string client_cert_pem;
  std::string client_key_pem;

  friend bool operator==(const Credential&, const Credential&) = default;
};

// A source of credentials. Thread-safe.
class Credentials {
 public:
  virtual ~Credentials() = default;
  // Returns the current credential. May run a plugin the first time and after
  // expiry.
  virtual absl::StatusOr<Credential> Get(Cancellation* cancel) = 0;
  // Drops `rejected`, which the server has answered with 401. Returns whether
  // the next Get may return another credential, so that another attempt is
  // worthwhile.
  virtual bool Renew(const Credential& rejected) = 0;
};

// Returns credentials that never change.
std::shared_ptr<Credentials> FixedCredentials(Credential credential);

// Returns credentials with the file's content as bearer token, read at most
// once a minute, and with the client certificate of `base`. Get fails if the
// file cannot be read or is empty.
std::shared_ptr<Credentials> TokenFileCredentials(std::string path,
                                                  Credential base);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_CREDENTIALS_H_
