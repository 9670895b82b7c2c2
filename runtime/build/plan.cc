#include "runtime/build/plan.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/base/sha256.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/suggest.h"
#include "runtime/base/writer.h"
#include "runtime/build/dockerfile_plan.h"
#include "runtime/build/order.h"
#include "runtime/config/decode.h"
#include "runtime/context/assemble.h"
#include "runtime/context/file_records.h"
#include "runtime/context/fingerprint.h"
#include "runtime/diag/catalog.h"
#include "runtime/registry/pull_secret.h"
#include "runtime/registry/reference.h"

namespace ovenbird::build {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTagSize = 7;
constexpr size_t kBuildIdSize = 10;

// The section without what the image does not depend on.
config::Kaniko WhatMatters(config::Kaniko kaniko) {
  const config::Kaniko defaults;
  kaniko.namespace_ = defaults.namespace_;
  kaniko.pull_secret = defaults.pull_secret;
  kaniko.skip_pull_secret_mount = defaults.skip_pull_secret_mount;
  kaniko.image_pull_secrets = defaults.image_pull_secrets;
  kaniko.init_image = defaults.init_image;
  kaniko.init_env = defaults.init_env;
  kaniko.labels = defaults.labels;
  kaniko.annotations = defaults.annotations;
  kaniko.node_selector = defaults.node_selector;
  kaniko.tolerations = defaults.tolerations;
  kaniko.resources = defaults.resources;
  kaniko.timeout = defaults.timeout;
  return kaniko;
}

void AddHashes(const std::string& path, const json::Value& value,
               std::map<std::string, std::string>& hashes) {
  if (value.as_object() == nullptr) {
    hashes[path] = ToHex(Sha256Of(json::Write(value)));
    return;
  }
  for (const auto& [name, member] : value.members()) {
    AddHashes(absl::StrCat(path, ".", name), member, hashes);
  }
}

// Build arguments count with the values that they have in the end.
std::map<std::string, std::string> OptionHashes(const config::Image& image,
                                                const ImagePlan& plan) {
  std::string text;
  JsonWriter writer(&text);
  Write(WhatMatters(plan.kaniko), writer);
  absl::StatusOr<json::Value> section = json::Parse(text);
  if (!section.ok()) std::abort();  // we have written it
  std::map<std::string, std::string> hashes;
  AddHashes("build.kaniko", *section, hashes);
  AddHashes("image", image.image, hashes);
  for (const auto& [name, value] : plan.spec.build_args) {
    AddHashes(absl::StrCat("build.kaniko.options.buildArgs.", name), value,
              hashes);
  }
  return hashes;
}

class Planner {
 public:
  Planner(config::Loaded& config, const PlanOptions& options, diag::Sink& sink)
      : config_(config), options_(options), sink_(sink) {}

  absl::StatusOr<Plan> Run() {
    Plan plan;
    for (const std::string& key :
         SelectImages(config_.config, options_.images, sink_)) {
      ASSIGN_OR_RETURN(std::unique_ptr<ImagePlan> one,
                       PlanImage(key, *FindImage(key)));
      if (one != nullptr) plan.images.push_back(std::move(one));
    }
    SetOrder(plan);
    return plan;
  }

 private:
  const config::Image* FindImage(const std::string& key) const {
    for (const auto& [name, image] : config_.config.images) {
      if (name == key) return &image;
    }
    return nullptr;
  }

  void SetOrder(Plan& plan) {
    const yaml::Node* section =
        config_.root == nullptr ? nullptr : config_.root->Find("images");
    std::vector<OrderImage> images;
    for (const auto& image : plan.images) {
      const yaml::Entry* entry =
          section == nullptr ? nullptr : section->FindEntry(image->key);
      images.push_back(
          {image->key, entry == nullptr ? Span() : entry->key_span(),
           image->spec.image, image->spec.tags, std::move(bases_[image->key])});
    }
    std::vector<std::vector<size_t>> order = FindOrder(images, sink_);
    for (size_t i = 0; i < order.size(); ++i) {
      plan.images[i]->after = std::move(order[i]);
    }
  }

  void Report(diag::Diagnostic diagnostic, const std::string& key) {
    diagnostic.config_path = absl::StrCat("images.", key);
    sink_.Handle(std::move(diagnostic));
  }

