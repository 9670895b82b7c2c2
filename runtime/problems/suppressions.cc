#include "runtime/problems/suppressions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::problems {
namespace {

using diag::Diagnostic;
using diag::Severity;

constexpr char kNoSuchProblem[] = "nothing here has this message";
constexpr char kErrorsStay[] = "errors cannot be ignored";

bool IsComment(absl::string_view line) {
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "#");
}

bool IsBlank(absl::string_view line) {
  return absl::StripAsciiWhitespace(line).empty();
}

std::string NoSuchRule(const std::string& id) {
  std::vector<std::string> ids;
  for (const diag::Rule& rule : diag::Rules()) ids.emplace_back(rule.id);
  const std::string hint = DidYouMean(id, ids);
  return hint.empty() ? "no message has this id" : hint;
}

// The first line of an instruction to its last one.
void AddLines(const SourceFile& file, const dockerfile::Instruction& one,
              std::vector<std::pair<int, int>>& lines) {
  if (!one.span) return;
  const uint32_t last = std::max(one.span.begin, one.span.end - 1);
  lines.emplace_back(file.PositionAt(one.span.begin).line,
                     file.PositionAt(last).line);
}

}  // namespace

Suppressions::Suppressions(const SourceFile& file, FileKind kind)
    : file_(file) {
  if (kind == FileKind::kDockerfile) ReadDirectives();
  if (!absl::StrContains(file.text(), "ovenbird:")) return;
  if (kind == FileKind::kDockerfile) ReadInstructions();
  for (int line = 1; line <= file.line_count(); ++line) ReadLine(line, kind);
}

void Suppressions::ReadLine(int line, FileKind kind) {
  static const RE2& comment =
      *new RE2(R"((?:^|[ \t])#[ \t]*ovenbird:[ \t]*ignore\[([^\]]*)\])");
  const absl::string_view text = file_.Line(line);
  re2::StringPiece list;
  if (!RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), comment,
                         &list)) {
    return;
  }
  const bool alone = IsComment(text);
  // A Dockerfile has no comments behind instructions.
  if (!alone && kind == FileKind::kDockerfile) return;
  const auto [first, last] =
      alone ? LinesAfter(line, kind) : std::pair(line, line);
  const auto begin = static_cast<uint32_t>(file_.LineStart(line) +
                                           (list.data() - text.data()));
  AddIds({list.data(), list.size()}, begin, first, last);
}

void Suppressions::AddIds(absl::string_view list, uint32_t begin,
                          int first_line, int last_line) {
  for (absl::string_view part : absl::StrSplit(list, ',')) {
    const absl::string_view word = absl::StripAsciiWhitespace(part);
    const auto from =
        static_cast<uint32_t>(begin + (word.data() - list.data()));
    const auto end = static_cast<uint32_t>(from + word.size());
    ids_.push_back(
        {std::string(word), {&file_, from, end}, first_line, last_line});
  }
}

std::pair<int, int> Suppressions::LinesAfter(int line, FileKind kind) const {
  int next = line + 1;
  while (next <= file_.line_count() &&
         (IsComment(file_.Line(next)) || IsBlank(file_.Line(next)))) {
    ++next;
  }
  if (kind == FileKind::kYaml) return {next, next};
  for (const auto& [first, last] : instructions_) {
    // A comment may also be inside an instruction, between its lines.
    if (first == next || (first < line && line < last)) return {first, last};
  }
  return {next, next};
}

void Suppressions::ReadDirectives() {
  static const RE2& directive = *new RE2(
      R"([ \t]*#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.+?)[ \t\r]*)");
  for (int line = 1; line <= file_.line_count(); ++line) {
    const absl::string_view text = file_.Line(line);
    std::string name;
    std::string value;
    // The first other line ends the directives.
    if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), directive,
                        &name, &value)) {
      return;
    }
    if (absl::AsciiStrToLower(name) != "check") continue;
    for (absl::string_view setting : absl::StrSplit(value, ';')) {
      setting = absl::StripAsciiWhitespace(setting);
      if (!absl::ConsumePrefix(&setting, "skip=")) continue;
      for (absl::string_view check : absl::StrSplit(setting, ',')) {
        skipped_checks_.push_back(
            absl::AsciiStrToLower(absl::StripAsciiWhitespace(check)));
      }
    }
  }
}

void Suppressions::ReadInstructions() {
  diag::Collector unused;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(file_, unused);
  for (const dockerfile::Instruction& one : parsed.global_args) {
    AddLines(file_, one, instructions_);
  }
  for (const dockerfile::Stage& stage : parsed.stages) {
    AddLines(file_, stage.from, instructions_);
    for (const dockerfile::Instruction& one : stage.instructions) {
      AddLines(file_, one, instructions_);
    }
  }
}

bool Suppressions::Hide(const Diagnostic& problem) {
  const absl::string_view rule =
      problem.rule == nullptr ? "" : problem.rule->id;
  const bool is_error = problem.severity == Severity::kError;
  const int line = file_.PositionAt(problem.span.begin).line;
  bool hidden = false;
  for (Id& id : ids_) {
    if (id.rule != rule || line < id.first_line || line > id.last_line) {
      continue;
    }
    (is_error ? id.on_error : id.used) = true;
    hidden = hidden || !is_error;
  }
  if (is_error || problem.rule == nullptr) return hidden;
  const std::string check = absl::AsciiStrToLower(problem.rule->buildkit_check);
  for (const std::string& skipped : skipped_checks_) {
    if (!check.empty() && (skipped == check || skipped == "all")) hidden = true;
  }
  return hidden;
}

void Suppressions::ReportUnused(diag::Sink& sink) const {
  for (const Id& id : ids_) {
    if (id.used) continue;
    const diag::Rule* rule = diag::FindRule(id.rule);
    if (rule == nullptr) {
      sink.Handle(
          diag::IgnoreWithoutEffect(id.span, id.rule, NoSuchRule(id.rule)));
    } else if (id.on_error || rule->severity == Severity::kError) {
      sink.Handle(diag::IgnoreWithoutEffect(id.span, id.rule, kErrorsStay));
    } else if (!rule->depends_on_run) {
      sink.Handle(diag::IgnoreWithoutEffect(id.span, id.rule, kNoSuchProblem));
    }
  }
}

}  // namespace ovenbird::problems
