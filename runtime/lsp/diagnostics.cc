#include "runtime/lsp/diagnostics.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/report/message_page.h"
#include "runtime/report/region.h"

namespace ovenbird::lsp {
namespace {

// DiagnosticSeverity of LSP.
int SeverityNumber(diag::Severity severity) {
  switch (severity) {
    case diag::Severity::kError:
      return 1;
    case diag::Severity::kWarning:
      return 2;
    case diag::Severity::kNote:
      return 3;
  }
  return 1;
}

// The text of the problem, with everything that has no place of its own.
std::string TextOf(const diag::Diagnostic& problem) {
  std::string text = problem.message;
  if (!problem.label.empty()) absl::StrAppend(&text, ": ", problem.label);
  if (!problem.help.empty()) absl::StrAppend(&text, "\nhelp: ", problem.help);
  for (const diag::Note& note : problem.notes) {
    if (!report::IsInFile(note.span)) absl::StrAppend(&text, "\n", note.text);
  }
  return text;
}

void AddRelated(Span span, absl::string_view text, const Documents& documents,
                Encoding encoding, json::Array& related) {
  if (!report::IsInFile(span) || text.empty()) return;
  span = report::Clamped(span);
  related.push_back(json::Object{
      {"location", json::Object{{"uri", documents.UriOf(span.file->name())},
                                {"range", RangeToJson(span, encoding)}}},
      {"message", text}});
}

}  // namespace

std::string PathOfProblem(const Checked& checked,
                          const diag::Diagnostic& problem) {
  return report::IsInFile(problem.span) ? problem.span.file->name()
                                        : checked.path;
}

json::Value RangeOfProblem(const diag::Diagnostic& problem, Encoding encoding) {
  if (report::IsInFile(problem.span)) {
    return RangeToJson(report::Clamped(problem.span), encoding);
  }
  const json::Value start = json::Object{{"line", 0}, {"character", 0}};
  return json::Object{{"start", start}, {"end", start}};
}

json::Value DiagnosticToJson(const diag::Diagnostic& problem,
                             const Documents& documents, Encoding encoding) {
  json::Value out = json::Object{{"range", RangeOfProblem(problem, encoding)},
                                 {"severity", SeverityNumber(problem.severity)},
                                 {"source", "ovenbird"},
                                 {"message", TextOf(problem)}};
  if (problem.rule != nullptr) {
    out.Set("code", problem.rule->id);
    out.Set("codeDescription",
            json::Object{{"href", report::MessagePage(problem.rule->id)}});
  }
  json::Array related;
  for (const diag::Label& label : problem.labels) {
    AddRelated(label.span, label.text, documents, encoding, related);
  }
  for (const diag::Note& note : problem.notes) {
    AddRelated(note.span, note.text, documents, encoding, related);
  }
  if (!related.empty()) out.Set("relatedInformation", std::move(related));
  return out;
}

std::map<std::string, json::Array> DiagnosticsByFile(const Checked& checked,
                                                     const Documents& documents,
                                                     Encoding encoding) {
  std::map<std::string, json::Array> files;
  files[checked.path];
  if (checked.project != nullptr) {
    for (const auto& [path, file] : checked.project->dockerfiles) files[path];
  }
  for (const diag::Diagnostic& problem : checked.problems) {
    files[PathOfProblem(checked, problem)].push_back(
        DiagnosticToJson(problem, documents, encoding));
  }
  return files;
}

}  // namespace ovenbird::lsp
