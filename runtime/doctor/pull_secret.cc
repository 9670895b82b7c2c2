#include "runtime/doctor/pull_secret.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/base/json.h"
#include "runtime/build/failure.h"
#include "runtime/build/observer.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "pull-secret";

// `text` without the name of the Secret, which the subject has.
std::string WithoutName(const std::string& name, absl::string_view text) {
  if (absl::ConsumePrefix(&text, absl::StrCat("pull secret `", name, "`"))) {
    text.remove_prefix(std::min(text.find_first_not_of(": "), text.size()));
  }
  return std::string(text);
}

// Makes findings of what a build would say.
class Listener : public build::Observer {
 public:
  Listener(const std::string& name, const std::string& subject,
           Findings& findings)
      : name_(name), subject_(subject), findings_(findings) {}
  void Step(absl::string_view text) override {
    findings_.push_back(Ok(kCheck, subject_, WithoutName(name_, text)));
  }
  void Log(absl::string_view) override {}
  void Warn(absl::string_view text) override {
    findings_.push_back(
        Warning(kCheck, subject_, WithoutName(name_, text), ""));
  }

 private:
  const std::string& name_;
  const std::string& subject_;
  Findings& findings_;
};

}  // namespace

PullSecretAnswer CheckPullSecret(kube::Client& client,
                                 const build::PullSecretRequest& request,
                                 Cancellation& cancel) {
  PullSecretAnswer answer;
  const std::string subject =
      absl::StrCat("pull secret `", request.name, "` in namespace `",
                   request.name_space, "`");
  Listener listener(request.name, subject, answer.findings);
  std::optional<build::Failure> failure =
      build::FindPullSecretKey(client, request, listener, cancel, answer.key);
  if (failure) {
    answer.findings.push_back(Error(kCheck, subject,
                                    WithoutName(request.name, failure->what),
                                    std::move(failure->hint)));
    answer.findings.back().details = std::move(failure->details);
    return answer;
  }
  const absl::StatusOr<json::Value> secret = client.Get(
      kube::ResourceOf("secrets", request.name_space), request.name, &cancel);
  if (!secret.ok()) return answer;
  absl::Base64Unescape((*secret)["data"][answer.key].string_or(),
                       &answer.docker_config);
  if (answer.findings.empty()) {
    answer.findings.push_back(
        Ok(kCheck, subject,
           absl::StrCat("has a Docker config in `", answer.key, "`")));
  }
  return answer;
}

}  // namespace ovenbird::doctor
