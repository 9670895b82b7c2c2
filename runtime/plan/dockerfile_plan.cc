#include "runtime/plan/dockerfile_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/base/suggest.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/context/door.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/devices.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/lint.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/dockerfile/rewrite.h"
#include "runtime/dockerfile/secret_mounts.h"
#include "runtime/plan/from_platform.h"
#include "runtime/plan/mount_check.h"
#include "runtime/plan/platform_check.h"
#include "runtime/plan/registry_triggers.h"
#include "runtime/plan/restart_helper.h"
#include "runtime/registry/reference.h"
#include "runtime/rewrite/config.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;

constexpr char kName[] = "Dockerfile";

void WarnOfUnusedArgs(const DockerfileRequest& request,
                      const dockerfile::Dockerfile& dockerfile,
                      dockerfile::BuildArgs args,
                      const std::set<std::string>& trigger_args,
                      diag::Sink& sink) {
  // ONBUILD of a base image declares these.
  for (const std::string& name : trigger_args) args.erase(name);
  const yaml::Node* section = request.options_source == nullptr
                                  ? nullptr
                                  : request.options_source->Find("buildArgs");
  std::vector<std::string> declared = dockerfile::DeclaredArgs(dockerfile);
  for (const std::string& name : dockerfile::UndeclaredArgs(dockerfile, args)) {
    sink.Handle(diag::BuildArgUnused(config::decode::KeySpanOf(section, name),
                                     name, request.dockerfile,
                                     DidYouMean(name, declared)));
  }
}

std::vector<std::string> Registries(const dockerfile::Resolution& resolution) {
  std::vector<std::string> domains;
  for (const dockerfile::BaseImage& base : resolution.images) {
    absl::StatusOr<registry::Reference> reference =
        registry::ParseReference(base.image);
    if (!reference.ok()) continue;
    if (std::find(domains.begin(), domains.end(), reference->domain) ==
        domains.end()) {
      domains.push_back(reference->domain);
    }
  }
  return domains;
}

void LintForKaniko(const DockerfileRequest& request,
                   const dockerfile::Dockerfile& dockerfile,
                   const dockerfile::Resolution& resolution, diag::Sink& sink) {
  dockerfile::LintOptions options;
  options.executor_image = ExecutorOf(request);
  options.snapshot_mode = std::string(ToString(request.kaniko->snapshot_mode));
  options.stages = resolution.stages;
  options.rewritten = Rewrites(request);
  options.has_secrets = !request.secrets.empty();
  dockerfile::Lint(dockerfile, options, sink);
}

// Returns BuildKit's value of TARGETSTAGE.
std::string TargetStage(const DockerfileRequest& request) {
  return request.target.empty() ? "default" : request.target;
}

// Devices need a right that containers of the config's own rights may lack.
void ReportMissingRight(const DockerfileRequest& request,
                        const dockerfile::Instruction& mknod,
                        diag::Sink& sink) {
  if (!request.kaniko->drops_mknod) return;
  sink.Handle(diag::KanikoDiffers(
      mknod.span, dockerfile::Executor(ExecutorOf(request)).name(),
      "is not allowed to create devices",
      "add MKNOD to `securityContext.capabilities.add`"));
}

