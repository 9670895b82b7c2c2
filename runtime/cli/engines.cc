#include "runtime/cli/engines.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/kubernetes_engine.h"
#include "runtime/build/custom/custom_engine.h"
#include "runtime/build/docker/docker_engine.h"
#include "runtime/build/engine_by_builder.h"
#include "runtime/build/local/local_engine.h"
#include "runtime/build/owner.h"
#include "runtime/build/platforms_engine.h"
#include "runtime/build/push_checking_engine.h"
#include "runtime/cli/context_owner.h"
#include "runtime/cli/version.h"
#include "runtime/kube/client.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/image_plan.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/pull_secret.h"

namespace ovenbird::cli {
namespace {

using plan::Builder;

// Of builds at the same time, where the user names no other number.
constexpr size_t kMostJobs = 4;

// Reads the user's config again: `docker login` may have changed it.
absl::StatusOr<std::string> CurrentLogin(const plan::ImagePlan& plan,
                                         Cancellation* cancel) {
  ASSIGN_OR_RETURN(const registry::DockerConfig config,
                   registry::DockerConfig::Load());
  std::vector<std::string> registries = plan.push_registries;
  registries.insert(registries.end(), plan.pull_registries.begin(),
                    plan.pull_registries.end());
  ASSIGN_OR_RETURN(const registry::PullSecret login,
                   registry::MakePullSecret(config, registries, cancel));
  return login.config_json;
}

std::unique_ptr<build::Engine> LocalEngine(const Options& options,
                                           const Planned& planned) {
  build::LocalEngineOptions local;
  local.executors = planned.executors;
  local.output_tar = options.output_tar;
  local.login = CurrentLogin;
  return std::make_unique<build::LocalEngine>(std::move(local));
}

// DevSpace 4.11 has no name for a project: the folder of its config has one.
std::string ProjectName(const std::string& folder) {
  std::error_code error;
  return std::filesystem::weakly_canonical(
             std::filesystem::absolute(folder, error), error)
      .filename()
      .string();
}

absl::StatusOr<std::unique_ptr<build::Engine>> KubernetesEngine(
    const Options& options, const Planned& planned, Console& console,
    build::Inventory& inventory) {
  kube::ClientOptions client_options;
  client_options.on_outage = [&console](const absl::Status& status) {
    console.Line("", status.ok()
                         ? std::string("the cluster answers again")
                         : absl::StrCat("the cluster does not answer, waiting "
                                        "for it: ",
                                        status.message()));
  };
  ASSIGN_OR_RETURN(
      std::unique_ptr<kube::Client> client,
      kube::Client::New(*planned.choice.cluster, std::move(client_options)));
  build::KubernetesEngineOptions kubernetes;
  // So that a user who finds a build pod knows its owner and its image.
  kubernetes.owner = build::ThisProcess();
  kubernetes.annotations = {
      {"ovenbird.dev/project", ProjectName(planned.project->folder())},
      {"ovenbird.dev/version", kVersion}};
  kubernetes.transfer.owner = FindContextOwner(kubernetes.owner);
  kubernetes.transfer.logins = planned.docker_config;
  kubernetes.transfer.record_folder = CacheFolder;
  kubernetes.login = CurrentLogin;
  kubernetes.patience.unschedulable = options.schedule_timeout;
  kubernetes.retries = options.retries;
  kubernetes.waits_for_nodes = options.has_schedule_timeout;
  return std::make_unique<build::KubernetesEngine>(std::move(client), inventory,
                                                   std::move(kubernetes));
}

}  // namespace

int JobsFor(const Options& options, const Planned& planned) {
  if (options.jobs > 0) return options.jobs;
  size_t builds = 0;
  for (const auto& image : planned.plan.images) {
    builds += std::max<size_t>(1, image->platforms.size());
  }
  return static_cast<int>(std::min(kMostJobs, builds));
}

absl::StatusOr<std::unique_ptr<build::Engine>> MakeEngine(
    const Options& options, const Planned& planned, Console& console,
    build::Inventory& inventory) {
  for (const std::string& note : planned.choice.notes) console.Line("", note);
  build::EngineByBuilder::Engines engines;
  engines[Builder::kDocker] =
      std::make_unique<build::DockerEngine>(planned.choice.daemons);
  engines[Builder::kCustom] = std::make_unique<build::CustomEngine>();
  std::unique_ptr<build::Engine>& kaniko = engines[Builder::kKaniko];
  if (planned.choice.cluster) {
    ASSIGN_OR_RETURN(kaniko,
                     KubernetesEngine(options, planned, console, inventory));
  } else {
    kaniko = LocalEngine(options, planned);
  }
  auto all = std::make_unique<build::PlatformsEngine>(
      std::make_unique<build::EngineByBuilder>(std::move(engines)),
      JobsFor(options, planned), &planned.docker_config);
  if (!options.output_tar.empty()) return all;
  build::PushCheckOptions checks;
  checks.before = !options.skip_push_check;
  checks.after = !options.no_verify;
  return std::make_unique<build::PushCheckingEngine>(std::move(all), checks);
}

}  // namespace ovenbird::cli
