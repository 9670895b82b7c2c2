#include "runtime/lsp/checked.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/config/surroundings.h"
#include "runtime/diag/catalog.h"
#include "runtime/plan/builder.h"
#include "runtime/plan/read_dockerfile.h"
#include "runtime/plan/select_images.h"

namespace ovenbird::lsp {
namespace {

// Puts the text of open Dockerfiles in place of the files, but only of those
// that the check reads.
void TakeOpenDockerfiles(const Documents& documents, config::Loaded& project) {
  diag::Collector ignored;  // The check itself reports it.
  for (const plan::KeyedImage* keyed :
       plan::SelectImages(project.config, {}, ignored)) {
    const config::Image& image = keyed->second;
    if (plan::WantedBuilder(image) == plan::Builder::kCustom) continue;
    const std::string path = plan::DockerfilePath(project.folder(), image);
    const Document* document = documents.Find(path);
    if (document == nullptr) continue;
    project.dockerfiles.try_emplace(path, path, document->WholeText());
  }
}

// The secrets of the flags and of the editor are those of all projects: a
// project does not have to use each.
bool IsSecretOfAnotherProject(const diag::Diagnostic& problem) {
  return problem.span.file == nullptr && problem.rule != nullptr &&
         absl::string_view(problem.rule->id) == "secret-unused";
}

}  // namespace

Checked CheckConfig(const std::string& path, const Documents& documents,
                    const CheckSettings& settings) {
  Checked checked;
  checked.path = path;
  config::LoadOptions load;
  load.path = path;
  if (const Document* document = documents.Find(path)) {
    load.text = document->WholeText();
  }
  load.vars = settings.vars;
  load.profile = settings.profile;
  config::SystemSurroundings surroundings(
      std::filesystem::path(path).parent_path().string());
  load.surroundings = &surroundings;
  diag::Collector problems;
  absl::StatusOr<std::unique_ptr<config::Loaded>> project =
      config::Load(load, problems);
  std::vector<problems::CheckedFile> files;
  if (project.ok()) {
    checked.project = *std::move(project);
    TakeOpenDockerfiles(documents, *checked.project);
    checked.failure =
        plan::CheckProject(*checked.project, settings.check, problems).status();
    // After an error something else was not checked.
    files = plan::CheckedFilesOf(*checked.project, !problems.has_errors());
  } else {
    checked.name = std::make_unique<SourceFile>(path);
    problems.Handle(diag::ConfigUnreadable({checked.name.get(), 0, 0},
                                           project.status().message()));
  }
  std::vector<diag::Diagnostic> sorted = problems.Sorted();
  sorted.erase(
      std::remove_if(sorted.begin(), sorted.end(), IsSecretOfAnotherProject),
      sorted.end());
  checked.problems = problems::Select(sorted, files, settings.select);
  return checked;
}

}  // namespace ovenbird::lsp
