#include "runtime/cli/project.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/source_file.h"
#include "runtime/cli/overrides.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/targets.h"
#include "runtime/cli/unreadable.h"
#include "runtime/config/search.h"
#include "runtime/config/surroundings.h"
#include "runtime/report/command_text.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

// Shows that no config could be read; the name is for code hosts, which want a
// file for each problem.
void ShowUnreadable(const std::string& path, const absl::Status& status,
                    const Options& options) {
  const SourceFile file(path.empty() ? "devspace.yaml" : path);
  diag::Collector problems;
  problems.Handle(DescribeUnreadable(file, status));
  ShowProblems(problems, nullptr, options);
}

// Lines for standard error: on no terminal a runner of CI jobs may read them.
std::string Shown(absl::string_view text) {
  std::string lines = report::VisibleLines(text);
  return HasTerminal() ? lines : report::LinesWithoutCommands(lines);
}

}  // namespace

bool HasTerminal() {
  return isatty(STDERR_FILENO) != 0 && EnvironmentVariable("TERM") != "dumb";
}

void ShowError(absl::string_view text) {
  std::cerr << "ovenbird: " << Shown(text) << "\n";
}

void ShowNote(absl::string_view text) {
  std::cerr << "note: " << Shown(text) << "\n";
}

plan::ProjectCheck ProjectCheckOf(const Options& options) {
  plan::ProjectCheck check;
  if (options.engine != EngineChoice::kAuto) {
    check.engine =
        options.engine == EngineChoice::kLocal ? "local" : "kubernetes";
  }
  check.executor = options.executor;
  check.secrets = options.secrets;
  return check;
}

absl::StatusOr<std::unique_ptr<config::Loaded>> LoadProject(
    const Options& options, const std::string& path,
    const std::optional<std::string>& text, diag::Sink& problems) {
  config::LoadOptions load;
  load.path = path;
  load.text = text;
  load.vars = options.vars;
  load.profile = options.profile;
  config::SystemSurroundings surroundings(
      std::filesystem::path(path).parent_path().string());
  load.surroundings = &surroundings;
  return config::Load(load, problems);
}

std::unique_ptr<config::Loaded> OpenProject(const Options& options,
                                            diag::Collector& problems,
                                            int& exit_code) {
  exit_code = kExitUsage;
  absl::StatusOr<std::string> path = GivenConfig(options);
  if (options.config.empty()) path = config::FindConfig(".");
  absl::StatusOr<std::unique_ptr<config::Loaded>> config =
      path.ok() ? LoadProject(options, *path, std::nullopt, problems)
                : path.status();
  if (!config.ok()) {
    ShowUnreadable(GivenConfig(options), config.status(), options);
    // Of this machine: too many open files.
    if (absl::IsResourceExhausted(config.status())) {
      exit_code = kExitEnvironment;
    }
    return nullptr;
  }
  if ((*config)->root == nullptr) {
    ShowProblems(problems, config->get(), options);
    return nullptr;
  }
  ApplyFlags(options, (*config)->config);
  exit_code = kExitGood;
  return *std::move(config);
}

}  // namespace ovenbird::cli
