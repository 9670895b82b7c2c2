#include "runtime/doctor/builds.h"

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/kube/manifest.h"
#include "runtime/registry/cloud_registries.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/reference.h"

namespace ovenbird::doctor {
namespace {

void AddAll(const std::vector<std::string>& from,
            std::vector<std::string>& to) {
  for (const std::string& item : from) {
    if (std::find(to.begin(), to.end(), item) == to.end()) to.push_back(item);
  }
}

bool HasLogin(const std::string& config_json, const std::string& domain) {
  if (config_json.empty()) return false;
  const absl::StatusOr<registry::DockerConfig> config =
      registry::DockerConfig::Parse(config_json, "the credentials");
  if (!config.ok()) return false;
  const absl::StatusOr<registry::CredentialsLookup> login =
      config->Find(domain);
  return login.ok() && login->credentials.has_value();
}

// How a build in the cluster may log in in another way than with
// `docker_config`; empty: in none.
std::string OtherLogin(const Build& build, const PushTarget& target) {
  const config::Kaniko& kaniko = *build.plan->kaniko;
  const PullSecretName secret = PullSecretOf(build);
  if (!secret.second.empty() && target.docker_config.empty()) {
    return absl::StrCat("pull secret `", secret.second,
                        "` is missing or cannot be read");
  }
  if (secret.second.empty() && !kube::UsesOurLogin(build.plan->spec)) {
    return "the build has credentials of its own in the cluster";
  }
  const absl::StatusOr<registry::Reference> name =
      registry::ParseReference(target.repository);
  if (!name.ok() || HasLogin(target.docker_config, name->domain)) return "";
  if (registry::HasLoginOfItsOwn(name->domain)) {
    return "kaniko can log in there with the credentials of its node";
  }
  return kaniko.service_account.empty()
             ? ""
             : absl::StrCat("the build may log in as service account `",
                            kaniko.service_account, "`");
}

bool IsSame(const PushTarget& a, const PushTarget& b) {
  return a.repository == b.repository && a.docker_config == b.docker_config &&
         a.insecure == b.insecure && a.in_cluster == b.in_cluster &&
         a.unsure == b.unsure && a.name_space == b.name_space &&
         a.ca_config_map == b.ca_config_map && a.ca_key == b.ca_key;
}

void SetCertificate(const Build& build, PushTarget& target) {
  const absl::StatusOr<registry::Reference> name =
      registry::ParseReference(target.repository);
  if (!name.ok() || !build.in_cluster) return;
  for (const config::RegistryCertificate& certificate :
       build.plan->kaniko->registry_certificates) {
    if (certificate.registry != name->domain) continue;
    target.ca_config_map = certificate.config_map;
    target.ca_key = certificate.key;
  }
}

}  // namespace

std::vector<Build> BuildsOf(
    const plan::Plan& plan, const std::string& name_space,
    const std::function<absl::string_view(const std::string&)>& engine_of) {
  std::vector<Build> builds;
  const auto add = [&](const plan::ImagePlan& image) {
    Build& build = builds.emplace_back();
    build.plan = &image;
    build.subject = absl::StrCat("image `", image.key, "`");
    build.name_space = image.kaniko->namespace_.empty()
                           ? name_space
                           : image.kaniko->namespace_;
    build.in_cluster = engine_of(image.key) == "kubernetes";
  };
  for (const auto& image : plan.images) {
    if (image->builder == plan::Builder::kCustom) continue;
    if (image->platforms.empty()) add(*image);
    for (const auto& one : image->platforms) {
      add(*one);
      absl::StrAppend(&builds.back().subject, " for ",
                      one->spec.platform->ToString());
    }
  }
  return builds;
}

PullSecretName PullSecretOf(const Build& build) {
  const config::Kaniko& kaniko = *build.plan->kaniko;
  if (!build.in_cluster || kaniko.skip_pull_secret_mount ||
      kaniko.pull_secret.empty()) {
    return {};
  }
  return {build.name_space, kaniko.pull_secret};
}

std::vector<build::PullSecretRequest> PullSecretRequests(
    const std::vector<Build>& builds) {
  std::vector<build::PullSecretRequest> requests;
  for (const Build& build : builds) {
    const auto& [name_space, name] = PullSecretOf(build);
    if (name.empty()) continue;
    auto request = std::find_if(
        requests.begin(), requests.end(),
        [&name_space = name_space, &name = name](const auto& other) {
          return other.name_space == name_space && other.name == name;
        });
    if (request == requests.end()) {
      request = requests.insert(requests.end(), {name_space, name, {}, {}});
    }
    AddAll(build.plan->push_registries, request->pushed);
    AddAll(build.plan->pull_registries, request->pulled);
  }
  return requests;
}

std::vector<PushTarget> PushTargets(const std::vector<Build>& builds,
                                    const PullSecrets& secrets) {
  std::vector<PushTarget> targets;
  for (const Build& build : builds) {
    for (PushTarget& target : PushTargetsOf(*build.plan)) {
      target.in_cluster = build.in_cluster;
      target.name_space = build.in_cluster ? build.name_space : "";
      target.docker_config = build.plan->spec.docker_config;
      if (build.in_cluster && !kube::UsesOurLogin(build.plan->spec)) {
        const auto secret = secrets.find(PullSecretOf(build));
        target.docker_config =
            secret == secrets.end() ? "" : secret->second.docker_config;
      }
      if (build.in_cluster) target.unsure = OtherLogin(build, target);
      SetCertificate(build, target);
      const auto same = std::find_if(
          targets.begin(), targets.end(),
          [&](const PushTarget& other) { return IsSame(other, target); });
      if (same == targets.end()) {
        targets.push_back(std::move(target));
      } else {
        AddAll(target.uses, same->uses);
      }
    }
  }
  return targets;
}

}  // namespace ovenbird::doctor
