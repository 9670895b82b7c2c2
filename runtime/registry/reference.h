// Names of images: "alpine", "127.0.0.1:5000/team/app:1.2@sha256:...".
// The rules are docker's (github.com/distribution/reference), which kaniko and
// the registries share.
#ifndef OVENBIRD_RUNTIME_REGISTRY_REFERENCE_H_
#define OVENBIRD_RUNTIME_REGISTRY_REFERENCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::registry {

// A parsed image name.
struct Reference {
  std::string domain;  // host[:port]; "docker.io" for Docker Hub
  std::string path;    // "library/alpine", "team/app"
  std::string tag;     // empty: none was given
  std::string digest;  // "sha256:<64 hex>"; empty: none was given

  // Returns the name without tag and digest: "docker.io/library/alpine".
  std::string Repository() const;
  // Returns the name as short as docker shows it: "alpine:3".
  std::string Familiar() const;
  // Returns the name with domain, tag and digest.
  std::string ToString() const;
  // Returns what to request from a registry: the digest, else the tag, else
  // "latest".
  std::string TagOrDigest() const;

  friend bool operator==(const Reference&, const Reference&) = default;
};

// Parses an image name. kInvalidArgument says which part is wrong and what was
// found there.
absl::StatusOr<Reference> ParseReference(absl::string_view text);

// Returns kInvalidArgument unless `tag` is a tag:
// [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}.
absl::Status CheckTag(absl::string_view tag);

// Returns the domain that `registry` means: docker.io for each of Docker Hub's
// names ("index.docker.io", "https://index.docker.io/v1/",
// "registry-1.docker.io"), else the host[:port] of a name or URL.
std::string NormalizeDomain(absl::string_view registry);

// Returns the host[:port] where the registry of this domain answers:
// "registry-1.docker.io" for docker.io, else the domain itself.
std::string ApiHost(absl::string_view domain);

// Returns whether the domain is localhost, *.localhost, in 127.0.0.0/8 or
// [::1], where docker and kaniko also try plain HTTP.
bool IsLoopback(absl::string_view domain);

}  // namespace ovenbird::registry

#endif  // OVENBIRD_RUNTIME_REGISTRY_REFERENCE_H_
