// The part of the client that lists tags and deletes images.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/registry/client.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/error.h"
#include "runtime/registry/location.h"

namespace ovenbird::registry {
namespace {

// Of tags that are asked for at a time; registries may give less.
constexpr int kTagsOfAPage = 1000;
constexpr int kMostPages = 1000;

// Returns the target of `<target>; rel="next"`; empty if there is none.
absl::string_view NextPage(absl::string_view link) {
  const size_t begin = link.find('<');
  const size_t end = link.find('>');
  if (begin == link.npos || end == link.npos || end < begin) return "";
  if (link.find("rel=\"next\"", end) == link.npos &&
      link.find("rel=next", end) == link.npos) {
    return "";
  }
  return link.substr(begin + 1, end - begin - 1);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Client::ListTags(
    const std::string& path) {
  std::vector<std::string> tags;
  Call call = {absl::StrCat("tags of ", domain_, "/", path),
               "GET",
               absl::StrCat("/v2/", path, "/tags/list?n=", kTagsOfAPage),
               absl::StrCat("repository:", path, ":pull"),
               {},
               ""};
  for (int page = 0; page < kMostPages; ++page) {
    ASSIGN_OR_RETURN(const net::Response response, Send(call));
    // No repository: nothing was pushed yet.
    if (response.status == 404) return tags;
    if (response.status != 200) {
      return Explain(ResponseError(call.what, response));
    }
    ASSIGN_OR_RETURN(const json::Value parsed, json::Parse(response.body));
    for (const json::Value& tag : parsed["tags"].items()) {
      tags.emplace_back(tag.string_or());
    }
    const absl::string_view next = NextPage(response.Header("Link"));
    if (next.empty()) return tags;
    ASSIGN_OR_RETURN(const net::Url url, ResolveLocation(base_, next));
    if (url.Origin() != base_.Origin()) {
      return absl::FailedPreconditionError(
          absl::StrCat(call.what, ": the registry names ", url.Origin()));
    }
    call.target = url.target;
  }
  return absl::OutOfRangeError(absl::StrCat(call.what, ": too many pages"));
}

absl::Status Client::DeleteManifest(const std::string& path,
                                    const std::string& digest) {
  RETURN_IF_ERROR(CheckDigest(digest));
  Call call = ManifestCall("DELETE", path, digest);
  call.what = absl::StrCat("deletion of the ", call.what);
  call.scope = absl::StrCat("repository:", path, ":pull,push,delete");
  ASSIGN_OR_RETURN(const net::Response response, Send(call));
  if (response.status == 202 || response.status == 200 ||
      response.status == 204 || response.status == 404) {
    return absl::OkStatus();
  }
  const absl::Status error = ResponseError(call.what, response);
  if (response.status == 405) {
    return absl::UnimplementedError(
        absl::StrCat(error.message(),
                     "; this registry does not delete images: allow it there "
                     "(`storage.delete.enabled` of the CNCF registry, or "
                     "REGISTRY_STORAGE_DELETE_ENABLED=true)"));
  }
  return Explain(error);
}

}  // namespace ovenbird::registry
