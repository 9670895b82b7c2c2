#include "runtime/doctor/dry_run.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/source_file.h"
#include "runtime/build/cluster/dry_run.h"
#include "runtime/build/failure.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "dry-run";

// "devspace.yaml:5:9: the cluster rejects ..."
std::string Shown(const diag::Diagnostic& problem) {
  if (!problem.span) return problem.message;
  const Position at = problem.span.file->PositionAt(problem.span.begin);
  return absl::StrCat(problem.span.file->name(), ":", at.line, ":", at.column,
                      ": ", problem.message);
}

Finding Refused(const std::string& subject, const absl::Status& status,
                build::Failure failure) {
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
  const bool has_places = !failure.diagnostics.empty();
  Finding finding =
      Error(kCheck, subject, std::move(failure.what),
            has_places ? "fix these values" : std::move(failure.hint));
  finding.details = std::move(failure.details);
  for (const diag::Diagnostic& problem : failure.diagnostics) {
    finding.details.push_back(Shown(problem));
  }
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
                 const std::string& name_space, const kube::BuildSpec& spec,
                 Cancellation& cancel) {
  build::DryRunResult result =
      build::TryToCreate(client, spec, name_space, cancel);
  Tried tried;
  tried.has_secret = result.secret.has_value();
  if (result.secret && result.secret->failure) {
    tried.findings.push_back(Refused(absl::StrCat("Secret of ", subject),
                                     result.secret->answer.status(),
                                     *std::move(result.secret->failure)));
  }
  const std::string pod = absl::StrCat("pod of ", subject);
  if (result.pod.failure) {
    tried.findings.push_back(Refused(pod, result.pod.answer.status(),
                                     *std::move(result.pod.failure)));
    tried.pod = std::move(result.pod.sent);
    return tried;
  }
  tried.findings.push_back(Ok(kCheck, pod, "the cluster accepts it (dry run)"));
  for (std::string& warning : result.pod.warnings) {
    tried.findings.push_back(
        Warning(kCheck, pod, "the cluster accepts it with a warning", ""));
    tried.findings.back().details = {std::move(warning)};
  }
  for (Finding& finding :
       CompareWithSent(pod, result.pod.sent, *result.pod.answer)) {
    tried.findings.push_back(std::move(finding));
  }
  tried.pod = *std::move(result.pod.answer);
  return tried;
}

}  // namespace ovenbird::doctor
