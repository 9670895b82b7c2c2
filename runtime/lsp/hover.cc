#include "runtime/lsp/hover.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/lsp/config_names.h"
#include "runtime/lsp/kaniko_docs.h"
#include "runtime/lsp/options_at.h"
#include "runtime/lsp/yaml_place.h"
#include "runtime/report/message_page.h"
#include "runtime/report/region.h"

namespace ovenbird::lsp {
namespace {

// The page of a message: what it means, and where to read on.
std::string MessageDocs(const diag::Rule& rule) {
  const std::string page = report::MessagePage(rule.id);
  std::string text = absl::StrCat("**", rule.id, "**\n\n", rule.docs, "\n\n");
  if (*rule.example != '\0') {
    absl::StrAppend(&text, "Provoked by:\n\n```yaml\n", rule.example,
                    "```\n\n");
  }
  absl::StrAppend(&text, "[", page, "](", page, ")");
  return text;
}

void AddMessages(const Workspace& workspace, const RequestPlace& place,
                 std::vector<std::string>& parts) {
  for (const Checked* checked : workspace.ChecksOf(place.path)) {
    for (const diag::Diagnostic& problem : checked->problems) {
      if (problem.rule == nullptr || !report::IsInFile(problem.span) ||
          problem.span.file->name() != place.path) {
        continue;
      }
      const Span span = report::Clamped(problem.span);
      if (span.begin <= place.offset && place.offset <= span.end) {
        parts.push_back(MessageDocs(*problem.rule));
      }
    }
  }
}

// What `vars` says about the variable at the place; empty if it is not one.
std::string VariableDocs(const RequestPlace& place) {
  const std::unique_ptr<ConfigTree> tree =
      ParseConfig(*place.file, place.offset);
  const VariableNames names = FindVariableNames(*tree);
  const NameAt* use = FindNameAt(names.uses, place.offset);
  if (use == nullptr) return "";
  std::string text = absl::StrCat("**`${", use->name, "}`**");
  const yaml::Node* vars = tree->root->Find("vars");
  if (vars == nullptr) return text;
  for (const yaml::Node* item : vars->items()) {
    const yaml::Node* name = item->Find("name");
    if (name == nullptr || name->scalar() != use->name) continue;
    for (const yaml::Entry& entry : item->entries()) {
      if (entry.key() == "name" || !entry.value()->is_scalar()) continue;
      absl::StrAppend(&text, "\n\n", entry.key(), ": `",
                      entry.value()->scalar(), "`");
    }
    return text;
  }
  return absl::StrCat(text,
                      "\n\nNot under `vars`: predefined, from `--var` or "
                      "from the environment");
}

std::string OptionDocsAt(const RequestPlace& place) {
  const YamlPlace at = FindPlace(*place.file, place.offset);
  if (at.part == YamlPlace::kNone) return "";
  const std::string word =
      place.file->text().substr(at.begin, at.end - at.begin);
  std::vector<std::string> path = at.path;
  OptionAt option = FindOption(path);
  const bool is_key = at.part == YamlPlace::kKey && option.message != nullptr;
  if (is_key) {
    path.push_back(word);
    option = FindOption(path);
  }
  if (option.field == nullptr) return "";
  const config::MemberOps& ops = *option.field->member.ops;
  if (!is_key && ops.enumeration != nullptr) {
    const config::EnumValueInfo* value = ops.enumeration().FindText(word);
    if (value != nullptr) return ValueDocs(*value);
  }
  if (!is_key && option.name == "images.*.build.kaniko.args[]") {
    const kube::KanikoFlag* flag = FlagOfArgument(word);
    if (flag != nullptr) return FlagDocs(*flag);
  }
  // The user's own key of a map has no documentation of its own.
  return OptionDocs(*option.field, option.name);
}

}  // namespace

json::Value HoverAt(const Workspace& workspace, const RequestPlace& place) {
  std::vector<std::string> parts;
  AddMessages(workspace, place, parts);
  if (place.is_config) {
    std::string text = VariableDocs(place);
    if (text.empty()) text = OptionDocsAt(place);
    if (!text.empty()) parts.push_back(std::move(text));
  }
  if (parts.empty()) return nullptr;
  return json::Object{
      {"contents",
       json::Object{{"kind", "markdown"},
                    {"value", absl::StrJoin(parts, "\n\n---\n\n")}}}};
}

}  // namespace ovenbird::lsp
