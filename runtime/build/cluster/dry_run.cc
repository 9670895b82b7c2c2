#include "runtime/build/cluster/dry_run.h"

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

TriedObject Try(kube::Client& client, const kube::Resource& resource,
                json::Value object, absl::string_view doing,
                Cancellation& cancel) {
  TriedObject tried;
  tried.sent = std::move(object);
  absl::StatusOr<kube::DryRun> answer =
      client.TryCreate(resource, tried.sent, &cancel);
  if (answer.ok()) {
    tried.answer = std::move(answer->object);
    tried.warnings = std::move(answer->warnings);
  } else {
    tried.answer = answer.status();
    tried.failure =
        ExplainApiError(answer.status(), doing, resource.name_space);
  }
  return tried;
}

}  // namespace

DryRunResult TryToCreate(kube::Client& client, const kube::BuildSpec& spec,
                         const std::string& name_space, Cancellation& cancel) {
  const kube::Manifest manifest = kube::MakeManifest(spec);
  DryRunResult result;
  if (manifest.secret) {
    result.secret = Try(client, kube::ResourceOf("secrets", name_space),
                        kube::AsJson(*manifest.secret),
                        "create the build's secret", cancel);
  }
  result.pod = Try(client, kube::ResourceOf("pods", name_space),
                   kube::AsJson(manifest.pod), "create the build pod", cancel);
  if (result.pod.failure) NameOptions(spec, *result.pod.failure);
  return result;
}

}  // namespace ovenbird::build
