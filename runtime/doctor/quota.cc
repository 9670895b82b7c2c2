#include "runtime/doctor/quota.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/config/quantity.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "quota";

double ValueOf(const json::Value& quantity) {
  if (const int64_t* number = quantity.as_int()) {
    return static_cast<double>(*number);
  }
  return config::QuantityValue(quantity.string_or()).value_or(0);
}

// `kind`: "requests" or "limits". Containers run together, init containers one
// after the other before them.
Amounts Resources(const json::Value& pod, absl::string_view kind) {
  Amounts sum, most;
  for (const json::Value& container : pod["spec"]["containers"].items()) {
    for (const auto& [name, value] : container["resources"][kind].members()) {
      sum[name] += ValueOf(value);
    }
  }
  for (const json::Value& container : pod["spec"]["initContainers"].items()) {
    const bool stays = container["restartPolicy"].string_or() == "Always";
    for (const auto& [name, value] : container["resources"][kind].members()) {
      double& amount = stays ? sum[name] : most[name];
      amount =
          stays ? amount + ValueOf(value) : std::max(amount, ValueOf(value));
    }
  }
  for (const auto& [name, value] : most) {
    sum[name] = std::max(sum[name], value);
  }
  return sum;
}

// How a quota limits the builds.
struct Fit {
  int builds = 0;  // that have room at the same time
  std::vector<std::string> full;
};

Fit FitOf(const json::Value& quota, const Amounts& need, int at_once) {
  constexpr double kRounding = 1e-9;
  Fit fit;
  fit.builds = at_once;
  const json::Value& hard = quota["status"]["hard"];
  for (const auto& [name, limit] : hard.members()) {
    const auto amount = need.find(name);
    if (amount == need.end() || amount->second <= 0) continue;
    const json::Value& used = quota["status"]["used"][name];
    const double room = (ValueOf(limit) - ValueOf(used)) / amount->second;
    const int builds = static_cast<int>(
        std::clamp(std::floor(room + kRounding), 0.0, double(at_once)));
    if (builds < 1) {
      fit.full.push_back(absl::StrCat("`", name, "`: ", used.string_or("0"),
                                      " of ", limit.string_or("?"), " used"));
    }
    fit.builds = std::min(fit.builds, builds);
  }
  return fit;
}

Amounts LargestOf(const std::vector<Amounts>& needs) {
  Amounts largest;
  for (const Amounts& need : needs) {
    for (const auto& [name, value] : need) {
      largest[name] = std::max(largest[name], value);
    }
  }
  return largest;
}

bool Counts(const json::Value& quota, const Amounts& need) {
  const auto& limits = quota["status"]["hard"].members();
  return std::any_of(limits.begin(), limits.end(), [&](const auto& limit) {
    return need.count(limit.first) > 0;
  });
}

bool HasScopes(const json::Value& quota) {
  return !quota["spec"]["scopes"].items().empty() ||
         !quota["spec"]["scopeSelector"].is_null();
}

}  // namespace

Amounts NeedOf(const json::Value& pod, bool has_secret) {
  Amounts need = {{"pods", 1}, {"count/pods", 1}, {"count/jobs.batch", 1}};
  if (has_secret) need["secrets"] = need["count/secrets"] = 1;
  for (const auto& [name, value] : Resources(pod, "requests")) {
    need[absl::StrCat("requests.", name)] = need[name] = value;
  }
  for (const auto& [name, value] : Resources(pod, "limits")) {
    need[absl::StrCat("limits.", name)] = value;
  }
  return need;
}

Findings CompareQuotas(const json::Value& quotas,
                       const std::vector<Amounts>& needs, int at_once) {
  const Amounts need = LargestOf(needs);
  Findings findings;
  for (const json::Value& quota : quotas["items"].items()) {
    if (HasScopes(quota) || !Counts(quota, need)) continue;
    const std::string subject =
        absl::StrCat("quota `", quota.Get({"metadata", "name"}).string_or(),
                     "` of namespace `",
                     quota.Get({"metadata", "namespace"}).string_or(), "`");
    const Fit fit = FitOf(quota, need, at_once);
    if (fit.builds == 0) {
      findings.push_back(
          Error(kCheck, subject,
                absl::StrCat("has no room for a build: ",
                             absl::StrJoin(fit.full, ", ")),
                "lower `resources`, wait for other pods to finish, or request "
                "more quota"));
    } else if (fit.builds < at_once) {
      findings.push_back(
          Warning(kCheck, subject,
                  absl::StrCat("has room for ", fit.builds, " of ", at_once,
                               " builds at the same time"),
                  absl::StrCat("build with --jobs ", fit.builds,
                               ", lower `resources`, or request more quota")));
    } else {
      findings.push_back(Ok(kCheck, subject,
                            at_once == 1
                                ? "has room for the build"
                                : absl::StrCat("has room for ", at_once,
                                               " builds at the same time")));
    }
  }
  return findings;
}

Findings CheckQuotas(kube::Client& client, const std::string& name_space,
                     const std::vector<Amounts>& needs, int at_once,
                     Cancellation* cancel) {
  const absl::StatusOr<json::Value> quotas =
      client.List(kube::ResourceOf("resourcequotas", name_space), {}, cancel);
  return quotas.ok() ? CompareQuotas(*quotas, needs, at_once) : Findings();
}

}  // namespace ovenbird::doctor
