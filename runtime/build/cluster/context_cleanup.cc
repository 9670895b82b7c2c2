#include "runtime/build/cluster/context_cleanup.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/context_tag.h"

namespace ovenbird::build {
namespace {

std::string DescriptionOf(const json::Value& annotations) {
  return absl::StrCat("image `", annotations[kContextImageKey].string_or(),
                      "`, folder `", annotations[kContextFolder].string_or(),
                      "`");
}

}  // namespace

absl::StatusOr<std::vector<StoredContext>> FindContexts(
    registry::Client& client, const std::string& path,
    const ContextOwner& owner) {
  ASSIGN_OR_RETURN(const std::vector<std::string> tags, client.ListTags(path));
  const std::string prefix = ContextTagPrefix(owner);
  std::vector<StoredContext> found;
  for (const std::string& tag : tags) {
    if (!absl::StartsWith(tag, prefix)) continue;
    const absl::StatusOr<registry::Manifest> manifest = client.Get(path, tag);
    // Deleted since.
    if (absl::IsNotFound(manifest.status())) continue;
    RETURN_IF_ERROR(manifest.status());
    ASSIGN_OR_RETURN(const json::Value parsed, json::Parse(manifest->bytes));
    StoredContext context;
    context.tag = tag;
    context.digest = manifest->digest;
    for (const json::Value& item : parsed["manifests"].items()) {
      context.parts.emplace_back(item["digest"].string_or());
    }
    context.description = DescriptionOf(parsed["annotations"]);
    found.push_back(std::move(context));
  }
  return found;
}

absl::Status DeleteContext(registry::Client& client, const std::string& path,
                           const StoredContext& context) {
  RETURN_IF_ERROR(client.DeleteManifest(path, context.digest));
  for (const std::string& part : context.parts) {
    RETURN_IF_ERROR(client.DeleteManifest(path, part));
  }
  return absl::OkStatus();
}

}  // namespace ovenbird::build
