#include "runtime/plan/image_registries.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/config/config.h"
#include "runtime/kube/user_args.h"
#include "runtime/plan/mirrors.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {
namespace {

// Images are not pushed to their own place alone.
void AddRegistriesOf(const config::Kaniko& kaniko, absl::string_view flag,
                     std::vector<std::string>& registries) {
  for (const std::string& name : kube::UserFlagValues(kaniko, flag)) {
    absl::StatusOr<registry::Reference> reference =
        registry::ParseReference(name);
    if (reference.ok()) registries.push_back(reference->domain);
  }
}

}  // namespace

void SetRegistries(const std::string& destination,
                   const std::vector<std::string>& bases, ImagePlan& plan) {
  const auto add = [](const std::string& domain,
                      std::vector<std::string>& domains) {
    if (std::find(domains.begin(), domains.end(), domain) == domains.end()) {
      domains.push_back(domain);
    }
  };
  std::vector<std::string> pushed = {destination};
  AddRegistriesOf(*plan.kaniko, "cache-repo", pushed);
  AddRegistriesOf(*plan.kaniko, "destination", pushed);
  for (const std::string& domain : pushed) add(domain, plan.push_registries);
  std::vector<std::string> pulled = bases;
  for (const std::string& mirror : RegistryMirrors(*plan.kaniko)) {
    pulled.push_back(mirror.substr(0, mirror.find('/')));
  }
  if (const std::string& name = plan.kaniko->context_repo; !name.empty()) {
    const auto context = registry::ParseReference(name);
    if (context.ok()) pulled.push_back(context->domain);
  }
  for (const std::string& domain : pulled) {
    const std::vector<std::string>& push = plan.push_registries;
    if (std::find(push.begin(), push.end(), domain) == push.end()) {
      add(domain, plan.pull_registries);
    }
  }
}

}  // namespace ovenbird::plan
