// A real registry for tests: Debian's docker-registry in a process of its own,
// on a free port of 127.0.0.1.
#ifndef OVENBIRD_RUNTIME_REGISTRY_TESTING_REAL_REGISTRY_H_
#define OVENBIRD_RUNTIME_REGISTRY_TESTING_REAL_REGISTRY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/platform.h"
#include "runtime/net/http.h"

namespace ovenbird::registry::testing {

// How the registry is set up.
struct RealRegistryOptions {
  // With TLS; RealRegistry::ca_pem() is its authority.
  bool tls = false;
  // Not empty: only this user can log in, and must.
  std::string user;
  std::string password;
  // Images can be deleted.
  bool deletes = false;
};

// A running registry. The destructor stops it and deletes its data.
class RealRegistry {
 public:
  explicit RealRegistry(const RealRegistryOptions& options = {});
  ~RealRegistry();

  // "127.0.0.1:41234"
  const std::string& domain() const { return domain_; }
  const std::string& ca_pem() const { return ca_pem_; }

  // Pushes a blob and returns its digest.
  std::string PushBlob(const std::string& path, const std::string& bytes);
  // Pushes a manifest and returns its digest.
  std::string PushManifest(const std::string& path, const std::string& tag,
                           const json::Value& manifest);
  // Pushes an image with these layers (tar files, also with gzip or zstd) and
  // `config` as the `config` object of its configuration; returns the
  // manifest's digest.
  std::string PushImage(const std::string& path, const std::string& tag,
                        const std::vector<std::string>& layers,
                        const json::Value& config);
  // Pushes an index of images for platforms, by their manifests' digests, and
  // returns its digest.
  std::string PushIndex(
      const std::string& path, const std::string& tag,
      const std::vector<std::pair<Platform, std::string>>& images);
  // Returns the number of unfinished uploads.
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