void RewriteForKaniko(const DockerfileRequest& request,
                      const dockerfile::Dockerfile& dockerfile,
                      const dockerfile::BuildArgs& args, int target,
                      const dockerfile::Resolution& resolution,
                      const std::vector<OtherBase>& others,
                      DockerfilePlan& plan, diag::Sink& sink) {
  const dockerfile::Executor executor(ExecutorOf(request));
  rewrite::Request options;
  options.dockerfile = &dockerfile;
  options.build_args = args;
  options.given_args.insert(request.build_args.begin(),
                            request.build_args.end());
  options.target = target;
  options.stages = resolution.stages;
  options.listing = request.listing;
  options.replaces_ignore_file = request.replaces_ignore_file;
  options.mounts = request.kaniko->mounts_in_context;
  options.executor = &executor;
  options.snapshot_mode = std::string(ToString(request.kaniko->snapshot_mode));
  options.kept_caches = request.kaniko->cache_volumes;
  for (const GivenSecret& given : request.secrets) {
    options.secrets.insert(given.secret.id);
  }
  options.cache = request.kaniko->cache;
  options.caches_copies = request.kaniko->caches_copies;
  options.platform = request.platform;
  for (const OtherBase& other : others) {
    if (!other.image.empty()) options.bases[other.stage] = other.image;
  }
  std::map<std::string, std::string> unread;
  if (request.base_image != nullptr) {
    options.base_image = FinderOf(request, unread);
    options.onbuild = [&request](absl::string_view image) {
      std::map<std::string, std::string> ignored;  // The build itself fails.
      const auto base = FinderOf(request, ignored)(image, /*files=*/false);
      return base == nullptr ? std::vector<std::string>() : base->onbuild;
    };
  }
  options.url_status = request.url_status;
  auto rewritten =
      std::make_shared<rewrite::Rewritten>(rewrite::Rewrite(options, sink));
  for (const dockerfile::BaseImage& image : resolution.images) {
    const auto found = unread.find(image.image);
    if (found == unread.end()) continue;
    sink.Handle(diag::BaseImageUnread(image.span, image.image, found->second));
    unread.erase(found);
  }
  if (!plan.target.empty()) plan.target = rewritten->target;
  plan.files = rewritten->files;
  plan.run_mounts = rewritten->run_mounts;
  if (!rewritten->changes.empty()) plan.rewritten = std::move(rewritten);
}

// Whether it says what the executor makes of a flag that is wrong anyway.
bool FollowsFromError(const diag::Diagnostic& problem,
                      const diag::Collector& problems) {
  if (problem.severity == diag::Severity::kError ||
      !absl::StartsWith(problem.rule->id, "kaniko-")) {
    return false;
  }
  return absl::c_any_of(problems.diagnostics(), [&](const auto& other) {
    return other.severity == diag::Severity::kError &&
           absl::StartsWith(other.rule->id, "dockerfile-") &&
           other.span == problem.span;
  });
}

class DockerfilePlanner {
 public:
  explicit DockerfilePlanner(const DockerfileRequest& request)
      : request_(request),
        dockerfile_(dockerfile::Parse(*request.file, problems_)),
        given_(request.build_args.begin(), request.build_args.end()),
        args_(given_) {
    if (!Rewrites(request)) return;
    args_.merge(
        rewrite::PlatformArgs(request.build_platform, request.platform));
    args_.emplace("TARGETSTAGE", TargetStage(request));
  }

  std::optional<DockerfilePlan> Run(diag::Sink& sink) {
    plan_.name = fs::path(request_.dockerfile).filename().string();
    plan_.text = request_.file->text();
    const std::optional<int> target = FindTarget();
    const bool is_good = target.has_value() && !problems_.has_errors();
    if (is_good) PlanTarget(*target);
    WarnOfUnusedArgs(request_, dockerfile_, given_, trigger_args_, problems_);
    for (const diag::Diagnostic& problem : problems_.diagnostics()) {
      if (!FollowsFromError(problem, problems_)) sink.Handle(problem);
    }
    if (!is_good) return std::nullopt;
    plan_.has_errors = problems_.has_errors();
    return std::move(plan_);
  }

 private:
  std::optional<int> FindTarget() {
    return dockerfile::FindTarget(
        dockerfile_, request_.target,
        config::decode::SpanOf(request_.options_source, "target"), problems_);
  }

  void PlanTarget(int target) {
    dockerfile::Resolution resolution = Resolve(target);
    plan_.registries = Registries(resolution);
    plan_.secrets = {dockerfile::SecretMounts(dockerfile_), resolution.stages};
    AddTriggerSecrets(request_, resolution.images, plan_.secrets);
    ReportUnused(request_.secrets, plan_.secrets, request_.dockerfile,
                 problems_);
    if (request_.check_secrets) {
      ReportMissing(request_.secrets, plan_.secrets, problems_);
    }
    trigger_args_ = std::move(resolution.trigger_args);
    AddTriggerArgs(request_, dockerfile_, given_, resolution.images,
                   trigger_args_);
    if (request_.kaniko) CheckForKaniko(resolution);
    plan_.target = request_.target;
    std::vector<OtherBase> others;
    if (request_.kaniko) {
      others = FindOtherBases(
          dockerfile_, resolution.stages, args_, BuildPlatform(request_),
          [this](const std::string& image, const Platform& platform) {
            return ImageOfPlatform(request_, image, platform);
          });
      CheckPlatforms(request_, dockerfile_, args_, resolution.stages, target,
                     others, problems_);
    }
    if (Rewrites(request_)) {
      RewriteForKaniko(request_, dockerfile_, args_, target, resolution, others,
                       plan_, problems_);
    }
    plan_.runs_programs = resolution.triggers > 0 || HasRun() ||
                          BaseMayRun(request_, resolution.images);
    plan_.sources = std::move(resolution.sources);
    if (request_.kaniko) {
      AllowMountedSources(request_.kaniko->mounts_in_context, plan_.sources);
    }
    plan_.destinations = std::move(resolution.destinations);
    plan_.triggers = resolution.triggers;
    plan_.bases = std::move(resolution.images);
    ChangeEntrypoint(target);
  }

