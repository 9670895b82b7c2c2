#include "runtime/doctor/rights.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "rights";
constexpr char kNext[] =
    "ask for the Role that `ovenbird rbac` prints: it has all rights that "
    "your builds need";

// From this version of Kubernetes on, exec over a WebSocket needs `create`.
constexpr int kMinorOfExecCreate = 35;

json::Value Review(const std::string& name_space, const kube::Right& right,
                   const std::string& name) {
  const size_t slash = right.resource.find('/');
  json::Value attributes;
  if (!right.is_cluster_wide) attributes.Set("namespace", name_space);
  attributes.Set("verb", right.verb);
  attributes.Set("group", right.group);
  attributes.Set("resource", right.resource.substr(0, slash));
  if (slash != std::string::npos) {
    attributes.Set("subresource", right.resource.substr(slash + 1));
  }
  if (!name.empty()) attributes.Set("name", name);
  json::Value spec;
  spec.Set("resourceAttributes", std::move(attributes));
  json::Value review;
  review.Set("apiVersion", "authorization.k8s.io/v1");
  review.Set("kind", "SelfSubjectAccessReview");
  review.Set("spec", std::move(spec));
  return review;
}

RightAnswer AskOne(kube::Client& client, const std::string& name_space,
                   const kube::Right& right, const std::string& name,
                   Cancellation* cancel) {
  kube::Resource resource;
  resource.api_version = "authorization.k8s.io/v1";
  resource.plural = "selfsubjectaccessreviews";
  RightAnswer answer;
  const absl::StatusOr<json::Value> result =
      client.Create(resource, Review(name_space, right, name), cancel);
  if (!result.ok()) {
    answer.status = result.status();
    return answer;
  }
  const json::Value& status = (*result)["status"];
  answer.allowed = status["allowed"].bool_or();
  answer.reason = std::string(status["reason"].string_or());
  return answer;
}

bool StopsBuilds(const RightsContext& context, const kube::Right& right) {
  if (!right.is_required) return false;
  if (right.resource == "secrets") return context.has_secret;
  return right.resource != "pods/exec" || right.verb != "create" ||
         context.minor < 0 || context.minor >= kMinorOfExecCreate;
}

Finding Missing(const RightsContext& context, const kube::Right& right,
                const RightAnswer& answer) {
  absl::string_view without = right.without;
  if (!without.empty() && without.back() == '.') without.remove_suffix(1);
  Finding finding = Warning(
      kCheck,
      absl::StrCat(
          "right to ", kube::Describe(right),
          right.is_cluster_wide
              ? ""
              : absl::StrCat(" in namespace `", context.name_space, "`")),
      absl::StrCat("missing. ", without), kNext);
  if (StopsBuilds(context, right)) finding.state = State::kError;
  if (!answer.reason.empty()) finding.details = {answer.reason};
  return finding;
}

}  // namespace

RightAnswer AskRight(kube::Client& client, const std::string& name_space,
                     const kube::Right& right, Cancellation* cancel) {
  if (right.names.empty()) {
    return AskOne(client, name_space, right, "", cancel);
  }
  RightAnswer answer;
  for (const std::string& name : right.names) {
    answer = AskOne(client, name_space, right, name, cancel);
    if (!answer.allowed) break;
  }
  return answer;
}

Findings ReportRights(const RightsContext& context,
                      const std::vector<kube::Right>& rights,
                      const std::vector<RightAnswer>& answers) {
  const std::string subject =
      absl::StrCat("rights in namespace `", context.name_space, "`");
  Findings missing;
  size_t granted = 0;
  for (size_t i = 0; i < rights.size(); ++i) {
    if (!answers[i].status.ok()) {
      // The others fail in the same way.
      return {Warning(kCheck, subject,
                      absl::StrCat("unknown: ", answers[i].status.message()),
                      "check them with `kubectl auth can-i`")};
    }
    if (answers[i].allowed) {
      ++granted;
    } else {
      missing.push_back(Missing(context, rights[i], answers[i]));
    }
  }
  Findings findings = {
      Ok(kCheck, subject,
         missing.empty()
             ? absl::StrCat("all ", granted, " are granted")
             : absl::StrCat(granted, " of ", rights.size(), " are granted"))};
  for (Finding& finding : missing) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace ovenbird::doctor
