#include "runtime/report/gitlab.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/sha256.h"
#include "runtime/report/command_text.h"
#include "runtime/report/region.h"

namespace ovenbird::report {
namespace {

// GitLab has five levels.
absl::string_view Level(diag::Severity severity) {
  switch (severity) {
    case diag::Severity::kError:
      return "major";
    case diag::Severity::kWarning:
      return "minor";
    case diag::Severity::kNote:
      return "info";
  }
  return "major";
}

}  // namespace

std::string RenderGitlab(absl::Span<const diag::Diagnostic> diagnostics,
                         const Root& root) {
  json::Array problems;
  std::map<std::string, int> occurrences;
  for (const diag::Diagnostic& d : diagnostics) {
    const std::string id = d.rule == nullptr ? "" : d.rule->id;
    std::string path = "devspace.yaml";
    absl::string_view text;
    int line = 1;  // the format requires one
    if (IsInFile(d.span)) {
      path = FromTop(d.span.file->name(), root);
      line = RegionOf(d.span).start.line;
      text = absl::StripAsciiWhitespace(d.span.file->Line(line));
    }
    const std::string what =
        absl::StrCat(path, "\n", id, "\n", d.message, "\n", text);
    const int number = ++occurrences[what];
    problems.push_back(json::Object{
        {"description",
         d.label.empty() ? d.message : absl::StrCat(d.message, ": ", d.label)},
        {"check_name", id},
        {"fingerprint", ToHex(Sha256Of(absl::StrCat(what, "\n", number)))},
        {"severity", Level(d.severity)},
        {"location", json::Object{{"path", path},
                                  {"lines", json::Object{{"begin", line}}}}}});
  }
  return JsonWithoutCommands(
      json::Write(json::Value(std::move(problems)), /*pretty=*/true) + "\n");
}

}  // namespace ovenbird::report