  // Whether the executor gets a RUN, of the user's or of the rewriting.
  bool HasRun() const {
    if (!plan_.rewritten) return HasRun(dockerfile_);
    diag::Collector ignored;  // The user's own file has been checked.
    const SourceFile sent(dockerfile_.file->name(), plan_.rewritten->text);
    return HasRun(dockerfile::Parse(sent, ignored));
  }

  static bool HasRun(const dockerfile::Dockerfile& file) {
    for (const dockerfile::Stage& stage : file.stages) {
      for (const dockerfile::Instruction& one : stage.instructions) {
        if (one.keyword == "RUN") return true;
      }
    }
    return false;
  }

  dockerfile::Resolution Resolve(int target) {
    dockerfile::ResolveOptions options;
    options.build_args = args_;
    options.target = target;
    // Unneeded stages are not sent; without rewriting, most executors build
    // every stage up to the target.
    options.skip_unused_stages = Rewrites(request_);
    options.onbuild = request_.onbuild;
    options.onbuild = TriggerFinder(request_, dockerfile_, options);
    return dockerfile::Resolve(dockerfile_, options, problems_);
  }

  void CheckForKaniko(const dockerfile::Resolution& resolution) {
    plan_.ignore_at_top = dockerfile::Executor(ExecutorOf(request_))
                              .Of(dockerfile::Capability::kIgnoreFile) ==
                          dockerfile::Verdict::kIgnored;
    LintForKaniko(request_, dockerfile_, resolution, problems_);
    const dockerfile::Instruction* mknod =
        dockerfile::FindMknod(dockerfile_, resolution.stages);
    plan_.makes_devices = mknod != nullptr;
    if (mknod != nullptr) ReportMissingRight(request_, *mknod, problems_);
  }

  void ChangeEntrypoint(int target) {
    const dockerfile::EntrypointChange& change = request_.entrypoint;
    const std::optional<std::string> changed = WithEntrypoint(target, change);
    if (!changed) {
      problems_.Handle(diag::RestartHelperWithoutEntrypoint(
          config::decode::KeySpanOf(request_.image_source,
                                    "injectRestartHelper"),
          request_.dockerfile, request_.key));
    } else if (*changed != plan_.text) {
      // A rewritten file is not the one that `COPY .` puts into the image. As
      // in DevSpace 4.11, a file that is only given another entrypoint has the
      // default's name.
      plan_.name = plan_.rewritten
                       ? absl::StrCat(context::kOwnFolder, "/", kName)
                       : kName;
      plan_.text = *changed;
    }
    if (change.restart_helper) plan_.files.push_back(RestartHelper());
  }

  // The text that is sent, with the image's own entrypoint and command. The
  // target is the last stage of a rewritten file.
  std::optional<std::string> WithEntrypoint(
      int target, const dockerfile::EntrypointChange& change) const {
    if (!plan_.rewritten) {
      return dockerfile::WithEntrypoint(dockerfile_, target, change);
    }
    diag::Collector ignored;  // The user's own file has been checked.
    const SourceFile sent(dockerfile_.file->name(), plan_.rewritten->text);
    const dockerfile::Dockerfile parsed = dockerfile::Parse(sent, ignored);
    return dockerfile::WithEntrypoint(
        parsed, static_cast<int>(parsed.stages.size()) - 1, change);
  }

  const DockerfileRequest& request_;
  diag::Collector problems_;
  const dockerfile::Dockerfile dockerfile_;
  const dockerfile::BuildArgs given_;
  dockerfile::BuildArgs args_;
  std::set<std::string> trigger_args_;
  DockerfilePlan plan_;
};

}  // namespace

std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink) {
  return DockerfilePlanner(request).Run(sink);
}

}  // namespace ovenbird::plan
