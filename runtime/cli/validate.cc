#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/base/source_file.h"
#include "runtime/cli/problems.h"
#include "runtime/cli/project.h"
#include "runtime/cli/targets.h"
#include "runtime/cli/unreadable.h"
#include "runtime/cli/verbs.h"
#include "runtime/plan/check_project.h"
#include "runtime/problems/baseline.h"
#include "runtime/problems/fix.h"

namespace ovenbird::cli {
namespace {

// A fix can make another one possible; more rounds mean that two undo each
// other.
constexpr int kMostRounds = 10;

// One config while it is checked.
struct Checked {
  Target target;
  std::unique_ptr<config::Loaded> project;  // null: it cannot be read
  std::unique_ptr<SourceFile> name;         // of a file that cannot be read
  diag::Collector problems;
  bool left_to_hooks = false;
  int fixes = 0;
  int unsafe_fixes = 0;  // left to --fix=all
};

// Checks the configs of one command line.
class Validator {
 public:
  explicit Validator(const Options& options) : options_(options) {}

  int Run() {
    absl::StatusOr<std::vector<Target>> targets = FindTargets(options_);
    if (!targets.ok()) {
      Checked none;
      CannotRead(targets.status(), none);
      all_.push_back(std::move(none));
      return End();
    }
    for (Target& target : *targets) {
      Checked one;
      one.target = std::move(target);
      if (!one.target.problem.ok()) {
        CannotRead(one.target.problem, one);
        all_.push_back(std::move(one));
        continue;
      }
      Check(one);
      if (options_.fix != problems::FixChoice::kNone) Fix(one);
      all_.push_back(std::move(one));
    }
    return End();
  }

 private:
  void CannotRead(const absl::Status& status, Checked& one) {
    one.name = std::make_unique<SourceFile>(
        one.target.path.empty() ? "devspace.yaml" : one.target.path);
    one.problems.Handle(DescribeUnreadable(*one.name, status));
  }

  void Check(Checked& one) {
    one.problems = diag::Collector();
    absl::StatusOr<std::unique_ptr<config::Loaded>> project =
        LoadProject(options_, one.target.path, one.target.text, one.problems);
    if (!project.ok()) {
      CannotRead(project.status(), one);
      return;
    }
    one.project = *std::move(project);
    const absl::StatusOr<bool> left = plan::CheckProject(
        *one.project, ProjectCheckOf(options_), one.problems);
    if (!left.ok()) {
      failures_.push_back(left.status());
      return;
    }
    one.left_to_hooks = *left;
  }

  // Fixes the text until nothing is left to fix, then writes it once.
  void Fix(Checked& one) {
    if (one.project == nullptr) return;
    const std::string before = one.project->file.text();
    const bool has_mark = one.project->file.had_byte_order_mark();
    for (int round = 0; round < kMostRounds && one.project != nullptr;
         ++round) {
      problems::Fixed fixed =
          problems::ApplyFixes(one.project->file, Selected(one), options_.fix);
      if (fixed.fixes == 0) break;
      one.fixes += fixed.fixes;
      one.target.text =
          absl::StrCat(has_mark ? "\xEF\xBB\xBF" : "", fixed.text);
      Check(one);
    }
    if (options_.fix == problems::FixChoice::kSafe && one.project != nullptr) {
      one.unsafe_fixes = problems::ChooseFixes(one.project->file, Selected(one),
                                               problems::FixChoice::kAll)
                             .fixes;
    }
    if (options_.PrintsText()) {
      std::cout << one.target.text.value_or(before);
      return;
    }
    if (one.fixes == 0 || one.project == nullptr) return;
    if (options_.dry_run) {
      std::cout << problems::UnifiedDiff(one.target.path, before,
                                         one.project->file.text());
      return;
    }
    const absl::Status written = WriteFile(one.target.path, *one.target.text);
    if (!written.ok()) failures_.push_back(written);
  }

  std::vector<diag::Diagnostic> Selected(const Checked& one) const {
    return SelectProblems(one.problems,
                          plan::CheckedFilesOf(*one.project, false), options_);
  }

