// A real registry for tests: Debian's docker-registry in a process of its own,
// on a free port of 127.0.0.1.
#ifndef OVENBIRD_RUNTIME_REGISTRY_TESTING_REAL_REGISTRY_H_
#define OVENBIRD_RUNTIME_REGISTRY_TESTING_REAL_REGISTRY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/net/http.h"

namespace ovenbird::registry::testing {

struct RealRegistryOptions {
  // With TLS; `ca_pem` of the registry then says whom to trust.
  bool tls = false;
  // Not empty: only this user may come in.
  std::string user;
  std::string password;
};

// Ends with its data in the destructor.
class RealRegistry {
 public:
  explicit RealRegistry(const RealRegistryOptions& options = {});
  ~RealRegistry();

  // "127.0.0.1:41234"
  const std::string& domain() const { return domain_; }
  const std::string& ca_pem() const { return ca_pem_; }

  // Put there as a push would; the digest.
  std::string PushBlob(const std::string& path, const std::string& bytes);
  std::string PushManifest(const std::string& path, const std::string& tag,
                           const json::Value& manifest);
  // An image of these layers (tar files, gzip'd or not) and `config` as the
  // "config" section; the manifest's digest.
  std::string PushImage(const std::string& path, const std::string& tag,
                        const std::vector<std::string>& layers,
                        const json::Value& config);
  // How many uploads are unfinished.
  int OpenUploads() const;

 private:
  struct Process;
  net::Response Send(net::Request request);

  const RealRegistryOptions options_;
  std::string folder_;
  std::string domain_;
  std::string ca_pem_;
  std::unique_ptr<Process> process_;
  std::unique_ptr<net::Client> client_;
};

}  // namespace ovenbird::registry::testing

#endif  // OVENBIRD_RUNTIME_REGISTRY_TESTING_REAL_REGISTRY_H_
