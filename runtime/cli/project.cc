#include "runtime/cli/project.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/cli/version.h"
#include "runtime/config/search.h"
#include "runtime/config/surroundings.h"
#include "runtime/report/github.h"
#include "runtime/report/json_lines.h"
#include "runtime/report/sarif.h"
#include "runtime/report/text.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

std::vector<diag::Diagnostic> Raised(std::vector<diag::Diagnostic> problems) {
  for (diag::Diagnostic& problem : problems) {
    if (problem.severity == diag::Severity::kWarning) {
      problem.severity = diag::Severity::kError;
    }
  }
  return problems;
}

// See no-color.org: an empty NO_COLOR is none.
bool IsColorful() {
  return HasTerminal() && EnvironmentOrEmpty("NO_COLOR").empty();
}

// Standard output is for a verb's result: of `validate` that is the
// diagnostics, of the others it is something else, which programs read.
std::ostream& OutputForPrograms(const Options& options) {
  return options.verb == Verb::kValidate ? std::cout : std::cerr;
}

void Print(const std::vector<diag::Diagnostic>& problems,
           const Options& options) {
  std::ostream& out = OutputForPrograms(options);
  report::TextOptions text;
  text.color = IsColorful();
  switch (options.diagnostics) {
    case DiagnosticsFormat::kText:
      std::cerr << report::RenderText(problems, text);
      // Code hosts show these lines next to the code; people read the others.
      if (EnvironmentVariable("GITHUB_ACTIONS").has_value()) {
        out << report::RenderGithub(problems);
      }
      break;
    case DiagnosticsFormat::kShort:
      std::cerr << report::RenderShort(problems, text);
      break;
    case DiagnosticsFormat::kJson:
      out << report::RenderJsonLines(problems);
      break;
    case DiagnosticsFormat::kSarif: {
      report::SarifOptions sarif;
      sarif.tool_version = kVersion;
      out << report::RenderSarif(problems, sarif);
      break;
    }
    case DiagnosticsFormat::kGithub:
      out << report::RenderGithub(problems);
      break;
  }
  const bool for_people = options.diagnostics == DiagnosticsFormat::kText ||
                          options.diagnostics == DiagnosticsFormat::kShort;
  if (!for_people && &out == &std::cerr) return;
  const std::string count = report::CountText(problems);
  if (!count.empty()) std::cerr << count << "\n";
}

}  // namespace

bool ShowProblems(const diag::Collector& problems, const Options& options) {
  std::vector<diag::Diagnostic> sorted = problems.Sorted();
  if (options.strict) sorted = Raised(std::move(sorted));
  Print(sorted, options);
  for (const diag::Diagnostic& problem : sorted) {
    if (problem.severity == diag::Severity::kError) return false;
  }
  return true;
}

bool HasTerminal() {
  return isatty(STDERR_FILENO) != 0 && EnvironmentVariable("TERM") != "dumb";
}

void ShowError(absl::string_view text) {
  std::cerr << "ovenbird: " << report::VisibleLines(text) << "\n";
}

std::unique_ptr<config::Loaded> OpenProject(const Options& options,
                                            diag::Collector& problems,
                                            int& exit_code) {
  config::LoadOptions load;
  load.path = options.config;
  load.vars = options.vars;
  load.profile = options.profile;
  if (load.path.empty()) {
    absl::StatusOr<std::string> found = config::FindConfig(".");
    if (!found.ok()) {
      ShowError(found.status().message());
      exit_code = kExitUsage;
      return nullptr;
    }
    load.path = *found;
  }
  config::SystemSurroundings surroundings(
      std::filesystem::path(load.path).parent_path().string());
  load.surroundings = &surroundings;
  absl::StatusOr<std::unique_ptr<config::Loaded>> config =
      config::Load(load, problems);
  if (!config.ok()) {
    ShowError(absl::StrCat(config.status().message(),
                           "; name the config file with --config FILE"));
    exit_code = kExitUsage;
    return nullptr;
  }
  if ((*config)->root == nullptr) {
    ShowProblems(problems, options);
    exit_code = kExitUsage;
    return nullptr;
  }
  return *std::move(config);
}

}  // namespace ovenbird::cli
