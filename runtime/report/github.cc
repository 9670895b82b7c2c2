#include "runtime/report/github.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/report/command_text.h"
#include "runtime/report/region.h"
#include "runtime/report/visible.h"

namespace ovenbird::report {
namespace {

absl::string_view Command(diag::Severity severity) {
  switch (severity) {
    case diag::Severity::kError:
      return "error";
    case diag::Severity::kWarning:
      return "warning";
    case diag::Severity::kNote:
      return "notice";
  }
  return "error";
}

// GitHub takes columns only when the place is on one line.
std::string Properties(const diag::Diagnostic& d, const Root& root) {
  std::string out;
  if (IsInFile(d.span)) {
    absl::StrAppend(
        &out, "file=", CommandProperty(FromTop(d.span.file->name(), root)));
  }
  if (HasRegion(d.span)) {
    const Region region = RegionOf(d.span);
    absl::StrAppend(&out, ",line=", region.start.line);
    if (region.start.line == region.end.line) {
      absl::StrAppend(&out, ",col=", region.start.column,
                      ",endLine=", region.end.line,
                      ",endColumn=", region.end.column);
    } else {
      absl::StrAppend(&out, ",endLine=", region.end.line);
    }
  }
  if (!out.empty()) out += ",";
  absl::StrAppend(&out, "title=", CommandProperty(d.rule ? d.rule->id : ""));
  return out;
}

std::string Message(const diag::Diagnostic& d) {
  std::string text = Visible(d.message);
  if (!d.label.empty()) absl::StrAppend(&text, "\n", Visible(d.label));
  if (!d.help.empty()) {
    absl::StrAppend(&text, "\nhelp: ", VisibleLines(d.help));
  }
  for (const diag::Label& label : d.labels) {
    if (label.text.empty()) continue;
    absl::StrAppend(&text, "\n", LocationText(label.span), ": ",
                    Visible(label.text));
  }
  for (const diag::Note& note : d.notes) {
    const std::string location = LocationText(note.span);
    absl::StrAppend(&text, "\nnote: ", location, location.empty() ? "" : ": ",
                    VisibleLines(note.text));
  }
  return text;
}

}  // namespace

std::string RenderGithub(absl::Span<const diag::Diagnostic> diagnostics,
                         const Root& root) {
  std::string out;
  for (const diag::Diagnostic& d : diagnostics) {
    absl::StrAppend(&out, "::", Command(d.severity), " ", Properties(d, root),
                    "::", CommandData(Message(d)), "\n");
  }
  return out;
}

}  // namespace ovenbird::report
