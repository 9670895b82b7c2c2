#include "runtime/lsp/ignore_action.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/report/region.h"

namespace ovenbird::lsp {
namespace {

// Where the instruction that contains the offset begins; the offset itself if
// none does.
uint32_t InstructionBegin(const SourceFile& file, uint32_t offset) {
  diag::Collector ignored;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(file, ignored);
  uint32_t begin = offset;
  const auto look = [&](const dockerfile::Instruction& instruction) {
    const Span span = instruction.span;
    if (span.begin <= offset && offset < span.end) begin = span.begin;
  };
  for (const dockerfile::Instruction& argument : parsed.global_args) {
    look(argument);
  }
  for (const dockerfile::Stage& stage : parsed.stages) {
    look(stage.from);
    for (const dockerfile::Instruction& one : stage.instructions) look(one);
  }
  return begin;
}

// Whether the comment hides the problem in the text after the edit.
bool HasEffect(const diag::Diagnostic& problem, const diag::Edit& edit,
               problems::FileKind kind) {
  std::string text = problem.span.file->text();
  text.insert(edit.span.begin, edit.text);
  const SourceFile file(problem.span.file->name(), text);
  diag::Diagnostic moved = problem;
  const auto size = static_cast<uint32_t>(edit.text.size());
  moved.span = {&file, problem.span.begin + size, problem.span.end + size};
  return problems::Suppressions(file, kind).Hide(moved);
}

}  // namespace

std::optional<diag::Edit> IgnoreComment(const diag::Diagnostic& problem,
                                        problems::FileKind kind) {
  if (problem.rule == nullptr || problem.severity == diag::Severity::kError ||
      !report::IsInFile(problem.span)) {
    return std::nullopt;
  }
  const SourceFile& file = *problem.span.file;
  const uint32_t at =
      kind == problems::FileKind::kDockerfile
          ? InstructionBegin(file, report::Clamped(problem.span).begin)
          : report::Clamped(problem.span).begin;
  const int line = file.PositionAt(at).line;
  const absl::string_view text = file.Line(line);
  const size_t indent = text.find_first_not_of(" \t");
  const auto begin = static_cast<uint32_t>(file.LineStart(line));
  diag::Edit edit{{&file, begin, begin},
                  absl::StrCat(text.substr(0, indent == text.npos ? 0 : indent),
                               "# ovenbird: ignore[", problem.rule->id, "]\n")};
  if (!HasEffect(problem, edit, kind)) return std::nullopt;
  return edit;
}

}  // namespace ovenbird::lsp
