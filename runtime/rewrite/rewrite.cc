#include "runtime/rewrite/rewrite.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/rule.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::Scope;
using dockerfile::Stage;

class Rewriter {
 public:
  Rewriter(const Request& request, diag::Sink& sink)
      : request_(request),
        sink_(sink),
        global_(&request.build_args, request.dockerfile->escape) {}

  Rewritten Run() {
    for (const Instruction& arg : request_.dockerfile->global_args) {
      global_.AddGlobal(arg);
    }
    for (const Stage& stage : request_.dockerfile->stages) {
      if (std::find(request_.stages.begin(), request_.stages.end(),
                    stage.index) == request_.stages.end()) {
        Drop(stage);
      } else {
        RewriteStage(stage);
      }
    }
    WriteText();
    const Stage& target =
        request_.dockerfile->stages[static_cast<size_t>(request_.target)];
    result_.target = target.name;
    return std::move(result_);
  }

 private:
  // A stage that the target does not need, with its comments.
  void Drop(const Stage& stage) {
    const uint32_t begin = stage.from.span.begin;
    result_.changes.push_back({{request_.dockerfile->file, begin, stage.end},
                               "",
                               0,
                               {"the target does not need this stage"}});
  }

  StageState StateOf(const Stage& stage) const {
    const dockerfile::Expanded base = global_.ExpandGlobal(stage.base.text);
    for (int i = stage.index; i-- > 0;) {
      const auto above = ends_.find(i);
      const Stage& other = request_.dockerfile->stages[static_cast<size_t>(i)];
      if (above == ends_.end() || other.name != base.text) continue;
      StageState state = above->second;
      state.scope = global_.NewStage(&above->second.scope);
      return state;
    }
    StageState state(global_.NewStage(nullptr));
    state.from_scratch = base.text == "scratch";
    if (state.from_scratch) state.folder = "/";
    return state;
  }

  void RewriteStage(const Stage& stage) {
    StageState state = StateOf(stage);
    Draft from(stage.from);
    RewriteFrom({request_, stage, state, sink_}, global_, from);
    Take(from);
    for (const Instruction& instruction : stage.instructions) {
      Draft draft(instruction);
      const Site site = {request_, stage, state, sink_};
      for (const Rule& rule : Rules()) {
        if (Applies(rule, instruction)) rule.apply(site, draft);
      }
      Take(draft);
      state.Apply(instruction);
    }
    ends_.emplace(stage.index, std::move(state));
  }

  bool Applies(const Rule& rule, const Instruction& instruction) const {
    return std::find(rule.keywords.begin(), rule.keywords.end(),
                     instruction.keyword) != rule.keywords.end() &&
           !request_.executor->Can(rule.closes);
  }

  void Take(const Draft& draft) {
    if (!draft.changed()) return;
    std::vector<std::string> lines;
    for (const Instruction& instruction : draft.instructions) {
      lines.push_back(Print(instruction));
    }
    result_.changes.push_back({draft.original().span,
                               absl::StrJoin(lines, "\n"), 0, draft.reasons()});
  }

  void WriteText() {
    const SourceFile& file = *request_.dockerfile->file;
    const absl::string_view text = file.text();
    size_t at = 0;
    for (Change& change : result_.changes) {
      Append(text.substr(at, change.span.begin - at), at, /*same=*/true);
      change.begin = result_.text.size();
      Append(change.text, change.span.begin, /*same=*/false);
      at = change.span.end;
    }
    Append(text.substr(at), at, /*same=*/true);
  }

  // `same`: the bytes are the file's from `offset` on; else all of them stand
  // for the line at `offset`.
  void Append(absl::string_view part, size_t offset, bool same) {
    const SourceFile& file = *request_.dockerfile->file;
    int line = file.PositionAt(static_cast<uint32_t>(offset)).line;
    for (const char c : part) {
      if (result_.text.empty() || result_.text.back() == '\n') {
        result_.origins.push_back(line);
      }
      result_.text += c;
      if (same && c == '\n') ++line;
    }
  }

  const Request& request_;
  diag::Sink& sink_;
  Scope global_;
  // States at the ends of the stages that are sent.
  std::map<int, StageState> ends_;
  Rewritten result_;
};

}  // namespace

std::string Explained(const Rewritten& rewritten) {
  std::string text;
  size_t at = 0;
  for (const Change& change : rewritten.changes) {
    absl::StrAppend(
        &text, absl::string_view(rewritten.text).substr(at, change.begin - at));
    for (const std::string& reason : change.reasons) {
      absl::StrAppend(&text, "# ovenbird: ", reason, "\n");
    }
    at = change.begin;
  }
  absl::StrAppend(&text, absl::string_view(rewritten.text).substr(at));
  return text;
}

Rewritten Rewrite(const Request& request, diag::Sink& sink) {
  return Rewriter(request, sink).Run();
}

}  // namespace ovenbird::rewrite
