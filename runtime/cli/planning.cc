#include "runtime/cli/planning.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file_lock.h"
#include "runtime/base/private_folder.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/node_platforms.h"
#include "runtime/build/hooks.h"
#include "runtime/build/local/run_locally.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/kube/access.h"
#include "runtime/kube/check.h"
#include "runtime/kube/client.h"
#include "runtime/net/url_status.h"
#include "runtime/plan/base_images.h"
#include "runtime/plan/base_question.h"
#include "runtime/plan/check_files.h"
#include "runtime/plan/check_project.h"
#include "runtime/plan/select_images.h"
#include "runtime/registry/image.h"

namespace ovenbird::cli {
namespace {

// For a list of nodes; the build itself waits longer for the cluster.
constexpr absl::Duration kNodesTimeout = absl::Seconds(10);

// A server may be one for the cluster only.
constexpr absl::Duration kUrlTimeout = absl::Seconds(10);

// The script that builds kaniko from source: next to the checkout's own
// binaries, in their runfiles. Empty when this binary stands alone.
std::string ExecutorScript() {
  namespace fs = std::filesystem;
  std::error_code error;
  std::string self = fs::read_symlink("/proc/self/exe", error).string();
  for (const std::string& runfiles :
       {self + ".runfiles", EnvironmentOrEmpty("RUNFILES_DIR")}) {
    fs::path script =
        fs::path(runfiles) / "ovenbird/third_party/kaniko/build.sh";
    if (!runfiles.empty() && fs::exists(script, error)) return script.string();
  }
  return "";
}

// `render` looks at nothing but the config. For `doctor` a failure is a
// finding.
absl::Status ChooseEngines(const Options& options, Planned& planned) {
  const config::Config& config = planned.project->config;
  if (options.verb == Verb::kBuild || options.verb == Verb::kDoctor) {
    absl::StatusOr<Choice> choice = Choose(options, config);
    if (choice.ok()) {
      planned.choice = *std::move(choice);
      return absl::OkStatus();
    }
    if (options.verb == Verb::kBuild) return choice.status();
    planned.engine_problem = choice.status();
  }
  planned.choice = ChooseWithoutLooking(options, config);
  return absl::OkStatus();
}

// Omits what is unknown without an engine.
void Check(const Planned& planned, diag::Sink& sink) {
  kube::CheckForEngine(
      planned.project->config,
      [&](const std::string& key) { return planned.choice.EngineOf(key); },
      sink);
}

// Which of a folder's configs: one file and one profile have their own records.
std::string Variant(const Options& options, const config::Loaded& project) {
  std::string name =
      std::filesystem::path(project.file.name()).filename().string();
  if (name == "devspace.yaml") name.clear();
  return options.profile.empty() ? name
                                 : absl::StrCat(name, name.empty() ? "" : ", ",
                                                "profile ", options.profile);
}

bool RunsHooksBefore(const config::Config& config,
                     const std::vector<std::string>& images) {
  return absl::c_any_of(config.hooks, [&](const config::Hook& hook) {
    if (!hook.when || !hook.when->before) return false;
    const std::optional<std::string>& subject = hook.when->before->images;
    return subject && (*subject == build::kAllImages ||
                       absl::c_linear_search(images, *subject));
  });
}

// As in DevSpace 4.11, hooks run first: one may make a cluster.
void NoteHooks(const Planned& planned, const std::vector<std::string>& images,
               const absl::Status& chosen, const PlanMessages& messages) {
  if (chosen.ok() || !RunsHooksBefore(planned.project->config, images)) return;
  messages.show_note(absl::StrCat(
      chosen.message(), "; the hooks run first, and may change that"));
}

bool Stops(const diag::Collector& problems, const Planned& planned,
           const Options& options) {
  return problems::HasErrors(SelectProblems(
      problems, plan::CheckedFilesOf(*planned.project, /*complete=*/false),
      options));
}

// The project and what is around it. Null, with `exit_code` set, when there is
// nothing to go on with.
std::unique_ptr<Planned> Open(const Options& options, Cancellation* cancel,
                              const PlanMessages& messages,
                              diag::Collector& problems, int& exit_code) {
  auto planned = std::make_unique<Planned>();
  planned->project = OpenProject(options, problems, exit_code);
  if (planned->project == nullptr) return nullptr;
  planned->records = std::make_unique<build::BuildRecords>(
      absl::StrCat(planned->project->folder(), "/.ovenbird"),
      Variant(options, *planned->project), StateFolder,
      LockWait{cancel, messages.show_note});
  absl::StatusOr<registry::DockerConfig> docker_config =
      registry::DockerConfig::Load();
  if (!docker_config.ok()) {
    messages.show_error(docker_config.status().message());
    exit_code = kExitEnvironment;
    return nullptr;
  }
  planned->docker_config = *std::move(docker_config);
  planned->executors = {&planned->docker_config, ExecutorScript(),
                        &planned->reached};
  return planned;
}

// The platform of a cluster whose nodes are alike; asked for once.
class ClusterPlatform {
 public:
  // Both must outlive this.
  ClusterPlatform(const kube::ClusterAccess& access, Cancellation* cancel)
      : access_(access), cancel_(cancel) {}

