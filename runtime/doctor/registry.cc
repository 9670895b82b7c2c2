#include "runtime/doctor/registry.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "runtime/kube/user_args.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/push.h"
#include "runtime/registry/reference.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "registry";

void Add(const std::string& name, const std::string& use,
         std::vector<PushTarget>& targets) {
  const absl::StatusOr<registry::Reference> reference =
      registry::ParseReference(name);
  if (!reference.ok()) return;
  const std::string repository = reference->Repository();
  for (PushTarget& target : targets) {
    if (target.repository != repository) continue;
    target.uses.push_back(use);
    return;
  }
  PushTarget& target = targets.emplace_back();
  target.repository = repository;
  target.uses = {use};
}

// What the check found on its way.
class Examination {
 public:
  Examination(const PushTarget& target, std::string domain)
      : target_(target), domain_(std::move(domain)) {}

  Finding Run(registry::PushOptions options) {
    absl::Status reached =
        registry::ReachRegistryOf(target_.repository, options);
    if (absl::IsFailedPrecondition(reached) && !options.ca_pem.empty()) {
      // kaniko trusts the public CAs in addition.
      options.ca_pem.clear();
      if (registry::ReachRegistryOf(target_.repository, options).ok()) {
        reached = absl::OkStatus();
      }
    }
    if (absl::IsFailedPrecondition(reached)) return Untrusted(reached);
    if (!reached.ok()) return Unreachable(reached);
    const absl::Status pushed =
        registry::CheckPushTo({target_.repository}, options);
    if (!pushed.ok()) return Refused(pushed);
    return Ok(kCheck, Subject(), absl::StrCat("push allowed, ", User(options)));
  }

  std::string Subject() const {
    return absl::StrCat("push to ", target_.repository, " (",
                        absl::StrJoin(target_.uses, ", "), ")");
  }

 private:
  std::string User(const registry::PushOptions& options) const {
    absl::StatusOr<registry::CredentialsLookup> login =
        options.docker_config->Find(domain_, options.cancel);
    if (!login.ok() || !login->credentials) return "without credentials";
    return login->credentials->username.empty()
               ? "with a token"
               : absl::StrCat("as `", login->credentials->username, "`");
  }

  // The message without what the subject says.
  std::string MessageOf(const absl::Status& status) const {
    absl::string_view message = status.message();
    absl::ConsumePrefix(&message,
                        absl::StrCat("push to ", target_.repository, ": "));
    return std::string(message);
  }

  Finding Failed(State state, const absl::Status& status,
                 std::string next) const {
    Finding finding = Error(kCheck, Subject(), MessageOf(status), next);
    finding.state = state;
    return finding;
  }

  Finding Untrusted(const absl::Status& status) const {
    if (!target_.ca_config_map.empty() && target_.ca_pem.empty()) {
      return Warning(
          kCheck, Subject(),
          absl::StrCat("not checked: ConfigMap `", target_.ca_config_map,
                       "` with its CA cannot be read"),
          "");
    }
    // The cluster may go another way to it, but has the same public CAs.
    return Failed(
        State::kError, status,
        target_.in_cluster
            ? "put its CA into `registryCertificates`, or renew the certificate"
            : "put its CA into /etc/docker/certs.d/HOST/ca.crt, or renew the "
              "certificate");
  }

  Finding Unreachable(const absl::Status& status) const {
    if (!target_.in_cluster) {
      return Failed(State::kError, status,
                    "check the name, the network and the proxy");
    }
    Finding finding =
        Warning(kCheck, Subject(),
                "not checked: this machine cannot reach the registry",
                "check the name; builds need it only from the cluster");
    finding.details = {MessageOf(status)};
    return finding;
  }

  Finding Refused(const absl::Status& status) const {
    if (!registry::IsRefusal(status)) {
      return Failed(State::kWarning, status, "try again later");
    }
    if (target_.unsure.empty()) {
      return Failed(State::kError, status,
                    "fix the credentials, or the name of the image");
    }
    Finding finding =
        Warning(kCheck, Subject(),
                absl::StrCat("refused from here, but ", target_.unsure),
                "build with --skip-push, or watch the push of the first build");
    finding.details = {MessageOf(status)};
    return finding;
  }

  const PushTarget& target_;
  const std::string domain_;
};

}  // namespace

std::vector<PushTarget> PushTargetsOf(const plan::ImagePlan& build) {
  std::vector<PushTarget> targets;
  if (!plan::PushesImage(build)) return targets;
  const config::Kaniko& kaniko = *build.kaniko;
  const std::string image = absl::StrCat("image `", build.key, "`");
  Add(build.spec.image, image, targets);
  if (build.builder == plan::Builder::kKaniko) {
    for (const std::string& name :
         kube::UserFlagValues(kaniko, "destination")) {
      Add(name, image, targets);
    }
    const std::vector<std::string> repos =
        kube::UserFlagValues(kaniko, "cache-repo");
    const std::string& cache =
        repos.empty() ? build.spec.cache_repo : repos.back();
    if (kaniko.cache && !kube::HasUserFlag(kaniko, "no-push-cache")) {
      Add(cache, absl::StrCat("cache of ", image), targets);
    }
  }
  for (PushTarget& target : targets) target.insecure = kaniko.insecure;
  return targets;
}

Finding CheckPushTarget(const PushTarget& target, Cancellation* cancel) {
  const absl::StatusOr<registry::Reference> reference =
      registry::ParseReference(target.repository);
  const std::string domain = reference.ok() ? reference->domain : "";
  Examination examination(target, domain);
  if (target.in_cluster && registry::IsLoopback(domain)) {
    return Warning(kCheck, examination.Subject(),
                   "not checked: in the build pod this address is the pod's "
                   "own",
                   "name the registry by an address that the cluster reaches");
  }
  registry::DockerConfig config;
  if (!target.docker_config.empty()) {
    absl::StatusOr<registry::DockerConfig> parsed =
        registry::DockerConfig::Parse(target.docker_config, "the credentials");
    if (!parsed.ok()) {
      return Error(kCheck, examination.Subject(),
                   std::string(parsed.status().message()),
                   "fix the Docker config");
    }
    config = *std::move(parsed);
  }
  registry::PushOptions options;
  options.docker_config = &config;
  options.insecure = target.insecure;
  options.ca_pem = target.ca_pem;
  options.timeout = absl::Seconds(10);
  options.cancel = cancel;
  return examination.Run(options);
}

}  // namespace ovenbird::doctor
