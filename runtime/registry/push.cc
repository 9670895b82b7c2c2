#include "runtime/registry/push.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/client.h"
#include "runtime/registry/reference.h"

namespace ovenbird::registry {
namespace {

// It limits the manifests that are downloaded, not those that are looked up.
constexpr absl::string_view kDockerHub = "docker.io";

// One client for each registry: a token is got once.
class Clients {
 public:
  explicit Clients(const PushOptions& options) : options_(options) {}

  absl::StatusOr<Client*> For(const std::string& domain) {
    std::unique_ptr<Client>& client = clients_[domain];
    if (client == nullptr) {
      ClientOptions options;
      options.insecure = options_.insecure;
      options.plain_http_in_private_networks = true;
      options.ca_pem = options_.ca_pem;
      options.connect_timeout = options_.connect_timeout;
      options.timeout = options_.timeout;
      options.cancel = options_.cancel;
      if (options_.docker_config != nullptr) {
        ASSIGN_OR_RETURN(CredentialsLookup found,
                         options_.docker_config->Find(domain, options_.cancel));
        options.credentials = std::move(found.credentials);
      }
      client = std::make_unique<Client>(domain, std::move(options));
    }
    return client.get();
  }

 private:
  const PushOptions& options_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
};

// The layers and the config of an image; nothing for an index.
std::optional<int64_t> SizeOf(Client& client, const Reference& reference,
                              absl::string_view digest) {
  if (reference.domain == kDockerHub) return std::nullopt;
  const absl::StatusOr<Manifest> manifest =
      client.Get(reference.path, std::string(digest));
  if (!manifest.ok()) return std::nullopt;
  const absl::StatusOr<json::Value> parsed = json::Parse(manifest->bytes);
  if (!parsed.ok() || (*parsed)["layers"].as_array() == nullptr) {
    return std::nullopt;
  }
  int64_t bytes = parsed->Get({"config", "size"}).int_or();
  for (const json::Value& layer : (*parsed)["layers"].items()) {
    bytes += layer["size"].int_or();
  }
  return bytes;
}

}  // namespace

absl::Status ReachRegistryOf(const std::string& image,
                             const PushOptions& options) {
  Clients clients(options);
  ASSIGN_OR_RETURN(const Reference reference, ParseReference(image));
  ASSIGN_OR_RETURN(Client * client, clients.For(reference.domain));
  return client->Connect();
}

absl::Status CheckPushTo(const std::vector<std::string>& images,
                         const PushOptions& options) {
  Clients clients(options);
  std::set<std::string> asked;
  for (const std::string& image : images) {
    ASSIGN_OR_RETURN(Reference reference, ParseReference(image));
    if (!asked.insert(reference.Repository()).second) continue;
    ASSIGN_OR_RETURN(Client * client, clients.For(reference.domain));
    RETURN_IF_ERROR(client->CheckPush(reference.path));
  }
  return absl::OkStatus();
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status) ||
         absl::IsNotFound(status);
}

absl::StatusOr<std::string> DigestOfAll(const std::vector<std::string>& images,
                                        const PushOptions& options) {
  Clients clients(options);
  std::string digest;
  for (const std::string& image : images) {
    ASSIGN_OR_RETURN(Reference reference, ParseReference(image));
    ASSIGN_OR_RETURN(Client * client, clients.For(reference.domain));
    ASSIGN_OR_RETURN(Manifest there,
                     client->Head(reference.path, reference.TagOrDigest()));
    if (!digest.empty() && there.digest != digest) {
      return absl::FailedPreconditionError(
          absl::StrCat(image, " is a different image than ", images[0]));
    }
    digest = std::move(there.digest);
  }
  return digest;
}

absl::Status VerifyPushed(const std::vector<std::string>& images,
                          absl::string_view digest, const PushOptions& options,
                          std::optional<int64_t>* bytes) {
  Clients clients(options);
  for (const std::string& image : images) {
    ASSIGN_OR_RETURN(Reference reference, ParseReference(image));
    ASSIGN_OR_RETURN(Client * client, clients.For(reference.domain));
    ASSIGN_OR_RETURN(Manifest there,
                     client->Head(reference.path, reference.TagOrDigest()));
    if (there.digest == digest) {
      if (bytes != nullptr && &image == &images.back()) {
        *bytes = SizeOf(*client, reference, digest);
      }
      continue;
    }
    const std::string found =
        absl::StrCat(image, " is ", there.digest, " in its registry, but ",
                     digest, " was built");
    const absl::Status ours =
        client->Head(reference.path, std::string(digest)).status();
    if (ours.ok()) {
      return absl::AbortedError(
          absl::StrCat(found, ": the same tag has been pushed again since"));
    }
    if (!absl::IsNotFound(ours)) return ours;
    return absl::DataLossError(
        absl::StrCat(found, ", which the registry does not have"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PushIndexTo(
    const std::vector<std::string>& names,
    const std::vector<PlatformImage>& images, const PushOptions& options) {
  Clients clients(options);
  std::string path;
  std::vector<std::string> tags;
  Client* client = nullptr;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(Reference reference, ParseReference(name));
    ASSIGN_OR_RETURN(client, clients.For(reference.domain));
    path = reference.path;
    tags.push_back(reference.TagOrDigest());
  }
  if (client == nullptr) return absl::InvalidArgumentError("no tag to push");
  ASSIGN_OR_RETURN(const Manifest index, MakeIndex(*client, path, images));
  RETURN_IF_ERROR(PushIndex(*client, path, index, tags));
  return index.digest;
}

}  // namespace ovenbird::registry
