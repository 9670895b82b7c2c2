#include "runtime/doctor/dry_run.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/build/cluster/api_failure.h"
#include "runtime/build/failure.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/object_json.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "dry-run";

Finding Refused(const std::string& subject, const absl::Status& status,
                absl::string_view doing, const std::string& name_space) {
  const std::optional<kube::ApiError> error = kube::ApiErrorOf(status);
  const std::string message = error ? error->message : "";
  if (absl::StrContains(message, "does not support dry run")) {
    Finding finding =
        Warning(kCheck, subject,
                "not checked: a webhook of the cluster allows no dry run",
                "ask the cluster's administrator to declare its `sideEffects`");
    finding.details = {message};
    return finding;
  }
  if (error && error->code == 403 &&
      absl::StrContains(message, "cannot create resource")) {
    return Warning(kCheck, subject,
                   "not checked: the right to create it is missing", "");
  }
  build::Failure failure = build::ExplainApiError(status, doing, name_space);
  Finding finding =
      Error(kCheck, subject, std::move(failure.what), std::move(failure.hint));
  finding.details = std::move(failure.details);
  return finding;
}

// Fields of a container that decide what it does.
constexpr const char* kFields[] = {"image", "command", "args"};
constexpr const char* kSecurityFields[] = {
    "allowPrivilegeEscalation", "capabilities", "privileged",
    "readOnlyRootFilesystem",   "runAsNonRoot", "runAsUser"};

std::string Shown(const json::Value& value) {
  return value.is_null()
             ? "nothing"
             : absl::StrCat("`",
                            value.as_string() != nullptr ? *value.as_string()
                                                         : json::Write(value),
                            "`");
}

void CompareField(const std::string& subject, const std::string& container,
                  const std::string& field, const json::Value& sent,
                  const json::Value& answered, Findings& findings) {
  if (sent == answered) return;
  // The arguments are too long to be shown.
  const bool is_list = sent.as_array() != nullptr;
  findings.push_back(Warning(
      "injection", subject,
      absl::StrCat("admission changes `", field, "` of container `", container,
                   "`", is_list ? "" : absl::StrCat(" to ", Shown(answered))),
      "check that the build still works with it, or exempt the pod: set "
      "`labels` or `annotations` that the cluster's webhook or policy knows"));
}

Finding Added(const std::string& subject, const std::string& name,
              const json::Value& pod) {
  const json::Value& spec = kube::ContainerSpec(pod, name);
  const char* when = "runs next to the build, which does not wait for its end";
  if (kube::IsInitContainer(pod, name) && !kube::IsNativeSidecar(pod, name)) {
    when = "runs before the build";
  }
  return Warning(
      "injection", subject,
      absl::StrCat("admission adds container `", name, "` of image `",
                   spec["image"].string_or(), "`, which ", when),
      "if a build fails because of it, exempt the pod: set `labels` or "
      "`annotations` that the cluster's webhook knows, such as "
      "`sidecar.istio.io/inject: \"false\"`");
}

}  // namespace

Findings CompareWithSent(const std::string& subject, const json::Value& sent,
                         const json::Value& answered) {
  Findings findings;
  for (const std::string& name : kube::ContainerNames(answered)) {
    const json::Value& before = kube::ContainerSpec(sent, name);
    if (before.is_null()) {
      findings.push_back(Added(subject, name, answered));
      continue;
    }
    const json::Value& after = kube::ContainerSpec(answered, name);
    for (const char* field : kFields) {
      CompareField(subject, name, field, before[field], after[field], findings);
    }
    for (const char* field : kSecurityFields) {
      CompareField(subject, name, absl::StrCat("securityContext.", field),
                   before["securityContext"][field],
                   after["securityContext"][field], findings);
    }
  }
  return findings;
}

Tried TryObjects(kube::Client& client, const std::string& subject,
                 const std::string& name_space, const kube::Manifest& manifest,
                 Cancellation* cancel) {
  Tried tried;
  tried.pod = kube::AsJson(manifest.pod);
  tried.has_secret = manifest.secret.has_value();
  if (manifest.secret) {
    const absl::Status status =
        client
            .TryCreate(kube::ResourceOf("secrets", name_space),
                       kube::AsJson(*manifest.secret), cancel)
            .status();
    if (!status.ok()) {
      tried.findings.push_back(Refused(absl::StrCat("Secret of ", subject),
                                       status, "create the build's secret",
                                       name_space));
    }
  }
  const std::string pod = absl::StrCat("pod of ", subject);
  absl::StatusOr<kube::DryRun> answer =
      client.TryCreate(kube::ResourceOf("pods", name_space), tried.pod, cancel);
  if (!answer.ok()) {
    tried.findings.push_back(
        Refused(pod, answer.status(), "create the build pod", name_space));
    return tried;
  }
  tried.findings.push_back(Ok(kCheck, pod, "the cluster accepts it (dry run)"));
  for (std::string& warning : answer->warnings) {
    tried.findings.push_back(
        Warning(kCheck, pod, "the cluster accepts it with a warning", ""));
    tried.findings.back().details = {std::move(warning)};
  }
  for (Finding& finding : CompareWithSent(pod, tried.pod, answer->object)) {
    tried.findings.push_back(std::move(finding));
  }
  tried.pod = std::move(answer->object);
  return tried;
}

}  // namespace ovenbird::doctor
