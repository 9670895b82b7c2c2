#include "runtime/lsp/code_actions.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/lsp/diagnostics.h"
#include "runtime/lsp/ignore_action.h"
#include "runtime/lsp/text_edits.h"
#include "runtime/problems/fix.h"
#include "runtime/problems/suppressions.h"
#include "runtime/report/region.h"

namespace ovenbird::lsp {
namespace {

constexpr char kQuickFix[] = "quickfix";

// Whether the editor wants actions of this kind: `source` includes
// `source.fixAll`.
bool Wants(const json::Value& params, absl::string_view kind) {
  const json::Value& only = params.Get({"context", "only"});
  if (only.as_array() == nullptr) return true;
  return std::any_of(only.items().begin(), only.items().end(),
                     [&](const json::Value& one) {
                       const absl::string_view wanted = one.string_or();
                       return kind == wanted ||
                              absl::StartsWith(kind, absl::StrCat(wanted, "."));
                     });
}

std::pair<int64_t, int64_t> Place(const json::Value& position) {
  return {position["line"].int_or(), position["character"].int_or()};
}

bool Touches(const json::Value& range, const json::Value& other) {
  return Place(range["start"]) <= Place(other["end"]) &&
         Place(other["start"]) <= Place(range["end"]);
}

bool CanApply(const diag::Fix& fix) {
  return !fix.edits.empty() && std::all_of(fix.edits.begin(), fix.edits.end(),
                                           [](const diag::Edit& edit) {
                                             return report::IsInFile(edit.span);
                                           });
}

// Adds the fixes of the problems of one config.
void AddFixes(const Workspace& workspace, const Checked& checked,
              const std::string& path, const json::Value& params,
              json::Array& actions) {
  const Encoding encoding = workspace.encoding();
  for (const diag::Diagnostic& problem : checked.problems) {
    if (PathOfProblem(checked, problem) != path ||
        !Touches(RangeOfProblem(problem, encoding), params["range"])) {
      continue;
    }
    for (const diag::Fix& fix : problem.fixes) {
      if (!CanApply(fix)) continue;
      json::Value action = json::Object{
          {"title", fix.title},
          {"kind", kQuickFix},
          {"diagnostics", json::Array{DiagnosticToJson(
                              problem, workspace.documents(), encoding)}},
          {"isPreferred", fix.safe},
          {"edit", WorkspaceEdit(fix.edits, workspace.documents(), encoding)}};
      if (std::find(actions.begin(), actions.end(), action) == actions.end()) {
        actions.push_back(std::move(action));
      }
    }
  }
}

// Adds a comment that ignores the problem as the last choice.
void AddIgnoreComments(const Workspace& workspace, const Checked& checked,
                       const std::string& path, const json::Value& params,
                       json::Array& actions) {
  const Encoding encoding = workspace.encoding();
  const problems::FileKind kind = path == checked.path
                                      ? problems::FileKind::kYaml
                                      : problems::FileKind::kDockerfile;
  for (const diag::Diagnostic& problem : checked.problems) {
    if (PathOfProblem(checked, problem) != path ||
        !Touches(RangeOfProblem(problem, encoding), params["range"])) {
      continue;
    }
    const std::optional<diag::Edit> edit = IgnoreComment(problem, kind);
    if (!edit) continue;
    json::Value action = json::Object{
        {"title",
         absl::StrCat("Ignore `", problem.rule->id, "` here, by a comment")},
        {"kind", kQuickFix},
        {"diagnostics", json::Array{DiagnosticToJson(
                            problem, workspace.documents(), encoding)}},
        {"edit", WorkspaceEdit({*edit}, workspace.documents(), encoding)}};
    if (std::find(actions.begin(), actions.end(), action) == actions.end()) {
      actions.push_back(std::move(action));
    }
  }
}

// Returns the file at `path` as a check has read it; null if it has not.
const SourceFile* FileOf(const Checked& checked, const std::string& path) {
  if (checked.project == nullptr) return nullptr;
  if (path == checked.path) return &checked.project->file;
  const auto found = checked.project->dockerfiles.find(path);
  return found == checked.project->dockerfiles.end() ? nullptr : &found->second;
}

}  // namespace

json::Array CodeActions(const Workspace& workspace, const std::string& path,
                        const json::Value& params) {
  json::Array actions;
  const std::vector<const Checked*> checks = workspace.ChecksOf(path);
  if (Wants(params, kQuickFix)) {
    for (const Checked* checked : checks) {
      AddFixes(workspace, *checked, path, params, actions);
    }
    for (const Checked* checked : checks) {
      AddIgnoreComments(workspace, *checked, path, params, actions);
    }
  }
  if (!Wants(params, kFixAll)) return actions;
  for (const Checked* checked : checks) {
    const SourceFile* file = FileOf(*checked, path);
    if (file == nullptr) continue;
    const problems::ChosenFixes fixes = problems::ChooseFixes(
        *file, checked->problems, problems::FixChoice::kSafe);
    if (fixes.fixes == 0) continue;
    actions.push_back(
        json::Object{{"title", "Apply all safe fixes"},
                     {"kind", kFixAll},
                     {"edit", WorkspaceEdit(fixes.edits, workspace.documents(),
                                            workspace.encoding())}});
    break;  // The edits of two configs would be applied twice.
  }
  return actions;
}

}  // namespace ovenbird::lsp
