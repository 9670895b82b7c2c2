#include "runtime/cli/problems.h"

#include <filesystem>
#include <iostream>
#include <ostream>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/cli/project.h"
#include "runtime/cli/version.h"
#include "runtime/plan/check_project.h"
#include "runtime/report/command_text.h"
#include "runtime/report/github.h"
#include "runtime/report/gitlab.h"
#include "runtime/report/json_lines.h"
#include "runtime/report/junit.h"
#include "runtime/report/root.h"
#include "runtime/report/sarif.h"
#include "runtime/report/text.h"

namespace ovenbird::cli {
namespace {

using diag::Diagnostic;

// See no-color.org: an empty NO_COLOR is none.
bool IsColorful() {
  return HasTerminal() && EnvironmentOrEmpty("NO_COLOR").empty();
}

// Standard output is for a verb's result: of `validate` that is the
// diagnostics, of the others it is something else, which programs read. With
// --fix from standard input it is the text, with --dry-run the patch.
std::ostream& OutputForPrograms(const Options& options) {
  return options.verb == Verb::kValidate && !options.PrintsFixes() ? std::cout
                                                                   : std::cerr;
}

report::Root Here() {
  std::error_code error;
  return report::FindRoot(std::filesystem::current_path(error).string(),
                          EnvironmentVariable);
}

// The lines of users' files are no commands for what reads the output of a job.
std::string ForRunner(std::string text) {
  return HasTerminal() ? text : report::LinesWithoutCommands(text);
}

void PrintForPeople(const std::vector<Diagnostic>& selected,
                    const Options& options) {
  report::TextOptions text;
  text.color = IsColorful();
  if (options.diagnostics == DiagnosticsFormat::kShort) {
    std::cerr << ForRunner(report::RenderShort(selected, text));
    return;
  }
  std::cerr << ForRunner(report::RenderText(selected, text));
  // Code hosts show these lines next to the code; people read the others.
  if (EnvironmentVariable("GITHUB_ACTIONS").has_value()) {
    OutputForPrograms(options) << report::RenderGithub(selected, Here());
  }
}

// The last line, after an error: where more about it is.
std::string Pointer(const std::vector<Diagnostic>& selected) {
  std::set<std::string> ids;
  for (const Diagnostic& problem : selected) {
    if (problem.severity == diag::Severity::kError)
      ids.insert(problem.rule->id);
  }
  if (ids.empty()) return "";
  if (ids.size() == 1) {
    return absl::StrCat("for more about this error, run `ovenbird explain ",
                        *ids.begin(), "`\n");
  }
  return absl::StrCat(
      "for more about an error, run `ovenbird explain ID`, for instance "
      "`ovenbird explain ",
      *ids.begin(), "`\n");
}

// True if the format is one that programs read.
bool PrintForPrograms(const std::vector<Diagnostic>& selected,
                      const std::vector<std::string>& files,
                      const Options& options) {
  std::ostream& out = OutputForPrograms(options);
  switch (options.diagnostics) {
    case DiagnosticsFormat::kText:
    case DiagnosticsFormat::kShort:
      return false;
    case DiagnosticsFormat::kJson:
      out << report::RenderJsonLines(selected);
      return true;
    case DiagnosticsFormat::kSarif:
      out << report::RenderSarif(selected, {kVersion, Here()});
      return true;
    case DiagnosticsFormat::kGithub:
      out << report::RenderGithub(selected, Here());
      return true;
    case DiagnosticsFormat::kGitlab:
      out << report::RenderGitlab(selected, Here());
      return true;
    case DiagnosticsFormat::kJunit:
      out << report::RenderJunit(selected, files, Here());
      return true;
  }
  return false;
}

}  // namespace

std::vector<Diagnostic> SelectProblems(
    const diag::Collector& found,
    const std::vector<problems::CheckedFile>& files, const Options& options) {
  problems::SelectOptions select;
  select.rules = options.rules;
  select.baseline = options.baseline;
  select.strict = options.strict;
  return problems::Select(found.Sorted(), files, std::move(select));
}

void PrintProblems(const std::vector<Diagnostic>& selected,
                   const std::vector<std::string>& files,
                   const Options& options) {
  if (PrintForPrograms(selected, files, options)) {
    // What a program reads has no other lines in between.
    if (&OutputForPrograms(options) == &std::cerr) return;
  } else {
    PrintForPeople(selected, options);
  }
  const std::string count = report::CountText(selected);
  if (!count.empty()) std::cerr << count << "\n";
  if (options.diagnostics == DiagnosticsFormat::kText) {
    std::cerr << Pointer(selected);
  }
}

bool ShowProblems(const diag::Collector& found, const config::Loaded* project,
                  const Options& options) {
  std::vector<problems::CheckedFile> files;
  std::vector<std::string> names;
  if (project != nullptr) {
    files = plan::CheckedFilesOf(*project, /*complete=*/false);
    names = {project->file.name()};
  }
  const std::vector<Diagnostic> selected =
      SelectProblems(found, files, options);
  const bool has_errors = problems::HasErrors(selected);
  if (has_errors || options.progress != Progress::kQuiet) {
    PrintProblems(selected, names, options);
  }
  return !has_errors;
}

}  // namespace ovenbird::cli
