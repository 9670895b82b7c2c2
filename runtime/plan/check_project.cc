#include "runtime/plan/check_project.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/kube/check.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/check_files.h"
#include "runtime/plan/select_images.h"

namespace ovenbird::plan {
namespace {

// Who builds an image, as far as that is known without looking at this machine.
Builder BuilderOf(const config::Image& image, const ProjectCheck& check) {
  const Builder wanted = WantedBuilder(image);
  return wanted == Builder::kDocker && !check.engine.empty() ? Builder::kKaniko
                                                             : wanted;
}

// Empty: unknown. By default Docker builds the images that the config assigns
// to it, if there is a Docker.
absl::string_view EngineOf(Builder builder, const ProjectCheck& check) {
  switch (builder) {
    case Builder::kCustom:
      return "custom";
    case Builder::kDocker:
      return "";
    case Builder::kKaniko:
      break;
  }
  if (check.engine.empty()) return "kubernetes";
  return check.engine;
}

// --executor: as if the config named it.
void SetExecutor(const std::string& executor, config::Image& image) {
  if (!image.build) image.build.emplace();
  if (!image.build->kaniko) {
    config::Kaniko kaniko = *EffectiveKaniko(image);
    image.build->kaniko = std::move(kaniko);
  }
  image.build->kaniko->image = executor;
}

}  // namespace

absl::StatusOr<bool> CheckProject(config::Loaded& project,
                                  const ProjectCheck& check,
                                  diag::Collector& problems) {
  if (project.root == nullptr) return false;
  config::Config& config = project.config;
  FileCheck files;
  files.folders = check.folders;
  files.secrets = check.secrets;
  for (auto& [key, image] : config.images) {
    files.builders[key] = BuilderOf(image, check);
    if (files.builders[key] == Builder::kKaniko && !check.executor.empty()) {
      SetExecutor(check.executor, image);
    }
  }
  kube::CheckForEngine(
      config,
      [&](const std::string& key) {
        return EngineOf(files.builders.at(key), check);
      },
      problems);
  // Without the section the project has nothing that we build, e.g. only
  // deployments.
  if (!problems.has_errors() && project.root->Find("images") != nullptr) {
    CheckForImages(project, {}, problems);
  }
  return CheckFiles(project, files, problems);
}

std::vector<problems::CheckedFile> CheckedFilesOf(const config::Loaded& project,
                                                  bool complete) {
  std::vector<problems::CheckedFile> files = {
      {&project.file, problems::FileKind::kYaml, complete}};
  for (const auto& [path, file] : project.dockerfiles) {
    files.push_back({&file, problems::FileKind::kDockerfile, complete});
  }
  return files;
}

}  // namespace ovenbird::plan
