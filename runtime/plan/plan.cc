#include "runtime/plan/plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/config/decode.h"
#include "runtime/context/assemble.h"
#include "runtime/diag/catalog.h"
#include "runtime/kube/executor_args.h"
#include "runtime/kube/manifest.h"
#include "runtime/plan/base_triggers.h"
#include "runtime/plan/build_args.h"
#include "runtime/plan/cache_volumes.h"
#include "runtime/plan/context_folders.h"
#include "runtime/plan/context_plan.h"
#include "runtime/plan/dockerfile_plan.h"
#include "runtime/plan/dockerfile_request.h"
#include "runtime/plan/executor_flags.h"
#include "runtime/plan/image_identity.h"
#include "runtime/plan/image_registries.h"
#include "runtime/plan/last_dockerfile_plan.h"
#include "runtime/plan/mirrors.h"
#include "runtime/plan/mount_check.h"
#include "runtime/plan/on_change.h"
#include "runtime/plan/order.h"
#include "runtime/plan/platforms.h"
#include "runtime/plan/read_dockerfile.h"
#include "runtime/plan/secrets.h"
#include "runtime/plan/select_images.h"
#include "runtime/registry/pull_secret.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;

class Planner {
 public:
  Planner(config::Loaded& config, const PlanOptions& options, diag::Sink& sink)
      : config_(config),
        options_(options),
        sink_(sink),
        triggers_(config, sink),
        folders_(config, sink, options.folders),
        contexts_({.full_context = options.full_context,
                   .reads_files = !options.only_check,
                   // An editor, which keeps folders, asks too often.
                   .checks_files = options.folders == nullptr,
                   .known_files = options.known_files}) {}

  absl::StatusOr<Plan> Run() {
    Plan plan;
    const std::vector<const KeyedImage*> selected =
        SelectImages(config_.config, options_.images, sink_);
    std::vector<OrderImage> images;
    images.reserve(selected.size());
    for (const KeyedImage* keyed : selected) {
      ASSIGN_OR_RETURN(std::unique_ptr<ImagePlan> one,
                       PlanImage(keyed->first, keyed->second));
      if (one == nullptr) continue;
      images.push_back(OrderImageOf(*keyed, *one));
      if (options_.take != nullptr) {
        options_.take(*one);
      } else {
        plan.images.push_back(std::move(one));
      }
    }
    if (!images.empty()) ReportUnusedSecrets();
    SetOrder(std::move(images), plan);
    return plan;
  }

 private:
  // An image's Dockerfile and context on the disk; null if they are missing.
  struct Files {
    std::string path;  // of the Dockerfile
    const SourceFile* dockerfile = nullptr;
    std::shared_ptr<const context::Folder> folder;
    // As in DockerfileInputs.
    bool replaces_ignore_file = false;
  };

  // Where an image's key is in the file; empty: unknown.
  Span KeySpan(absl::string_view key) const {
    const yaml::Node* section =
        config_.root == nullptr ? nullptr : config_.root->Find("images");
    const yaml::Entry* entry =
        section == nullptr ? nullptr : section->FindEntry(key);
    return entry == nullptr ? Span() : entry->key_span();
  }

  // Those of the command line: one of the images has to use each.
  void ReportUnusedSecrets() {
    for (const kube::BuildSecret& secret : options_.secrets) {
      if (used_secrets_.count(secret.id) > 0) continue;
      diag::Diagnostic unused =
          diag::SecretUnused({}, secret.id, "no Dockerfile", "");
      unused.message =
          absl::StrCat("no Dockerfile asks for the secret `", secret.id, "`");
      sink_.Handle(std::move(unused));
    }
  }

  OrderImage OrderImageOf(const KeyedImage& keyed, const ImagePlan& image) {
    OrderImage result = {keyed.first,
                         keyed.second.image,
                         image.spec.tags,
                         {},
                         image.builder == Builder::kKaniko
                             ? RegistryMirrors(*image.kaniko)
                             : std::vector<std::string>()};
    if (const auto bases = bases_.extract(image.key)) {
      result.bases = std::move(bases.mapped());
    }
    return result;
  }

  // The plans may have been taken.
  void SetOrder(std::vector<OrderImage> images, Plan& plan) {
    std::vector<ImageOrder> order = FindOrder(
        images, [this](absl::string_view key) { return KeySpan(key); }, sink_);
    for (size_t i = 0; i < plan.images.size(); ++i) {
      plan.images[i]->after = std::move(order[i].after);
      SetBases(i, images[i].bases, order[i].bases, *plan.images[i]);
    }
  }

