#include "runtime/registry/index.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/image.h"

namespace ovenbird::registry {
namespace {

constexpr char kDockerManifest[] =
    "application/vnd.docker.distribution.manifest.v2+json";
constexpr char kDockerList[] =
    "application/vnd.docker.distribution.manifest.list.v2+json";
constexpr char kOciIndex[] = "application/vnd.oci.image.index.v1+json";

// Builders write no variant, so it cannot be compared.
absl::Status CheckPlatform(const std::string& path, const PlatformImage& image,
                           const json::Value& config) {
  const std::string found = absl::StrCat(config["os"].string_or(), "/",
                                         config["architecture"].string_or());
  if (found ==
      absl::StrCat(image.platform.os, "/", image.platform.architecture)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(path, "@", image.digest, " was built for ",
                   image.platform.ToString(), ", but is an image for ", found));
}

// The entry of one image.
absl::StatusOr<json::Value> Descriptor(Client& client, const std::string& path,
                                       const PlatformImage& image) {
  // Get would read anything else as a tag.
  RETURN_IF_ERROR(CheckDigest(image.digest));
  // Docker pushes an image with its attestations as an index.
  ASSIGN_OR_RETURN(const Manifest manifest,
                   FindImage(client, path, image.digest, image.platform));
  ASSIGN_OR_RETURN(const json::Value parsed, json::Parse(manifest.bytes));
  const absl::string_view config = parsed["config"]["digest"].string_or();
  if (config.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, "@", image.digest, " is not an image: its type is `",
                     manifest.media_type, "`"));
  }
  ASSIGN_OR_RETURN(const json::Value described,
                   FetchConfig(client, path, std::string(config)));
  RETURN_IF_ERROR(CheckPlatform(path, image, described));
  json::Value value;
  value.Set("mediaType", manifest.media_type);
  value.Set("size", static_cast<int64_t>(manifest.bytes.size()));
  value.Set("digest", manifest.digest);
  value.Set("platform", ToJson(image.platform));
  return value;
}

}  // namespace

json::Value ToJson(const Platform& platform) {
  json::Value value;
  value.Set("architecture", platform.architecture);
  value.Set("os", platform.os);
  if (!platform.variant.empty()) value.Set("variant", platform.variant);
  return value;
}

absl::StatusOr<Manifest> MakeIndex(Client& client, const std::string& path,
                                   const std::vector<PlatformImage>& images) {
  json::Array manifests;
  bool all_docker = true;
  for (const PlatformImage& image : images) {
    ASSIGN_OR_RETURN(json::Value one, Descriptor(client, path, image));
    all_docker = all_docker && one["mediaType"].string_or() == kDockerManifest;
    manifests.push_back(std::move(one));
  }
  Manifest index;
  index.media_type = all_docker ? kDockerList : kOciIndex;
  json::Value value;
  value.Set("schemaVersion", 2);
  value.Set("mediaType", index.media_type);
  value.Set("manifests", std::move(manifests));
  index.bytes = json::Write(value, /*pretty=*/true);
  index.digest = DigestOf(index.bytes);
  return index;
}

std::vector<PlatformImage> ImagesOf(const json::Value& manifest) {
  std::vector<PlatformImage> images;
  for (const json::Value& item : manifest["manifests"].items()) {
    const json::Value& named = item["platform"];
    const absl::string_view variant = named["variant"].string_or();
    // Attestations have the platform unknown/unknown.
    const absl::StatusOr<Platform> platform = ParsePlatform(absl::StrCat(
        named["os"].string_or(), "/", named["architecture"].string_or(),
        variant.empty() ? "" : "/", variant));
    if (!platform.ok()) continue;
    images.push_back({*platform, std::string(item["digest"].string_or())});
  }
  return images;
}

absl::Status PushIndex(Client& client, const std::string& path,
                       const Manifest& index,
                       const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    RETURN_IF_ERROR(
        client.Put(path, tag, index.media_type, index.bytes).status());
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::registry