  // Docker's fallback as in 4.11: the kaniko section when there is one, else
  // kaniko's defaults with docker's options.
  static config::Kaniko EffectiveKaniko(const config::Image& image) {
    if (image.build && image.build->kaniko) return *image.build->kaniko;
    config::Kaniko kaniko;
    if (image.build && image.build->docker) {
      kaniko.options = image.build->docker->options;
    }
    return kaniko;
  }

  // The Dockerfile's text; nothing (and a diagnostic) when it is not there.
  absl::StatusOr<std::optional<std::string>> ReadDockerfile(
      const std::string& key, const config::Image& image,
      const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
      std::string hint;
      fs::path folder = path.parent_path();
      std::vector<std::string> names;
      for (const fs::directory_entry& entry :
           fs::directory_iterator(folder.empty() ? "." : folder, error)) {
        names.push_back(entry.path().filename().string());
      }
      std::sort(names.begin(), names.end());
      hint = DidYouMean(path.filename().string(), names);
      Report(diag::MissingDockerfile(
                 config::decode::SpanOf(image.source, "dockerfile"),
                 image.dockerfile, key, hint),
             key);
      return std::nullopt;
    }
    ASSIGN_OR_RETURN(std::string text, ReadFile(path.string()));
    return text;
  }

  // The same folder is walked once, however many images use it.
  absl::StatusOr<std::shared_ptr<const context::Folder>> FolderOf(
      const std::string& key, const config::Image& image,
      const fs::path& dockerfile) {
    fs::path folder = fs::path(config_.folder()) / image.context;
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      Report(diag::MissingContext(
                 config::decode::SpanOf(image.source, "context"), image.context,
                 key, fs::exists(folder, error) ? "not a folder" : "not there",
                 ""),
             key);
      return nullptr;
    }
    auto& known = folders_[{folder.lexically_normal().string(),
                            dockerfile.lexically_normal().string()}];
    if (known == nullptr) {
      ASSIGN_OR_RETURN(
          context::Folder opened,
          context::OpenFolder(folder.string(), dockerfile.string(), sink_));
      known = std::make_shared<context::Folder>(std::move(opened));
    }
    return known;
  }

  // What of the folder is sent, and its fingerprint.
  absl::Status AddContext(const context::Folder& folder,
                          const fs::path& dockerfile, DockerfilePlan& from,
                          ImagePlan& plan) {
    context::AssembleOptions options;
    options.dockerfile = dockerfile.string();
    options.dockerfile_name = from.name;
    options.dockerfile_text = std::move(from.text);
    options.files = std::move(from.files);
    if (!options_.full_context) options.sources = &from.sources;
    context::Assembled assembled = context::Assemble(folder, options, sink_);
    plan.listing = std::move(assembled.listing);
    plan.files = std::move(assembled.files);
    plan.warnings.insert(plan.warnings.end(), folder.warnings.begin(),
                         folder.warnings.end());
    context::FileRecords known;
    if (options_.known_files != nullptr) known = options_.known_files(plan.key);
    // In a first run images of one folder read each file once.
    context::FileRecords& of_folder = records_[plan.listing.root()];
    ASSIGN_OR_RETURN(
        context::Fingerprint fingerprint,
        context::ComputeFingerprint(plan.listing, plan.files,
                                    known.size() > 0 ? known : of_folder));
    plan.fingerprint = ToHex(fingerprint.digest);
    plan.files_read = fingerprint.files_read;
    plan.file_records = std::move(fingerprint.records);
    of_folder = plan.file_records;
    return absl::OkStatus();
  }

  // Build arguments sorted by name; those without a value take it from the
  // environment.
  std::vector<std::pair<std::string, std::string>> BuildArgs(
      const std::string& key, const config::BuildOptions& options) {
    std::map<std::string, std::string> sorted;
    const yaml::Node* section =
        options.source == nullptr ? nullptr : options.source->Find("buildArgs");
    for (const auto& [name, value] : options.build_args) {
      if (value) {
        sorted[name] = *value;
      } else if (auto found = options_.environment(name)) {
        sorted[name] = *found;
      } else {
        const yaml::Entry* entry =
            section == nullptr ? nullptr : section->FindEntry(name);
        Report(diag::BuildArgUnset(
                   entry == nullptr ? Span() : entry->key_span(), name),
               key);
      }
    }
    return {sorted.begin(), sorted.end()};
  }

  absl::Status AddCredentials(const std::vector<std::string>& registries,
                              ImagePlan& plan) {
    if (options_.docker_config == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(
        registry::PullSecret secret,
        registry::MakePullSecret(*options_.docker_config, registries));
    plan.spec.docker_config = std::move(secret.config_json);
    for (std::string& warning : secret.warnings) {
      plan.warnings.push_back(std::move(warning));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<ImagePlan>> PlanImage(
      const std::string& key, const config::Image& image) {
    auto plan = std::make_unique<ImagePlan>();
    plan->key = key;
    plan->kaniko = EffectiveKaniko(image);
    if (!options_.name_space.empty()) {
      plan->kaniko.namespace_ = options_.name_space;
    }
    kube::BuildSpec& spec = plan->spec;
    spec.key = key;
    spec.kaniko = &plan->kaniko;
    spec.image = image.image;
    spec.skip_push = options_.skip_push;
    absl::StatusOr<registry::Reference> reference =
        registry::ParseReference(image.image);
    if (!reference.ok()) return reference.status();
    spec.cache_repo = reference->Repository();
    if (plan->kaniko.options) {
      spec.target = plan->kaniko.options->target;
      spec.build_args = BuildArgs(key, *plan->kaniko.options);
    }
    fs::path path = fs::path(config_.folder()) / image.dockerfile;
    ASSIGN_OR_RETURN(std::optional<std::string> text,
                     ReadDockerfile(key, image, path));
    ASSIGN_OR_RETURN(std::shared_ptr<const context::Folder> folder,
                     FolderOf(key, image, path));
    if (!text || folder == nullptr) return nullptr;
    config_.texts.push_back(
        std::make_unique<SourceFile>(path.lexically_normal().string(), *text));
    DockerfileRequest request;
    request.key = key;
    request.image = &image;
    request.options = plan->kaniko.options ? &*plan->kaniko.options : nullptr;
    request.build_args = spec.build_args;
    request.file = config_.texts.back().get();
    plan->dockerfile = request.file;
    std::optional<DockerfilePlan> dockerfile = PlanDockerfile(request, sink_);
    if (!dockerfile) return nullptr;
    spec.dockerfile = dockerfile->name;
    RETURN_IF_ERROR(AddContext(*folder, path, *dockerfile, *plan));
    bases_[key] = std::move(dockerfile->bases);
    std::vector<std::string> registries = std::move(dockerfile->registries);
    registries.push_back(reference->domain);
    RETURN_IF_ERROR(AddCredentials(registries, *plan));
    Finish(image, *plan);
    return plan;
  }

  // Fingerprint, build id and tags.
  void Finish(const config::Image& image, ImagePlan& plan) {
    plan.options = OptionHashes(image, plan);
    Sha256 sha;
    sha.Update(plan.fingerprint);
    for (const auto& [name, hash] : plan.options) {
      sha.Update(absl::StrCat(name.size(), ":", name, hash));
    }
    plan.fingerprint = ToHex(sha.Finish());
    plan.spec.build_id = plan.fingerprint.substr(0, kBuildIdSize);
    plan.spec.tags = !options_.tags.empty() ? options_.tags : image.tags;
    if (plan.spec.tags.empty()) {
      plan.spec.tags = {plan.fingerprint.substr(0, kTagSize)};
    }
  }

  config::Loaded& config_;
  const PlanOptions& options_;
  diag::Sink& sink_;
  std::map<std::pair<std::string, std::string>,
           std::shared_ptr<const context::Folder>>
      folders_;
  std::map<std::string, context::FileRecords> records_;
  std::map<std::string, std::vector<dockerfile::BaseImage>> bases_;
};

}  // namespace

std::vector<std::string> SelectImages(const config::Config& config,
                                      const std::vector<std::string>& names,
                                      diag::Sink& sink) {
  std::vector<std::string> keys;
  std::vector<std::string> selected;
  for (const auto& [key, image] : config.images) {
    keys.push_back(key);
    if (image.build && image.build->disabled) continue;
    if (names.empty() ||
        std::find(names.begin(), names.end(), key) != names.end()) {
      selected.push_back(key);
    }
  }
  for (const std::string& name : names) {
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    sink.Handle(diag::UnknownImage(
        {}, name, DidYouMean(name, keys),
        keys.empty() ? "(none)" : absl::StrJoin(keys, ", ")));
  }
  return selected;
}

absl::StatusOr<Plan> MakePlan(config::Loaded& config,
                              const PlanOptions& options, diag::Sink& sink) {
  return Planner(config, options, sink).Run();
}

}  // namespace ovenbird::build
