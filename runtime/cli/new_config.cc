#include "runtime/cli/new_config.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/base/shell_quote.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/plan/check_project.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

namespace fs = std::filesystem;

// A file that the user names is written where a link leads; another one takes
// the place of a link, which a cloned repository may have brought.
absl::Status Save(const Options& options, const std::string& path,
                  const std::string& yaml) {
  return options.output_file.empty() ? ReplaceFile(path, yaml)
                                     : WriteFile(path, yaml);
}

// False if the config has errors.
bool Check(const Options& options, const std::string& path,
           const std::string& yaml, size_t& images) {
  diag::Collector problems;
  const absl::StatusOr<std::unique_ptr<config::Loaded>> project =
      LoadProject(options, path, yaml, problems);
  if (!project.ok()) {
    ShowError(project.status().message());
    return false;
  }
  const absl::StatusOr<bool> checked =
      plan::CheckProject(**project, ProjectCheckOf(options), problems);
  if (!checked.ok()) ShowError(checked.status().message());
  images = (*project)->config.images.size();
  return ShowProblems(problems, project->get(), options);
}

void ShowNext(const std::string& path) {
  const std::string flag = fs::path(path).lexically_normal() == "devspace.yaml"
                               ? ""
                               : absl::StrCat(" --config ", ShellQuote(path));
  std::cerr << "next:\n  ovenbird validate" << flag
            << "   # checks the config and the Dockerfiles\n"
            << "  ovenbird doctor" << flag
            << "     # checks the cluster and the registry\n"
            << "  ovenbird build" << flag
            << "      # builds and pushes the images\n";
}

}  // namespace

bool IsInFolder(const std::string& path, const std::string& folder) {
  std::error_code error;
  const fs::path parent = fs::absolute(path, error).parent_path();
  return fs::weakly_canonical(parent, error) ==
         fs::weakly_canonical(fs::absolute(folder, error), error);
}

bool IsPrinted(const Options& options) {
  return options.dry_run || options.output_file == "-";
}

bool MayWrite(const Options& options, const std::string& path,
              absl::string_view advice) {
  std::error_code error;
  const bool exists = fs::exists(fs::symlink_status(path, error));
  if (IsPrinted(options) || options.force || !exists) return true;
  ShowError(absl::StrCat(
      "`", path,
      "` exists: print the new config with `--output -`, write another file "
      "with `--output FILE`, or replace it with `--force`",
      advice));
  return false;
}

int WriteNewConfig(const Options& options, const std::string& path,
                   const std::string& yaml) {
  size_t images = 0;
  if (IsPrinted(options)) {
    std::cout << yaml << std::flush;
    return Check(options, path, yaml, images) ? kExitGood : kExitUsage;
  }
  const absl::Status saved = Save(options, path, yaml);
  if (!saved.ok()) {
    ShowError(saved.message());
    return kExitEnvironment;
  }
  const bool good = Check(options, path, yaml, images);
  std::cerr << report::Visible(path) << ": written, " << images
            << (images == 1 ? " image" : " images")
            << (good ? "" : "; correct the errors above") << "\n";
  ShowNext(path);
  return good ? kExitGood : kExitUsage;
}

}  // namespace ovenbird::cli
