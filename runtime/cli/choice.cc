#include "runtime/cli/choice.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::cli {
namespace {

using plan::Builder;

constexpr char kMinikube[] = "minikube";

bool IsBuilt(const Options& options, const std::string& key,
             const config::Image& image) {
  if (image.build && image.build->disabled) return false;
  return options.images.empty() ||
         std::find(options.images.begin(), options.images.end(), key) !=
             options.images.end();
}

// Asked for on the command line, which comes before the config.
bool WantsKaniko(const Options& options) {
  return options.engine != EngineChoice::kAuto || !options.output_tar.empty();
}

absl::StatusOr<kube::ClusterAccess> FindCluster(const Options& options) {
  kube::AccessOptions access;
  access.context = options.kube_context;
  return kube::FindCluster(access);
}

class Chooser {
 public:
  Chooser(const Options& options, const config::Config& config)
      : options_(options), config_(config) {}

  absl::StatusOr<Choice> Run() {
    bool kaniko = false;
    for (const auto& [key, image] : config_.images) {
      if (!IsBuilt(options_, key, image)) continue;
      ASSIGN_OR_RETURN(const Builder builder, BuilderOf(key, image));
      choice_.builders[key] = builder;
      kaniko |= builder == Builder::kKaniko;
    }
    if (!fallen_back_.empty()) {
      choice_.notes.push_back(
          absl::StrCat("kaniko builds ", absl::StrJoin(fallen_back_, ", "),
                       ": no Docker daemon answers (",
                       own_daemon_->status().message(), ")"));
    }
    if (kaniko) RETURN_IF_ERROR(ChooseForKaniko());
    return std::move(choice_);
  }

 private:
  absl::StatusOr<Builder> BuilderOf(const std::string& key,
                                    const config::Image& image) {
    const Builder wanted = plan::WantedBuilder(image);
    if (wanted == Builder::kCustom) {
      if (options_.output_tar.empty()) return wanted;
      return absl::FailedPreconditionError(
          absl::StrCat("image `", key,
                       "` is built by your own command (`build.custom`), so "
                       "--output cannot save it"));
    }
    if (wanted == Builder::kKaniko || WantsKaniko(options_)) {
      return Builder::kKaniko;
    }
    return DockerOrKaniko(key, image);
  }

  absl::StatusOr<Builder> DockerOrKaniko(const std::string& key,
                                         const config::Image& image) {
    static const config::Docker kDefaults;
    const bool has_section = image.build && image.build->docker;
    const config::Docker& docker =
        has_section ? *image.build->docker : kDefaults;
    if (docker.prefer_minikube && FindMinikube()) {
      choice_.daemons[key] = **minikube_;
      return Builder::kDocker;
    }
    if (!own_daemon_) own_daemon_ = build::FindDockerDaemon({}, nullptr);
    if (own_daemon_->ok()) return Builder::kDocker;
    if (docker.disable_fallback) {
      return absl::FailedPreconditionError(absl::StrCat(
          "image `", key, "` is for Docker, and no Docker daemon answers (",
          own_daemon_->status().message(),
          "); start one, or let kaniko build it: remove `disableFallback`, or "
          "set --engine"));
    }
    if (has_section) fallen_back_.push_back(absl::StrCat("`", key, "`"));
    return Builder::kKaniko;
  }

  // The daemon in minikube, when that is the current cluster and it answers.
  bool FindMinikube() {
    if (!minikube_) {
      minikube_.emplace();
      absl::StatusOr<kube::ClusterAccess> cluster = FindCluster(options_);
      if (cluster.ok() && cluster->context == kMinikube) {
        absl::StatusOr<build::DockerEnvironment> found =
            build::MinikubeDocker(nullptr);
        if (found.ok() && build::FindDockerDaemon(*found, nullptr).ok()) {
          *minikube_ = *std::move(found);
        }
      }
    }
    return minikube_->has_value();
  }

  absl::Status ChooseForKaniko() {
    if (!options_.output_tar.empty() ||
        options_.engine == EngineChoice::kLocal) {
      choice_.notes.emplace_back("engine: local");
      return absl::OkStatus();
    }
    absl::StatusOr<kube::ClusterAccess> cluster = FindCluster(options_);
    if (cluster.ok()) {
      choice_.notes.push_back(
          absl::StrCat("engine: kubernetes (", cluster->description, ")"));
      choice_.cluster = *std::move(cluster);
      return absl::OkStatus();
    }
    // A context that was asked for by name, or a broken kubeconfig, is no
    // reason to build elsewhere in silence.
    if (options_.engine == EngineChoice::kAuto &&
        options_.kube_context.empty() && absl::IsNotFound(cluster.status())) {
      choice_.notes.emplace_back(
          "engine: local (no kube context is configured)");
      return absl::OkStatus();
    }
    return absl::Status(
        cluster.status().code(),
        absl::StrCat(cluster.status().message(),
                     "; to build on this machine instead: --engine local"));
  }

  const Options& options_;
  const config::Config& config_;
  Choice choice_;
  std::optional<absl::StatusOr<std::string>> own_daemon_;
  std::optional<std::optional<build::DockerEnvironment>> minikube_;
  std::vector<std::string> fallen_back_;
};

}  // namespace

absl::string_view Choice::EngineOf(const std::string& key) const {
  auto found = builders.find(key);
  if (found == builders.end()) return "";
  switch (found->second) {
    case Builder::kDocker:
      return "docker";
    case Builder::kCustom:
      return "custom";
    case Builder::kKaniko:
      break;
  }
  return cluster ? "kubernetes" : "local";
}

absl::StatusOr<Choice> Choose(const Options& options,
                              const config::Config& config) {
  return Chooser(options, config).Run();
}

Choice ChooseWithoutLooking(const Options& options,
                            const config::Config& config) {
  Choice choice;
  choice.cluster.emplace();
  for (const auto& [key, image] : config.images) {
    if (!IsBuilt(options, key, image)) continue;
    choice.builders[key] = plan::WantedBuilder(image) == Builder::kCustom
                               ? Builder::kCustom
                               : Builder::kKaniko;
  }
  return choice;
}

}  // namespace ovenbird::cli
