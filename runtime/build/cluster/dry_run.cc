#include "runtime/build/cluster/dry_run.h"

#include <iterator>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/api_failure.h"
#include "runtime/build/cluster/rejected_fields.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/object_json.h"
#include "runtime/kube/objects.h"

namespace ovenbird::build {
namespace {

// Tries one object; false after a failure.
bool Try(kube::Client& client, const kube::Resource& resource,
         const json::Value& object, absl::string_view doing,
         Cancellation& cancel, DryRunResult& result) {
  absl::StatusOr<kube::DryRun> tried =
      client.TryCreate(resource, object, &cancel);
  if (!tried.ok()) {
    result.failure =
        ExplainApiError(tried.status(), doing, resource.name_space);
    return false;
  }
  result.warnings.insert(result.warnings.end(),
                         std::make_move_iterator(tried->warnings.begin()),
                         std::make_move_iterator(tried->warnings.end()));
  return true;
}

}  // namespace

DryRunResult TryToCreate(kube::Client& client, const kube::BuildSpec& spec,
                         const std::string& name_space, Cancellation& cancel) {
  const kube::Manifest manifest = kube::MakeManifest(spec);
  DryRunResult result;
  if (manifest.secret && !Try(client, kube::ResourceOf("secrets", name_space),
                              kube::AsJson(*manifest.secret),
                              "create the build's secret", cancel, result)) {
    return result;
  }
  if (!Try(client, kube::ResourceOf("pods", name_space),
           kube::AsJson(manifest.pod), "create the build pod", cancel,
           result)) {
    NameOptions(spec, *result.failure);
  }
  return result;
}

}  // namespace ovenbird::build
