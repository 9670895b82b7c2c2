#include "runtime/plan/dockerfile_plan.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/platform.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/suggest.h"
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
#include "runtime/kube/executor_args.h"
#include "runtime/kube/user_args.h"
#include "runtime/plan/from_platform.h"
#include "runtime/plan/mount_check.h"
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
  const yaml::Node* section =
      request.options == nullptr || request.options->source == nullptr
          ? nullptr
          : request.options->source->Find("buildArgs");
  std::vector<std::string> declared = dockerfile::DeclaredArgs(dockerfile);
  for (const std::string& name : dockerfile::UndeclaredArgs(dockerfile, args)) {
    sink.Handle(diag::BuildArgUnused(config::decode::KeySpanOf(section, name),
                                     name, request.image->dockerfile,
                                     DidYouMean(name, declared)));
  }
}

dockerfile::EntrypointChange ChangeOf(const config::Image& image) {
  dockerfile::EntrypointChange change;
  if (config::decode::IsGiven(image.source, "entrypoint")) {
    change.entrypoint = image.entrypoint;
  }
  if (config::decode::IsGiven(image.source, "cmd")) change.cmd = image.cmd;
  change.restart_helper = image.inject_restart_helper;
  return change;
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

bool Rewrites(const DockerfileRequest& request) {
  return request.rewrite && request.kaniko != nullptr;
}

const std::string& ExecutorOf(const DockerfileRequest& request) {
  return request.executor.empty() ? request.kaniko->image : request.executor;
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
  if (request.options == nullptr || request.options->target.empty()) {
    return "default";
  }
  return request.options->target;
}

// `unread` gets the images that cannot be read, and why.
rewrite::FindBaseImage FinderOf(const DockerfileRequest& request,
                                std::map<std::string, std::string>& unread) {
  return [&](absl::string_view image, bool files) {
    BaseQuestion question;
    question.image = std::string(image);
    question.kaniko = request.kaniko;
    question.own_image = request.image->image;
    question.platform = request.platform;
    question.files = files;
    BaseAnswer answer = request.base_image(question);
    if (!answer.problem.ok()) {
      unread.emplace(question.image, answer.problem.message());
    }
    return std::move(answer.image);
  };
}

// What ARG declares in ONBUILD of base images from registries. Asks only if an
// argument would be reported without it.
void AddTriggerArgs(const DockerfileRequest& request,
                    const dockerfile::Dockerfile& dockerfile,
                    const dockerfile::BuildArgs& given,
                    const std::vector<dockerfile::BaseImage>& images,
                    std::set<std::string>& names) {
  if (request.base_image == nullptr || request.kaniko == nullptr ||
      dockerfile::UndeclaredArgs(dockerfile, given).empty()) {
    return;
  }
  std::map<std::string, std::string> unread;  // The argument is reported.
  for (const dockerfile::BaseImage& image : images) {
    if (!image.is_base) continue;
    const auto base = FinderOf(request, unread)(image.image, /*files=*/false);
    if (base == nullptr) continue;
    for (const std::string& trigger : base->onbuild) {
      const std::vector<std::string> words =
          absl::StrSplit(trigger, absl::ByAnyChar(" \t"), absl::SkipEmpty());
      if (words.empty() || !absl::EqualsIgnoreCase(words[0], "ARG")) continue;
      for (size_t i = 1; i < words.size(); ++i) {
        names.insert(words[i].substr(0, words[i].find('=')));
      }
    }
  }
}

// Adds what ONBUILD of base images from registries mounts. Asks only if a
// secret would be reported without it.
void AddTriggerSecrets(const DockerfileRequest& request,
                       const std::vector<dockerfile::BaseImage>& images,
                       AskedSecrets& asked) {
  if (request.base_image == nullptr || request.kaniko == nullptr ||
      absl::c_all_of(request.secrets, [&](const GivenSecret& given) {
        return asked.MayAskFor(given.secret.id);
      })) {
    return;
  }
  std::map<std::string, std::string> unread;  // The secret is reported.
  for (const dockerfile::BaseImage& image : images) {
    if (!image.is_base) continue;
    const auto base = FinderOf(request, unread)(image.image, /*files=*/false);
    if (base == nullptr) continue;
    const SourceFile triggers(
        "ONBUILD", absl::StrCat("FROM scratch\n",
                                absl::StrJoin(base->onbuild, "\n"), "\n"));
    diag::Collector ignored;
    for (dockerfile::SecretMount& mount :
         dockerfile::SecretMounts(dockerfile::Parse(triggers, ignored))) {
      mount.span = image.span;
      mount.stage = image.stage;
      asked.mounts.push_back(std::move(mount));
    }
  }
}

// ONBUILD of images from registries, too. Asks only if stages are left out
// without it: ONBUILD may copy from one of them.
std::function<std::optional<std::vector<std::string>>(absl::string_view)>
TriggersOfAll(const DockerfileRequest& request,
              const dockerfile::Dockerfile& dockerfile,
              const dockerfile::ResolveOptions& options) {
  diag::Collector ignored;
  const size_t needed =
      dockerfile::Resolve(dockerfile, options, ignored).stages.size();
  if (request.base_image == nullptr || !Rewrites(request) ||
      needed > static_cast<size_t>(options.target)) {
    return options.onbuild;
  }
  return [&request](absl::string_view image)
             -> std::optional<std::vector<std::string>> {
    std::optional<std::vector<std::string>> own;
    if (request.onbuild) own = request.onbuild(image);
    if (own && !own->empty()) return own;
    std::map<std::string, std::string> unread;  // Rules that need it say so.
    const auto base = FinderOf(request, unread)(image, /*files=*/false);
    return base == nullptr ? own : base->onbuild;
  };
}

// Returns the platform of the build; nullopt: unknown.
std::optional<Platform> BuildPlatform(const DockerfileRequest& request) {
  const absl::StatusOr<Platform> platform = ParsePlatform(request.platform);
  return platform.ok() ? std::optional(*platform) : std::nullopt;
}

// Returns what is known of an image for a platform; null: nothing.
std::shared_ptr<const rewrite::BaseImage> ImageOfPlatform(
    const DockerfileRequest& request, const std::string& image,
    const Platform& platform) {
  if (request.base_image == nullptr || image.empty()) return nullptr;
  BaseQuestion question;
  question.image = image;
  question.kaniko = request.kaniko;
  question.own_image = request.image->image;
  question.platform = platform.ToString();
  return request.base_image(question).image;
}

// Devices need a right that containers of the config's own rights may lack.
void ReportMissingRight(const DockerfileRequest& request,
                        const dockerfile::Instruction& mknod,
                        diag::Sink& sink) {
  const auto& context = request.kaniko->security_context;
  if (!context || !context->capabilities) return;
  const std::vector<std::string>& add = context->capabilities->add;
  const std::vector<std::string>& drop = context->capabilities->drop;
  const auto names = [](const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [](const std::string& name) {
      return name == "MKNOD" || name == "ALL";
    });
  };
  if (names(add) || !names(drop)) return;
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
  options.mounts = MountsInContext(*request.kaniko);
  options.executor = &executor;
  options.snapshot_mode = std::string(ToString(request.kaniko->snapshot_mode));
  for (const auto& [name, volume] : request.kaniko->cache_volumes) {
    options.kept_caches.push_back(name);
  }
  for (const GivenSecret& given : request.secrets) {
    options.secrets.insert(given.secret.id);
  }
  options.cache = request.kaniko->cache;
  options.caches_copies =
      kube::HasUserFlag(*request.kaniko, "cache-copy-layers");
  options.platform = request.platform;
  for (const OtherBase& other : others) {
    if (!other.image.empty()) options.bases[other.stage] = other.image;
  }
  std::map<std::string, std::string> unread;
  if (request.base_image != nullptr) {
    options.base_image = FinderOf(request, unread);
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
    plan_.name = fs::path(request_.image->dockerfile).filename().string();
    plan_.text = request_.file->text();
    const std::optional<int> target = FindTarget();
    if (target && !problems_.has_errors()) PlanTarget(*target);
    WarnOfUnusedArgs(request_, dockerfile_, given_, trigger_args_, problems_);
    for (const diag::Diagnostic& problem : problems_.diagnostics()) {
      sink.Handle(problem);
    }
    if (!target || problems_.has_errors()) return std::nullopt;
    return std::move(plan_);
  }

 private:
  std::optional<int> FindTarget() {
    const config::BuildOptions* options = request_.options;
    return dockerfile::FindTarget(
        dockerfile_, options == nullptr ? "" : options->target,
        config::decode::SpanOf(options == nullptr ? nullptr : options->source,
                               "target"),
        problems_);
  }

  void PlanTarget(int target) {
    dockerfile::Resolution resolution = Resolve(target);
    plan_.registries = Registries(resolution);
    plan_.secrets = {dockerfile::SecretMounts(dockerfile_), resolution.stages};
    AddTriggerSecrets(request_, resolution.images, plan_.secrets);
    ReportUnused(request_.secrets, plan_.secrets, request_.image->dockerfile,
                 problems_);
    if (request_.check_secrets) {
      ReportMissing(request_.secrets, plan_.secrets, problems_);
    }
    trigger_args_ = std::move(resolution.trigger_args);
    AddTriggerArgs(request_, dockerfile_, given_, resolution.images,
                   trigger_args_);
    if (request_.kaniko != nullptr) CheckForKaniko(resolution);
    plan_.target = request_.options == nullptr ? "" : request_.options->target;
    std::vector<OtherBase> others;
    if (request_.kaniko != nullptr) {
      others = FindOtherBases(
          dockerfile_, resolution.stages, args_, BuildPlatform(request_),
          [this](const std::string& image, const Platform& platform) {
            return ImageOfPlatform(request_, image, platform);
          });
      ReportPlatforms(others, resolution, target);
    }
    if (Rewrites(request_)) {
      RewriteForKaniko(request_, dockerfile_, args_, target, resolution, others,
                       plan_, problems_);
    }
    plan_.runs_programs =
        resolution.triggers > 0 || HasRun() || BaseMayRun(resolution);
    plan_.sources = std::move(resolution.sources);
    plan_.destinations = std::move(resolution.destinations);
    plan_.triggers = resolution.triggers;
    plan_.bases = std::move(resolution.images);
    ChangeEntrypoint(target);
  }

  // What executors do with platforms that BuildKit does not.
  void ReportPlatforms(const std::vector<OtherBase>& others,
                       const dockerfile::Resolution& resolution, int target) {
    const int root = RootStage(dockerfile_, target, args_);
    bool is_other = false;
    for (const OtherBase& other : others) {
      is_other = is_other || other.stage == root;
      if (other.image.empty() || !Rewrites(request_)) {
        ReportIgnoredPlatform(other, other.stage == root);
      } else if (other.stage == root) {
        ReportArchitecture(other.flag, other.platform.architecture);
      }
    }
    const dockerfile::Stage& stage =
        dockerfile_.stages[static_cast<size_t>(root)];
    if (!is_other) {
      ReportForeignBase(
          stage, HasRunInChain(dockerfile_, resolution.stages, root, args_));
    }
    ReportVariant(stage);
  }

  void ReportPlatform(Span span, absl::string_view effect,
                      absl::string_view advice) {
    problems_.Handle(diag::KanikoDiffers(
        span, dockerfile::Executor(ExecutorOf(request_)).name(), effect,
        advice));
  }

  void ReportIgnoredPlatform(const OtherBase& other, bool is_root) {
    const bool is_known = !request_.platform.empty();
    // Where the build runs, and what the base image is, may be known then.
    if (!is_known && request_.base_image == nullptr) return;
    const std::string name = other.platform.ToString();
    ReportPlatform(
        other.flag,
        absl::StrCat("ignores `--platform=", name,
                     "`: the stage starts from the image for ",
                     is_known ? request_.platform : "the platform of its node"),
        request_.is_for_platform || (is_known && !is_root)
            ? "remove the flag, or copy files that are the same on all "
              "platforms"
            : absl::StrCat("set `platforms: [", name, "]` for the image"));
  }

  // The image that is pushed starts from one for another architecture: BuildKit
  // writes that one into an image for no platform in particular. `span`: of
  // what names the image.
  void ReportArchitecture(Span span, absl::string_view architecture) {
    const auto platform = BuildPlatform(request_);
    if (platform && platform->architecture == architecture) return;
    const bool writes_its_own = kube::HasPlatformFlag(ExecutorOf(request_));
    if (writes_its_own && !request_.is_for_platform) {
      ReportPlatform(
          span,
          absl::StrCat("writes the architecture of its node into the image, "
                       "not ",
                       architecture),
          absl::StrCat("set `platforms: [linux/", architecture,
                       "]` for the image"));
    } else if (!writes_its_own && request_.is_for_platform) {
      ReportPlatform(span,
                     absl::StrCat("writes the architecture ", architecture,
                                  " into the image for ", request_.platform),
                     "start from an image for that platform");
    }
  }

  // The same of an image for one platform only. If it has a RUN, the build
  // fails.
  void ReportForeignBase(const dockerfile::Stage& root, bool runs) {
    const auto platform = BuildPlatform(request_);
    if (!platform || runs || root.base.text == "scratch") return;
    const auto base = ImageOfPlatform(
        request_, ImageOfStage(dockerfile_, root, args_), *platform);
    if (base == nullptr || base->is_of_index || base->architecture.empty()) {
      return;
    }
    ReportArchitecture(root.base.span, base->architecture);
  }

  // Executors know no variant: the image has that of the base image.
  void ReportVariant(const dockerfile::Stage& root) {
    if (!request_.is_for_platform) return;
    const Platform platform = *BuildPlatform(request_);
    if (platform.variant.empty()) return;
    if (root.base.text != "scratch") {
      const auto base = ImageOfPlatform(
          request_, ImageOfStage(dockerfile_, root, args_), platform);
      if (base == nullptr || base->variant == platform.variant) return;
    }
    ReportPlatform(root.base.span,
                   absl::StrCat("leaves the variant `", platform.variant,
                                "` out of the image's configuration"),
                   "start from an image for that variant");
  }

  // Whether a base image from a registry has a RUN in ONBUILD, as far as that
  // is known. Asks only where it decides on which nodes the build may run.
  bool BaseMayRun(const dockerfile::Resolution& resolution) const {
    if (!request_.is_for_platform || request_.base_image == nullptr ||
        request_.kaniko == nullptr) {
      return false;
    }
    std::map<std::string, std::string> unread;  // The build itself will fail.
    for (const dockerfile::BaseImage& image : resolution.images) {
      if (!image.is_base) continue;
      const auto base = FinderOf(request_, unread)(image.image,
                                                   /*files=*/false);
      if (base == nullptr) continue;
      for (const std::string& trigger : base->onbuild) {
        if (absl::StartsWithIgnoreCase(trigger, "RUN")) return true;
      }
    }
    return false;
  }

  // Whether the executor gets a RUN, of the user's or of the rewriting.
  bool HasRun() const {
    diag::Collector ignored;  // The user's own file has been checked.
    const SourceFile sent(dockerfile_.file->name(),
                          plan_.rewritten ? plan_.rewritten->text : plan_.text);
    const dockerfile::Dockerfile parsed = dockerfile::Parse(sent, ignored);
    for (const dockerfile::Stage& stage : parsed.stages) {
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
    options.onbuild = TriggersOfAll(request_, dockerfile_, options);
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
    const dockerfile::EntrypointChange change = ChangeOf(*request_.image);
    const std::optional<std::string> changed = WithEntrypoint(target, change);
    if (!changed) {
      problems_.Handle(diag::RestartHelperWithoutEntrypoint(
          config::decode::KeySpanOf(request_.image->source,
                                    "injectRestartHelper"),
          request_.image->dockerfile, request_.key));
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

std::string DockerfilePath(const std::string& folder,
                           const config::Image& image) {
  return (fs::path(folder) / image.dockerfile).lexically_normal().string();
}

absl::StatusOr<const SourceFile*> ReadDockerfile(config::Loaded& config,
                                                 const std::string& key,
                                                 const config::Image& image,
                                                 diag::Sink& sink) {
  const fs::path path(DockerfilePath(config.folder(), image));
  // One file, one place: what is wrong with it is told once.
  if (const auto known = config.dockerfiles.find(path.string());
      known != config.dockerfiles.end()) {
    return &known->second;
  }
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    fs::path folder = path.parent_path();
    std::vector<std::string> names;
    for (const fs::directory_entry& entry :
         fs::directory_iterator(folder.empty() ? "." : folder, error)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    diag::Diagnostic missing = diag::MissingDockerfile(
        config::decode::SpanOf(image.source, "dockerfile"), image.dockerfile,
        key,
        fs::is_directory(path, error)
            ? "this is a folder"
            : DidYouMean(path.filename().string(), names));
    missing.config_path = absl::StrCat("images.", key);
    sink.Handle(std::move(missing));
    return nullptr;
  }
  ASSIGN_OR_RETURN(std::string text, ReadRegularFile(path.string()));
  return &config.dockerfiles
              .try_emplace(path.string(), path.string(), std::move(text))
              .first->second;
}

std::vector<std::string> TriggersOf(const SourceFile& file,
                                    absl::string_view target) {
  diag::Collector ignored;  // It is reported where the image itself is built.
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, ignored);
  const std::optional<int> stage =
      dockerfile::FindTarget(dockerfile, target, {}, ignored);
  std::vector<std::string> triggers;
  if (!stage) return triggers;
  for (const dockerfile::Instruction& instruction :
       dockerfile.stages[static_cast<size_t>(*stage)].instructions) {
    if (instruction.keyword == "ONBUILD") triggers.push_back(instruction.text);
  }
  return triggers;
}

std::optional<DockerfilePlan> PlanDockerfile(const DockerfileRequest& request,
                                             diag::Sink& sink) {
  return DockerfilePlanner(request).Run(sink);
}

}  // namespace ovenbird::plan
