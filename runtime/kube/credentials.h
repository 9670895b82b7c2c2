// How requests to an API server are signed. A credential may change while the
// program runs: token files are written anew, exec plugins' tokens expire.
#ifndef OVENBIRD_RUNTIME_KUBE_CREDENTIALS_H_
#define OVENBIRD_RUNTIME_KUBE_CREDENTIALS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/base/cancellation.h"

namespace ovenbird::kube {

struct Credential {
  std::string authorization;  // the header's value; empty: none
  std::string client_cert_pem;
  std::string client_key_pem;

  friend bool operator==(const Credential&, const Credential&) = default;
};

// Thread-safe.
class Credentials {
 public:
  virtual ~Credentials() = default;
  // The credential in force. May run a plugin the first time and after expiry.
  virtual absl::StatusOr<Credential> Get(Cancellation* cancel) = 0;
  // The server has answered 401 to `rejected`. True: the next Get makes, or
  // has already made, another one, so that it is worth to try again.
  virtual bool Renew(const Credential& rejected) = 0;
};

std::shared_ptr<Credentials> FixedCredentials(Credential credential);

// The file's content as bearer token, read anew at most once a minute; with
// the client certificate of `base`.
std::shared_ptr<Credentials> TokenFileCredentials(std::string path,
                                                  Credential base);

}  // namespace ovenbird::kube

#endif  // OVENBIRD_RUNTIME_KUBE_CREDENTIALS_H_