  // Returns "linux/amd64"; empty: unknown, or several.
  std::string Find() {
    if (!known_) known_ = Ask();
    return *known_;
  }

 private:
  std::string Ask() const {
    kube::ClientOptions options;
    options.request_timeout = kNodesTimeout;
    absl::StatusOr<std::unique_ptr<kube::Client>> client =
        kube::Client::New(access_, std::move(options));
    if (!client.ok()) return "";
    Cancellation never;
    return build::CommonPlatform(
        build::FindNodes(**client, cancel_ == nullptr ? never : *cancel_)
            .architectures);
  }

  const kube::ClusterAccess& access_;
  Cancellation* const cancel_;
  std::optional<std::string> known_;
};

// `planned` must outlive what is returned.
plan::PlanOptions PlanOptionsFor(const Options& options, Planned& planned,
                                 Cancellation* cancel) {
  plan::PlanOptions plan;
  plan.images = options.images;
  plan.tags = options.tags;
  plan.platforms = options.platforms;
  plan.name_space = options.name_space;
  plan.context_transfer = options.context_transfer;
  plan.context_repo = options.context_repo;
  plan.default_context_repo =
      EnvironmentVariable("OVENBIRD_CONTEXT_REPO").value_or("");
  plan.full_context = options.full_context;
  plan.keep_files =
      options.verb != Verb::kRender && options.verb != Verb::kDoctor;
  plan.skip_push = options.skip_push;
  plan.keep_dockerfiles = options.show_dockerfile;
  plan.rewrite = !options.no_rewrite;
  plan.platform = [&planned](const std::string& key) {
    return planned.choice.EngineOf(key) == "local"
               ? absl::StrCat("linux/", registry::HostArchitecture())
               : std::string();
  };
  const bool knows_cluster =
      options.verb == Verb::kBuild ||
      (options.verb == Verb::kDoctor && planned.engine_problem.ok());
  if (knows_cluster && planned.choice.cluster) {
    plan.cluster_platform = [&planned,
                             nodes = std::make_shared<ClusterPlatform>(
                                 *planned.choice.cluster, cancel)] {
      planned.lists_nodes = true;
      return nodes->Find();
    };
  }
  plan.executor = [&planned, cancel](const std::string& key,
                                     const std::string& image) {
    return planned.choice.EngineOf(key) == "local"
               ? build::LocalExecutorName(image, planned.executors, cancel)
               : std::string();
  };
  // Where nothing is known, no image's name is made and no file looked for.
  if (planned.records->has_files()) {
    plan.known_files = [&planned](const std::string& key) {
      return planned.records->GetFiles(key);
    };
  }
  plan.builders = &planned.choice.builders;
  plan.environment = EnvironmentVariable;
  plan.secrets = options.secrets;
  plan.check_secrets = true;
  plan.secret_values = options.verb == Verb::kBuild ||
                               options.verb == Verb::kDoctor ||
                               options.show_secrets
                           ? plan::SecretValues::kRead
                           : plan::SecretValues::kLookFor;
  plan.home = EnvironmentOrEmpty("HOME");
  plan.docker_config = &planned.docker_config;
  plan.cancel = cancel;
  plan.url_status = [cancel](const std::string& url) -> std::optional<int> {
    const absl::StatusOr<int> status =
        net::StatusOfUrl(url, kUrlTimeout, cancel);
    return status.ok() ? std::optional(*status) : std::nullopt;
  };
  return plan;
}

// False, with `exit_code` set and all problems shown, when there is no plan.
bool AddPlan(const Options& options, Cancellation* cancel, const TakePlan& take,
             const PlanMessages& messages, Planned& planned,
             diag::Collector& problems, int& exit_code) {
  plan::PlanOptions plan = PlanOptionsFor(options, planned, cancel);
  plan.take = take;
  const absl::StatusOr<std::string> cache = CacheFolder();
  plan::BaseImages base_images(plan.docker_config,
                               cache.ok() ? absl::StrCat(*cache, "/bases") : "",
                               cancel);
  plan.base_image = [&base_images](const plan::BaseQuestion& question) {
    return base_images.Find(question);
  };
  absl::StatusOr<plan::Plan> made =
      plan::MakePlan(*planned.project, plan, problems);
  if (made.ok()) {
    planned.plan = *std::move(made);
    return true;
  }
  if (options.verb == Verb::kDoctor) {
    planned.plan_problem = made.status();
    return true;
  }
  if (absl::IsCancelled(made.status())) {
    exit_code = kExitInterrupted;
    return false;
  }
  ShowProblems(problems, planned.project.get(), options);
  messages.show_error(made.status().message());
  exit_code = kExitEnvironment;
  return false;
}

}  // namespace

std::unique_ptr<Planned> PlanProject(const Options& options, int& exit_code,
                                     const BeforePlan& before,
                                     Cancellation* cancel, const TakePlan& take,
                                     const PlanMessages& messages) {
  diag::Collector problems;
  std::unique_ptr<Planned> planned =
      Open(options, cancel, messages, problems, exit_code);
  if (planned == nullptr) return nullptr;
  absl::Status chosen = ChooseEngines(options, *planned);
  Check(*planned, problems);
  const std::vector<const plan::KeyedImage*> images =
      plan::SelectImages(planned->project->config, options.images, problems);
  if (!problems.has_errors()) {
    plan::CheckForImages(*planned->project, options.images, problems);
  }
  if (!Stops(problems, *planned, options)) {
    const auto run_before = [&] {
      const std::vector<std::string> keys = plan::KeysOf(images);
      NoteHooks(*planned, keys, chosen, messages);
      return before(*planned->project, keys, exit_code);
    };
    if (before != nullptr && !run_before()) {
      ShowProblems(problems, planned->project.get(), options);
      return nullptr;
    }
    if (!planned->project->config.hooks.empty()) {
      // One of them may have made a cluster, or started Docker.
      chosen = ChooseEngines(options, *planned);
      Check(*planned, problems);
    }
    if (!chosen.ok()) {
      exit_code = ShowProblems(problems, planned->project.get(), options)
                      ? kExitEnvironment
                      : kExitUsage;
      messages.show_error(chosen.message());
      return nullptr;
    }
    if (!AddPlan(options, cancel, take, messages, *planned, problems,
                 exit_code)) {
      return nullptr;
    }
  } else {
    // There is no plan then: what was missed here is the next run's.
    plan::CheckFiles(*planned->project,
                     {.images = options.images,
                      .builders = planned->choice.builders,
                      .secrets = options.secrets},
                     problems)
        .IgnoreError();
  }
  if (options.verb == Verb::kDoctor && !Stops(problems, *planned, options)) {
    planned->problems = problems.Sorted();
    return planned;
  }
  if (!ShowProblems(problems, planned->project.get(), options)) {
    exit_code = kExitUsage;
    return nullptr;
  }
  return planned;
}

absl::StatusOr<plan::Plan> PlanOffline(config::Loaded& project,
                                       const Options& options,
                                       diag::Sink& problems,
                                       bool* lists_nodes) {
  plan::CheckForImages(project, options.images, problems);
  plan::PlanOptions plan;
  plan.images = options.images;
  plan.platforms = options.platforms;
  plan.name_space = options.name_space;
  plan.rewrite = !options.no_rewrite;
  plan.secrets = options.secrets;
  plan.environment = EnvironmentVariable;
  plan.keep_files = false;
  plan.cluster_platform = [lists_nodes] {
    if (lists_nodes != nullptr) *lists_nodes = true;
    return std::string();
  };
  return plan::MakePlan(project, plan, problems);
}

}  // namespace ovenbird::cli