  static void SetBases(size_t index,
                       const std::vector<dockerfile::BaseImage>& bases,
                       const std::vector<std::optional<size_t>>& built_here,
                       ImagePlan& plan) {
    std::set<std::string> known;
    for (size_t i = 0; i < bases.size(); ++i) {
      absl::StatusOr<registry::Reference> name =
          registry::ParseReference(bases[i].image);
      if (!name.ok() || !name->digest.empty() || built_here[i] == index) {
        continue;
      }
      if (name->tag.empty()) name->tag = name->TagOrDigest();
      if (known.insert(name->ToString()).second) {
        plan.bases.push_back({name->ToString(), built_here[i]});
      }
    }
  }

  void Report(diag::Diagnostic diagnostic, const std::string& key) {
    diagnostic.config_path = absl::StrCat("images.", key);
    sink_.Handle(std::move(diagnostic));
  }

  // What of the folder is sent, and its fingerprint. Without
  // PlanOptions::keep_files, the files themselves are not added.
  void AddContext(const ContextPlan& context, const context::Folder& folder,
                  ImagePlan& plan) const {
    plan.content = context.content;
    plan.everything_because = context.sent.everything_because;
    plan.sends_everything =
        options_.full_context || !plan.everything_because.empty();
    plan.warnings.insert(plan.warnings.end(), folder.warnings.begin(),
                         folder.warnings.end());
    if (!options_.keep_files) return;
    plan.listing = context.sent.listing;
    plan.files = context.sent.files;
    plan.file_records = context.records;
    plan.files_read = context.files_read;
  }

