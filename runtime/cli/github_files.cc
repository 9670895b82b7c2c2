#include "runtime/cli/github_files.h"

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "runtime/base/environment.h"
#include "runtime/base/format_text.h"
#include "runtime/base/status_macros.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

// A text in a cell of a table, or in a line.
std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(report::Visible(text), {{"&", "&amp;"},
                                                     {"<", "&lt;"},
                                                     {"|", "\\|"},
                                                     {"`", "\\`"},
                                                     {"*", "\\*"},
                                                     {"_", "\\_"},
                                                     {"[", "\\["}});
}

std::string Reference(const build::ImageResult& image) {
  if (!image.digest.empty())
    return absl::StrCat(image.image, "@", image.digest);
  return image.tags.empty() ? image.image
                            : absl::StrCat(image.image, ":", image.tags[0]);
}

std::string EndOf(const build::ImageResult& image) {
  if (image.failure) return absl::StrCat("failed: ", image.failure->what);
  if (image.skipped) return "unchanged, not built";
  return image.pushed ? "pushed" : "built, not pushed";
}

void AppendFailure(absl::string_view subject, const build::Failure& failure,
                   std::string& out) {
  absl::StrAppend(&out, "\n", subject, Escaped(failure.what), "\n");
  if (!failure.details.empty()) {
    // Of a block that is indented nothing is taken for Markdown.
    absl::StrAppend(&out, "\n");
    for (const std::string& detail : failure.details) {
      absl::StrAppend(&out, "    ", report::Visible(detail), "\n");
    }
  }
  if (!failure.hint.empty()) {
    absl::StrAppend(&out, "\nhelp: ", Escaped(failure.hint), "\n");
  }
}

absl::Status AppendTo(const char* variable, const std::string& text) {
  const std::string path = EnvironmentOrEmpty(variable);
  if (path.empty()) return absl::OkStatus();
  // Earlier steps may have written to it, and the runner has it open.
  std::ofstream file(path, std::ios::app);
  file << text << std::flush;
  if (file) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot append to ", path, ", which ", variable, " names"));
}

}  // namespace

std::string StepSummary(const build::RunResult& result) {
  std::string out =
      "| image | result | reference | time |\n|---|---|---|---|\n";
  for (const build::ImageResult& image : result.images) {
    absl::StrAppend(
        &out, "| ", Escaped(image.key), " | ", Escaped(EndOf(image)), " | ",
        image.failure ? "" : Escaped(Reference(image)), " | ",
        FormatText("%.1f s", absl::ToDoubleSeconds(image.duration)), " |\n");
  }
  for (const build::ImageResult& image : result.images) {
    if (!image.failure) continue;
    AppendFailure(absl::StrCat("**", Escaped(image.key), "**: "),
                  *image.failure, out);
  }
  if (result.failure) AppendFailure("", *result.failure, out);
  return absl::StrCat(out, "\n");
}

std::string StepOutputs(const build::RunResult& result) {
  // Outputs have a limit, and a step has to fit into an environment variable.
  build::RunResult brief = result;
  brief.timeline = {};
  for (build::ImageResult& image : brief.images) image.timeline = {};
  // On one line: JSON escapes line ends, so that nothing begins another output.
  std::string out =
      absl::StrCat("result=", build::ToJson(brief, /*pretty=*/false), "\n");
  if (result.images.size() == 1 && !result.images[0].failure &&
      result.images[0].pushed) {
    absl::StrAppend(&out, "ref=", report::Visible(Reference(result.images[0])),
                    "\n");
  }
  return out;
}

absl::Status WriteGitHubFiles(const build::RunResult& result) {
  RETURN_IF_ERROR(AppendTo("GITHUB_STEP_SUMMARY", StepSummary(result)));
  return AppendTo("GITHUB_OUTPUT", StepOutputs(result));
}

}  // namespace ovenbird::cli
