#include "runtime/cli/results.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/file.h"
#include "runtime/base/format_text.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/problems.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/command_text.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

void ShowFailure(const build::Failure& failure, const std::string& subject,
                 std::ostream& err) {
  err << "ovenbird: " << subject << report::VisibleLines(failure.what) << "\n";
  for (const std::string& detail : failure.details) {
    err << "  " << report::VisibleLines(detail) << "\n";
  }
  if (!failure.hint.empty()) {
    err << "  help: " << report::VisibleLines(failure.hint) << "\n";
  }
}

void Hide(const report::Mask& mask, std::optional<build::Failure>& failure) {
  if (!failure) return;
  failure->what = mask.Apply(failure->what);
  for (std::string& detail : failure->details) detail = mask.Apply(detail);
  failure->hint = mask.Apply(failure->hint);
  for (diag::Diagnostic& problem : failure->diagnostics) {
    problem.message = mask.Apply(problem.message);
    for (auto& [name, value] : problem.args) value = mask.Apply(value);
  }
}

void Hide(const report::Mask& mask, build::Timeline& timeline) {
  for (build::Phase& phase : timeline.phases) {
    phase.text = mask.Apply(phase.text);
  }
}

void ShowImage(const build::ImageResult& image, std::ostream& err) {
  const std::string subject = absl::StrCat("image `", image.key, "`: ");
  for (const std::string& warning : image.warnings) {
    err << "warning: " << subject << report::VisibleLines(warning) << "\n";
  }
  if (!image.failure) return;
  ShowFailure(*image.failure, subject, err);
  if (!image.log_file.empty()) err << "  log: " << image.log_file << "\n";
}

// What can be pulled or loaded: a reference for each tag, or the file.
std::vector<std::string> Names(const build::ImageResult& image) {
  if (!image.output_tar.empty()) return {image.output_tar};
  std::vector<std::string> names;
  for (const std::string& tag : image.tags) {
    names.push_back(absl::StrCat(
        image.image, ":", tag, image.digest.empty() ? "" : "@", image.digest));
  }
  return names;
}

std::string HowItCame(const build::ImageResult& image) {
  if (image.skipped) return "unchanged, not built";
  return FormatText(
      "%s%.1f s, %s%s%s",
      image.output_tar.empty() || image.digest.empty()
          ? ""
          : absl::StrCat(image.digest, ", "),
      absl::ToDoubleSeconds(image.duration), image.engine,
      image.pushed || !image.output_tar.empty() ? "" : ", not pushed",
      image.log_file.empty() ? "" : absl::StrCat("; log: ", image.log_file));
}

}  // namespace

void ShowResults(const build::RunResult& result, bool only_names,
                 std::ostream& out, std::ostream& err) {
  for (const build::ImageResult& image : result.images) {
    ShowImage(image, err);
    if (image.failure) continue;
    for (const std::string& name : Names(image)) {
      out << name;
      if (!only_names) out << " (" << HowItCame(image) << ")";
      out << "\n";
    }
  }
  if (result.failure) ShowFailure(*result.failure, "", err);
  out << std::flush;
}

void ShowFailures(const build::RunResult& result, std::ostream& err) {
  for (const build::ImageResult& image : result.images) ShowImage(image, err);
  if (result.failure) ShowFailure(*result.failure, "", err);
}

void ShowDiagnostics(const build::RunResult& result, const Options& options) {
  diag::Collector problems;
  for (const build::ImageResult& image : result.images) {
    if (!image.failure) continue;
    for (const diag::Diagnostic& problem : image.failure->diagnostics) {
      problems.Handle(problem);
    }
  }
  if (!problems.diagnostics().empty()) ShowProblems(problems, nullptr, options);
}

void HidePasswords(const report::Mask& mask, build::RunResult& result) {
  Hide(mask, result.failure);
  Hide(mask, result.timeline);
  for (build::ImageResult& image : result.images) {
    Hide(mask, image.failure);
    Hide(mask, image.timeline);
    for (std::string& warning : image.warnings) warning = mask.Apply(warning);
  }
}

build::Failure WhyNothingWasBuilt(int exit_code, const std::string& error) {
  if (exit_code == kExitInterrupted) return build::Interrupted();
  build::Failure failure;
  failure.kind = exit_code == kExitUsage ? build::FailureKind::kConfig
                                         : build::FailureKind::kEnvironment;
  failure.what =
      error.empty() ? "the config or a Dockerfile has errors" : error;
  return failure;
}

int Finish(const build::RunResult& result, const std::string& path,
           std::ostream& out, std::ostream& err) {
  const int code = build::ExitCode(result);
  if (path.empty()) return code;
  const std::string text = absl::StrCat(build::ToJson(result, true), "\n");
  if (path == "-") {
    out << report::JsonWithoutCommands(text) << std::flush;
    return code;
  }
  const absl::Status status = WriteFile(path, text);
  if (status.ok()) return code;
  err << "ovenbird: " << status.message() << "\n";
  return code == kExitGood ? kExitEnvironment : code;
}

}  // namespace ovenbird::cli