  absl::Status AddCredentials(const std::vector<std::string>& registries,
                              ImagePlan& plan) {
    if (options_.docker_config == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(registry::PullSecret secret,
                     registry::MakePullSecret(*options_.docker_config,
                                              registries, options_.cancel));
    plan.spec.docker_config = std::move(secret.config_json);
    for (std::string& warning : secret.warnings) {
      plan.warnings.push_back(std::move(warning));
    }
    return absl::OkStatus();
  }

  Builder BuilderOf(const std::string& key, const config::Image& image) const {
    if (options_.builders != nullptr) {
      const auto known = options_.builders->find(key);
      if (known != options_.builders->end()) return known->second;
    }
    return WantedBuilder(image) == Builder::kCustom ? Builder::kCustom
                                                    : Builder::kKaniko;
  }

  // Where kaniko runs; empty: unknown.
  std::string PlatformOf(const ImagePlan& plan) const {
    if (plan.spec.platform) return plan.spec.platform->ToString();
    if (plan.builder == Builder::kKaniko) {
      std::string asked = PlatformOfArgs(*plan.kaniko);
      if (!asked.empty()) return asked;
    }
    if (options_.platform != nullptr) {
      std::string here = options_.platform(plan.key);
      if (!here.empty()) return here;
    }
    std::string selected = SelectedPlatform(*plan.kaniko);
    if (!selected.empty() || options_.cluster_platform == nullptr ||
        plan.builder != Builder::kKaniko ||
        !DependsOnPlatform(plan.dockerfile->text())) {
      return selected;
    }
    return options_.cluster_platform();
  }

  // Also when kaniko builds it in Docker's place.
  static bool SkipsPush(const config::Image& image) {
    return image.build && image.build->docker && image.build->docker->skip_push;
  }

  // The sections for the image's builder.
  static void TakeSections(const config::Image& image, ImagePlan& plan) {
    plan.kaniko = EffectiveKaniko(image);
    if (plan.builder == Builder::kCustom) {
      plan.custom = Section<config::Custom>(&*image.build->custom);
    }
    if (plan.builder != Builder::kDocker) return;
    if (image.build && image.build->docker) {
      plan.docker = Section<config::Docker>(&*image.build->docker);
    }
    plan.kaniko.Mutable().options = plan.docker->options;
  }

  // True when all patterns can be used.
  bool CheckOnChange(const std::string& key, const config::Custom& custom) {
    bool good = true;
    for (size_t i = 0; i < custom.on_change.size(); ++i) {
      const absl::Status status =
          FingerprintOf(config_.folder(), {custom.on_change[i]}).status();
      if (!absl::IsInvalidArgument(status)) continue;
      const yaml::Node* list =
          custom.source == nullptr ? nullptr : custom.source->Find("onChange");
      Report(diag::IgnorePattern(list != nullptr && i < list->items().size()
                                     ? list->items()[i]->span()
                                     : Span(),
                                 status.message()),
             key);
      good = false;
    }
    return good;
  }

  // An image that a command builds: no Dockerfile and no context of ours.
  absl::StatusOr<std::unique_ptr<ImagePlan>> PlanCommand(
      const config::Image& image, std::unique_ptr<ImagePlan> plan) {
    if (!CheckOnChange(plan->key, *plan->custom)) return nullptr;
    if (options_.only_check) {
      plan->content = kNotRead;
    } else if (!plan->custom->on_change.empty()) {
      ASSIGN_OR_RETURN(plan->content,
                       FingerprintOf(plan->folder, plan->custom->on_change));
    }
    SetIdentity(image, options_.tags, *plan);
    return plan;
  }

  // All that needs no file of the project.
  std::unique_ptr<ImagePlan> StartPlan(const std::string& key,
                                       const config::Image& image) const {
    auto plan = std::make_unique<ImagePlan>();
    plan->key = key;
    plan->config = &image;
    plan->builder = BuilderOf(key, image);
    plan->folder = config_.folder();
    TakeSections(image, *plan);
    if (!options_.name_space.empty()) {
      plan->kaniko.Mutable().namespace_ = options_.name_space;
    }
    if (options_.context_transfer) {
      plan->kaniko.Mutable().context_transfer = *options_.context_transfer;
    }
    if (!options_.context_repo.empty()) {
      plan->kaniko.Mutable().context_repo = options_.context_repo;
    } else if (plan->kaniko->context_repo.empty() &&
               !options_.default_context_repo.empty()) {
      plan->kaniko.Mutable().context_repo = options_.default_context_repo;
    }
    plan->spec.key = key;
    plan->spec.kaniko = &*plan->kaniko;
    plan->spec.image = image.image;
    plan->spec.skip_push = options_.skip_push || SkipsPush(image);
    return plan;
  }

  absl::StatusOr<std::unique_ptr<ImagePlan>> PlanImage(
      const std::string& key, const config::Image& image) {
    std::unique_ptr<ImagePlan> plan = StartPlan(key, image);
    absl::StatusOr<registry::Reference> reference =
        registry::ParseReference(image.image);
    if (!reference.ok()) {
      if (!options_.only_check) return reference.status();
      reference.emplace();  // The config's check has said so.
    }
    plan->spec.cache_repo = reference->Repository();
    const std::vector<Platform> platforms = ParsePlatforms(
        options_.platforms.empty() ? image.platforms : options_.platforms);
    if (plan->builder == Builder::kCustom) {
      if (!platforms.empty()) {
        Report(diag::PlatformsOfCommand(PlatformsSpan(image), plan->key),
               plan->key);
        return nullptr;
      }
      RETURN_IF_ERROR(AddCredentials({reference->domain}, *plan));
      return PlanCommand(image, std::move(plan));
    }
    if (platforms.size() > 1) {
      return PlanPlatforms(image, reference->domain, platforms,
                           std::move(plan));
    }
    if (!platforms.empty()) plan->spec.platform = platforms[0];
    return PlanBuild(image, reference->domain, std::move(plan));
  }

  Span PlatformsSpan(const config::Image& image) const {
    return options_.platforms.empty()
               ? config::decode::KeySpanOf(image.source, "platforms")
               : Span();
  }

  // `all`: the image itself, as StartPlan made it.
  absl::StatusOr<std::unique_ptr<ImagePlan>> PlanPlatforms(
      const config::Image& image, const std::string& domain,
      const std::vector<Platform>& platforms, std::unique_ptr<ImagePlan> all) {
    for (const Platform& platform : platforms) {
      std::unique_ptr<ImagePlan> one = StartPlan(all->key, image);
      one->spec.cache_repo = all->spec.cache_repo;
      one->spec.platform = platform;
      ASSIGN_OR_RETURN(one, PlanBuild(image, domain, std::move(one)));
      if (one != nullptr) all->platforms.push_back(std::move(one));
    }
    if (all->platforms.size() < platforms.size()) return nullptr;
    MergePlatforms(*all);
    SetIdentity(image, options_.tags, *all);
    for (const auto& one : all->platforms) {
      one->spec.tags = {PlatformTag(all->spec.tags[0], *one->spec.platform)};
    }
    return all;
  }

  // Reports what is missing, for each image.
  absl::StatusOr<Files> FilesOf(const std::string& key,
                                const config::Image& image) {
    const auto known = files_.find({image.dockerfile, image.context});
    if (known != files_.end()) return known->second;
    Files files;
    files.path = DockerfilePath(config_.folder(), image);
    ASSIGN_OR_RETURN(files.dockerfile,
                     ReadDockerfile(config_, key, image, sink_));
    ASSIGN_OR_RETURN(files.folder, folders_.Open(key, image, files.path));
    if (files.folder != nullptr) {
      files.replaces_ignore_file = context::ReplacesIgnoreFile(
          *files.folder, files.path, fs::path(files.path).filename().string());
    }
    if (files.dockerfile != nullptr && files.folder != nullptr) {
      files_.emplace(std::pair(image.dockerfile, image.context), files);
    }
    return files;
  }

  // An image that kaniko or Docker builds; `domain`: of the registry that gets
  // it.
  absl::StatusOr<std::unique_ptr<ImagePlan>> PlanBuild(
      const config::Image& image, const std::string& domain,
      std::unique_ptr<ImagePlan> plan) {
    kube::BuildSpec& spec = plan->spec;
    if (plan->kaniko->options) {
      spec.target = plan->kaniko->options->target;
      spec.build_args = BuildArgs(*plan->kaniko->options, options_.environment,
                                  plan->key, sink_);
    }
    const bool by_kaniko = plan->builder == Builder::kKaniko;
    if (by_kaniko) TakeExecutorFlags(*plan->kaniko, spec);
    ASSIGN_OR_RETURN(const Files files, FilesOf(plan->key, image));
    plan->dockerfile = files.dockerfile;
    if (plan->dockerfile == nullptr) return nullptr;
    if (by_kaniko && options_.executor != nullptr) {
      spec.executor = options_.executor(plan->key, spec.kaniko->image);
    }
    const std::shared_ptr<const DockerfilePlan> dockerfile =
        dockerfiles_.Plan(RequestFor(image, files, *plan), sink_);
    if (dockerfile == nullptr || files.folder == nullptr) return nullptr;
    TakeDockerfile(*dockerfile, *plan);
    if (!CanBuildHere(image, *dockerfile, *plan)) return nullptr;
    if (!AddSecrets(dockerfile->secrets, *plan)) return nullptr;
    if (by_kaniko && !dockerfile->has_errors) {
      KeepCaches(plan->key, *plan->kaniko, config_.folder(), image.dockerfile,
                 spec.run_mounts, sink_);
    }
    ASSIGN_OR_RETURN(
        const std::shared_ptr<const ContextPlan> context,
        contexts_.Plan({plan->key, files.folder, files.path, dockerfile,
                        plan->builder == Builder::kDocker},
                       sink_));
    if (dockerfile->has_errors) return nullptr;
    AddContext(*context, *files.folder, *plan);
    if (by_kaniko) {
      CheckMounts(plan->key, *plan->kaniko, dockerfile->destinations,
                  &context->sent.listing, sink_);
    }
    for (const dockerfile::BaseImage& base : dockerfile->bases) {
      plan->named_images.push_back({base.image, base.is_base});
    }
    bases_[plan->key] = dockerfile->bases;
    SetRegistries(domain, dockerfile->registries, *plan);
    std::vector<std::string> registries = plan->push_registries;
    registries.insert(registries.end(), plan->pull_registries.begin(),
                      plan->pull_registries.end());
    RETURN_IF_ERROR(AddCredentials(registries, *plan));
    SetIdentity(image, options_.tags, *plan);
    return plan;
  }

  // Decides where the build for a platform runs. False, with a report, if this
  // machine has to build for another one and cannot.
  bool CanBuildHere(const config::Image& image,
                    const DockerfilePlan& dockerfile, ImagePlan& plan) {
    kube::BuildSpec& spec = plan.spec;
    // A Docker daemon may emulate the platform.
    if (!spec.platform || plan.builder != Builder::kKaniko) return true;
    const std::string& executor =
        spec.executor.empty() ? spec.kaniko->image : spec.executor;
    const bool has_flag = kube::HasPlatformFlag(executor);
    spec.needs_own_node = dockerfile.runs_programs || !has_flag;
    const std::string here =
        options_.platform == nullptr ? "" : options_.platform(plan.key);
    if (!spec.needs_own_node || here.empty() ||
        here ==
            absl::StrCat(spec.platform->os, "/", spec.platform->architecture)) {
      return true;
    }
    Report(diag::PlatformElsewhere(
               PlatformsSpan(image), plan.key, spec.platform->ToString(), here,
               has_flag ? "a RUN executes programs of that platform"
                        : absl::StrCat("executor `", executor,
                                       "` may have no `--custom-platform`")),
           plan.key);
    return false;
  }

  std::vector<GivenSecret> SecretsFor(const ImagePlan& plan) const {
    const auto& options = plan.kaniko->options;
    return GivenSecrets(options ? &*options : nullptr, options_.secrets,
                        config_.folder(), options_.home);
  }

  // False if one of them has no value.
  bool AddSecrets(const AskedSecrets& asked, ImagePlan& plan) {
    const std::vector<GivenSecret> given = SecretsFor(plan);
    std::set<std::string> ids;
    for (const GivenSecret& one : given) {
      if (!asked.MayAskFor(one.secret.id)) continue;
      used_secrets_.insert(one.secret.id);
      if (plan.builder == Builder::kDocker) ids.insert(one.secret.id);
    }
    for (const kube::RunMount& mount : plan.spec.run_mounts) {
      if (mount.kind == kube::RunMount::kSecret) ids.insert(mount.id);
    }
    const bool reads = options_.secret_values == SecretValues::kRead;
    diag::Collector problems;
    plan.spec.secrets = ReadSecrets(
        given, ids, reads ? options_.environment : nullptr, problems);
    if (options_.secret_values == SecretValues::kLookFor) {
      LookForSecrets(given, ids, options_.environment, problems);
    }
    for (diag::Diagnostic problem : problems.diagnostics()) {
      Report(std::move(problem), plan.key);
    }
    return !problems.has_errors();
  }

  // The plan must outlive the request.
  DockerfileRequest RequestFor(const config::Image& image, const Files& files,
                               const ImagePlan& plan) {
    DockerfileRequest request;
    request.key = plan.key;
    SetImage(image, request);
    request.target = plan.spec.target;
    if (const auto& options = plan.kaniko->options) {
      request.options_source = options->source;
    }
    request.build_args = plan.spec.build_args;
    request.secrets = SecretsFor(plan);
    request.check_secrets = options_.check_secrets;
    request.file = plan.dockerfile;
    if (plan.builder == Builder::kKaniko) {
      const std::string& executor = plan.spec.executor;
      request.kaniko = KanikoInputsOf(
          *plan.kaniko, executor.empty() ? plan.kaniko->image : executor);
    }
    if (files.folder != nullptr) {
      request.listing = &files.folder->listing;
      request.replaces_ignore_file = files.replaces_ignore_file;
    }
    request.executor = plan.spec.executor;
    request.rewrite = options_.rewrite && plan.kaniko->rewrite_dockerfile;
    request.platform = PlatformOf(plan);
    request.is_for_platform =
        plan.spec.platform.has_value() ||
        (request.kaniko && !PlatformOfArgs(*plan.kaniko).empty());
    if (options_.platform != nullptr) {
      request.build_platform = options_.platform(plan.key);
    }
    request.onbuild = [this](absl::string_view name) {
      return triggers_.Find(name);
    };
    if (options_.base_image != nullptr) {
      request.base_image = [this, &plan](const BaseQuestion& question) {
        return AnswerFor(plan, question);
      };
    }
    request.url_status = options_.url_status;
    return request;
  }

  BaseAnswer AnswerFor(const ImagePlan& plan, BaseQuestion question) const {
    if (triggers_.IsOwn(question.image)) {
      return {nullptr, absl::UnavailableError("this config builds it")};
    }
    question.kaniko = plan.spec.kaniko;
    question.own_image = plan.spec.image;
    return options_.base_image(question);
  }

  void TakeDockerfile(const DockerfilePlan& dockerfile, ImagePlan& plan) const {
    plan.spec.dockerfile = dockerfile.name;
    plan.spec.makes_devices = dockerfile.makes_devices;
    plan.spec.run_mounts = dockerfile.run_mounts;
    if (plan.builder == Builder::kKaniko) plan.spec.target = dockerfile.target;
    plan.rewritten = dockerfile.rewritten;
    if (options_.keep_dockerfiles) {
      plan.sent_dockerfile =
          plan.rewritten == nullptr
              ? dockerfile.text
              : rewrite::Explained(*plan.rewritten, dockerfile.text);
    }
    plan.known_triggers = dockerfile.triggers;
  }

  config::Loaded& config_;
  const PlanOptions& options_;
  diag::Sink& sink_;
  BaseTriggers triggers_;
  ContextFolders folders_;
  LastDockerfilePlan dockerfiles_;
  ContextPlanner contexts_;
  // By the config's paths of the Dockerfile and of the context.
  std::map<std::pair<std::string, std::string>, Files> files_;
  std::map<std::string, std::vector<dockerfile::BaseImage>> bases_;
  // Their IDs.
  std::set<std::string> used_secrets_;
};

}  // namespace

absl::StatusOr<Plan> MakePlan(config::Loaded& config,
                              const PlanOptions& options, diag::Sink& sink) {
  return Planner(config, options, sink).Run();
}

}  // namespace ovenbird::plan