  int End() {
    diag::Collector problems;
    std::vector<problems::CheckedFile> files;
    std::vector<std::string> names;
    for (const Checked& one : all_) {
      for (const diag::Diagnostic& problem : one.problems.diagnostics()) {
        problems.Handle(problem);
      }
      names.push_back(one.target.path);
      if (one.project == nullptr) continue;
      // After an error something else was not checked.
      for (const problems::CheckedFile& file :
           plan::CheckedFilesOf(*one.project, !one.problems.has_errors())) {
        files.push_back(file);
      }
    }
    const std::vector<diag::Diagnostic> selected =
        SelectProblems(problems, files, options_);
    if (!options_.write_baseline.empty()) return WriteBaseline(selected);
    PrintProblems(selected, names, options_);
    for (const absl::Status& failure : failures_) ShowError(failure.message());
    const bool good = !problems::HasErrors(selected);
    ShowSummary(selected);
    if (!good) return kExitUsage;
    return failures_.empty() ? kExitGood : kExitEnvironment;
  }

  int WriteBaseline(const std::vector<diag::Diagnostic>& selected) {
    const problems::Baseline baseline =
        problems::Baseline::Of(selected, options_.write_baseline);
    std::vector<diag::Diagnostic> errors;
    for (const diag::Diagnostic& problem : selected) {
      if (problem.severity == diag::Severity::kError) errors.push_back(problem);
    }
    PrintProblems(errors, {}, options_);
    const absl::Status written =
        WriteFile(options_.write_baseline, baseline.Write());
    if (!written.ok()) {
      ShowError(written.message());
      return kExitEnvironment;
    }
    std::cerr << options_.write_baseline << ": " << baseline.size()
              << (baseline.size() == 1 ? " problem" : " problems") << "\n";
    return errors.empty() ? kExitGood : kExitUsage;
  }

  // The last line for people, where the whole is valid or there are several.
  void ShowSummary(const std::vector<diag::Diagnostic>& selected) const {
    int fixes = 0;
    int unsafe_fixes = 0;
    size_t images = 0;
    size_t valid = 0;
    bool left_to_hooks = false;
    for (const Checked& one : all_) {
      fixes += one.fixes;
      unsafe_fixes += one.unsafe_fixes;
      if (HasError(one, selected)) continue;
      ++valid;
      images += one.project->config.images.size();
      left_to_hooks = left_to_hooks || one.left_to_hooks;
    }
    if (fixes > 0) {
      std::cerr << fixes << (fixes == 1 ? " problem" : " problems")
                << (options_.dry_run ? " can be fixed\n" : " fixed\n");
    }
    if (unsafe_fixes > 0) {
      std::cerr << unsafe_fixes << (fixes > 0 ? " more" : "")
                << (unsafe_fixes == 1 ? " problem" : " problems")
                << " can be fixed by `--fix=all`, which writes what was "
                   "probably meant\n";
    }
    if (all_.size() == 1 && valid == 0) return;
    if (all_.size() == 1) {
      std::cerr << all_[0].target.path << ": valid";
    } else {
      std::cerr << valid << " of " << all_.size() << " configs valid";
    }
    std::cerr << ", " << images << (images == 1 ? " image" : " images")
              << (left_to_hooks
                      ? "; some files are missing, unless a hook creates them"
                      : "")
              << "\n";
  }

  static bool HasError(const Checked& one,
                       const std::vector<diag::Diagnostic>& selected) {
    if (one.project == nullptr || one.project->root == nullptr) return true;
    const std::vector<problems::CheckedFile> files =
        plan::CheckedFilesOf(*one.project, false);
    for (const diag::Diagnostic& problem : selected) {
      if (problem.severity != diag::Severity::kError) continue;
      for (const problems::CheckedFile& file : files) {
        if (problem.span.file == file.file) return true;
      }
    }
    return one.problems.has_errors();
  }

  const Options& options_;
  std::vector<Checked> all_;
  std::vector<absl::Status> failures_;
};

}  // namespace

int Validate(const Options& options) { return Validator(options).Run(); }

}  // namespace ovenbird::cli
