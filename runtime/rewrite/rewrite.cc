#include "runtime/rewrite/rewrite.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/hash_map.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/base_triggers.h"
#include "runtime/rewrite/draft.h"
#include "runtime/rewrite/executor_scope.h"
#include "runtime/rewrite/global_arg.h"
#include "runtime/rewrite/retyped.h"
#include "runtime/rewrite/rule.h"
#include "runtime/rewrite/stages.h"
#include "runtime/rewrite/variables.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::Scope;
using dockerfile::Stage;

class Rewriter {
 public:
  // `mounts`: of an earlier run.
  Rewriter(const Request& request, std::vector<MountUse> mounts,
           diag::Sink& sink)
      : request_(request),
        sink_(sink),
        global_(&request.build_args, request.dockerfile->escape) {
    earlier_.all_mounts = std::move(mounts);
  }

  Rewritten Run() {
    for (const Instruction& arg : request_.dockerfile->global_args) {
      global_.AddGlobal(arg, [](const auto&, const auto&) {});
    }
    ExecutorScope::Values globals;
    const Scope::Known known = global_.Globals();
    for (const auto& [name, value] : known) {
      if (value.has_value()) globals[name] = *value;
    }
    for (const Instruction& arg : request_.dockerfile->global_args) {
      RewriteGlobalArg(arg, known);
    }
    executor_scope_.emplace(*request_.executor, request_.given_args,
                            std::move(globals));
    for (const Stage& stage : request_.dockerfile->stages) {
      earlier_.base_of.push_back(BaseStage(request_, global_, stage));
    }
    for (const int stage : request_.stages) {
      earlier_.bases.insert(earlier_.base_of[static_cast<size_t>(stage)]);
    }
    for (const Stage& stage : request_.dockerfile->stages) {
      if (std::find(request_.stages.begin(), request_.stages.end(),
                    stage.index) == request_.stages.end()) {
        Drop(stage);
      } else {
        RewriteStage(stage);
      }
    }
    TakeAdditions();
    WriteText();
    for (const MountUse& use : earlier_.mounts) {
      result_.run_mounts.push_back(use.mount);
    }
    const Stage& target =
        request_.dockerfile->stages[static_cast<size_t>(request_.target)];
    result_.target = target.name;
    return std::move(result_);
  }

  // The volumes for RUN --mount, after Run().
  std::vector<MountUse> TakeMounts() { return std::move(earlier_.mounts); }

 private:
  // Returns the stage that this one starts from; -1: an image.
  int BaseOf(const Stage& stage) const {
    return earlier_.base_of[static_cast<size_t>(stage.index)];
  }

  // Writes the values out that the executor would read differently. Old
  // executors take one name, and no variables in its value.
  void RewriteGlobalArg(const Instruction& arg, const Scope::Known& globals) {
    const bool is_new =
        request_.executor->Can(dockerfile::Capability::kSeveralArgs);
    Draft draft(arg);
    draft.instructions.clear();
    for (const dockerfile::Pair& pair : arg.pairs) {
      Instruction& one = draft.instructions.emplace_back(arg);
      one.pairs = {pair};
      WriteOutGlobal(globals, is_new, one.pairs[0], draft);
    }
    if (arg.pairs.size() > 1 && !is_new) {
      draft.Because("the executor accepts only one name in an ARG");
    }
    Take(std::move(draft));
  }

  void WriteOutGlobal(const Scope::Known& globals, bool expands,
                      dockerfile::Pair& pair, Draft& draft) {
    const auto known = globals.find(pair.name);
    if (!pair.value.has_value() || known == globals.end() ||
        !known->second.has_value()) {
      return;
    }
    GlobalArgReader reader = {request_.dockerfile->escape, expands, {}};
    reader.lookup = [&](absl::string_view name) -> std::optional<std::string> {
      const auto found = globals.find(std::string(name));
      if (found != globals.end()) return found->second;
      const auto given = request_.given_args.find(std::string(name));
      return given == request_.given_args.end()
                 ? std::nullopt
                 : std::optional<std::string>(given->second);
    };
    const std::optional<std::string> read = reader.Read(*pair.value);
    // Its default does not matter unless the executor fails at it.
    const bool is_given = request_.given_args.count(pair.name) > 0;
    if (read.has_value() && (is_given || *read == *known->second)) return;
    std::optional<std::string> written = reader.Write(*known->second);
    if (!written.has_value()) {
      sink_.Handle(diag::KanikoDiffers(
          pair.span, request_.executor->name(),
          absl::StrCat("has a different value of `", pair.name, "`"),
          "use a value of one line, without quotes"));
      return;
    }
    pair.value = std::move(written);
    draft.Because(expands ? "the executor reads quotes and escapes before FROM "
                            "differently"
                          : "the executor expands no variables before FROM");
  }

  // Old executors leave the architecture of such an image empty.
  void ReportScratch(const Site& site) const {
    if (site.Can(dockerfile::Capability::kScratchPlatform)) return;
    const Stage* stage = &site.stage;
    for (int base = 0; (base = BaseOf(*stage)) >= 0;) {
      stage = &request_.dockerfile->stages[static_cast<size_t>(base)];
    }
    if (stage->base.text != "scratch") return;
    site.Report(stage->base.span,
                "leaves the architecture of an image from `scratch` empty",
                "use a newer kaniko, or start from an image");
  }

  // A stage that the target does not need, with its comments.
  void Drop(const Stage& stage) {
    const uint32_t begin = stage.from.span.begin;
    result_.changes.push_back({{request_.dockerfile->file, begin, stage.end},
                               "",
                               0,
                               {"the target does not need this stage"}});
  }

  StageState StateOf(const Stage& stage) const {
    if (const int base = BaseOf(stage); base >= 0) {
      StageState state = earlier_.ends.at(base);
      state.scope = global_.NewStageFrom(earlier_.ends.at(base).scope);
      return state;
    }
    if (stage.base.text == "scratch") {
      StageState state(global_.NewEmptyStage());
      state.from_scratch = true;
      state.folder = "/";
      return state;
    }
    const dockerfile::Expanded base = global_.ExpandGlobal(stage.base.text);
    std::string image = base.IsKnown() ? base.text : "";
    const auto other = request_.bases.find(stage.index);
    if (other != request_.bases.end()) image = other->second;
    std::shared_ptr<const BaseImage> known;
    if (!image.empty() && request_.base_image &&
        (NeedsConfig(stage) || !TriggersOf(image).empty())) {
      known = request_.base_image(image, /*files=*/false);
    }
    StageState state(known == nullptr ? global_.NewStage()
                                      : global_.NewStageWith(EnvOf(*known)));
    state.base = std::move(image);
    if (known == nullptr) return state;
    state.folder = known->working_dir.empty() ? "/" : known->working_dir;
    state.user = known->user;
    state.shell = known->shell;
    return state;
  }

  // ONBUILD of an image from a registry.
  std::vector<std::string> TriggersOf(const std::string& image) const {
    if (image.empty() || !request_.onbuild) return {};
    return request_.onbuild(image);
  }

  // Whether it matters to the stage, or to one that starts from it, what is in
  // the config of its base image, apart from ONBUILD.
  bool NeedsConfig(const Stage& stage) const {
    for (const Instruction& instruction : stage.instructions) {
      // Rules ask for the files of the image then, and have to know what its
      // ONBUILD does to them.
      for (absl::string_view keyword : {"ARG", "COPY", "ADD", "WORKDIR"}) {
        if (instruction.keyword == keyword) return true;
      }
      // Executors do not know modifiers there.
      if (instruction.keyword == "USER" &&
          absl::StrContains(instruction.text, "${") &&
          absl::StrContains(instruction.text, "}:")) {
        return true;
      }
    }
    const std::vector<Stage>& all = request_.dockerfile->stages;
    return std::any_of(
        all.begin() + stage.index + 1, all.end(), [&](const Stage& later) {
          return BaseOf(later) == stage.index && NeedsConfig(later);
        });
  }

  static Scope::Values EnvOf(const BaseImage& image) {
    return Scope::Values(image.env.begin(), image.env.end());
  }

  void RewriteStage(const Stage& stage) {
    StageState state = StateOf(stage);
    std::vector<Instruction> at_end;
    std::vector<Draft> drafts = {Draft(stage.from)};
    // Executors have the ENV of the image, too, and set PATH without one.
    const int base = BaseOf(stage);
    executor_scope_->StartStage(stage.index, base,
                                base < 0 ? state.scope.All() : Scope::Known());
    const Site site = {request_, stage, state,   *executor_scope_,
                       at_end,   sink_, earlier_};
    RewriteFrom(site, global_, drafts[0]);
    if (stage.index == request_.target) ReportScratch(site);
    if (base < 0) {
      ReportTriggersFrom(site);
      ReportRetypedFolders(site);
    }
    RunTriggersOfBase(stage, state);
    for (const Instruction& trigger : InlinedTriggers(stage)) {
      Draft draft(trigger);
      ApplyRules(site, draft);
      drafts[0].Because("ONBUILD of the stage that it starts from");
      drafts[0].Append(draft);
      Advance(draft, state);
    }
    for (const Instruction& instruction : stage.instructions) {
      Draft& draft = drafts.emplace_back(instruction);
      if (instruction.keyword == "ONBUILD" && IsInlined(stage)) {
        draft.instructions.clear();
        draft.Because("ONBUILD is written out where it runs");
      } else {
        ApplyRules(site, draft);
      }
      Advance(draft, state);
    }
    if (!at_end.empty()) {
      drafts.back().instructions.insert(drafts.back().instructions.end(),
                                        at_end.begin(), at_end.end());
      drafts.back().Because("VOLUME moves to the end of the stage");
    }
    for (Draft& draft : drafts) Take(std::move(draft));
    earlier_.ends.emplace(stage.index, std::move(state));
  }

  // The executor runs ONBUILD of an image from a registry itself: what cannot
  // be rewritten is reported, once for a stage.
  void RunTriggersOfBase(const Stage& stage, StageState& state) {
    if (BaseOf(stage) >= 0) return;
    const std::vector<std::string> onbuild = TriggersOf(state.base);
    if (onbuild.empty()) return;
    bool reported = false;
    triggers_.push_back(std::make_unique<BaseTriggers>(onbuild));
    for (const Instruction& trigger : triggers_.back()->instructions()) {
      diag::Collector problems;
      std::vector<Instruction> at_end;
      EarlierStages earlier = earlier_;
      const Site site = {request_, stage,    state,  *executor_scope_,
                         at_end,   problems, earlier};
      Draft draft(trigger);
      ApplyRules(site, draft);
      if (!reported) {
        reported = ReportTrigger(sink_, site, draft, problems);
      }
      Draft as_it_is(trigger);
      Advance(as_it_is, state);
    }
  }

  // Takes an instruction into account: BuildKit's as it is written, the
  // executor's as it is sent.
  void Advance(const Draft& draft, StageState& state) {
    state.Apply(draft.original());
    const std::string& keyword = draft.original().keyword;
    if (keyword != "ARG" && keyword != "ENV") return;
    for (const Instruction& sent : draft.instructions) {
      executor_scope_->Apply(sent, state.scope);
    }
  }

  // Whether the stage's ONBUILD instructions run in this file only, and rules
  // have to look at them.
  bool IsInlined(const Stage& stage) const {
    return stage.index != request_.target &&
           std::any_of(stage.instructions.begin(), stage.instructions.end(),
                       [this](const Instruction& instruction) {
                         return !instruction.trigger.empty() &&
                                HasRule(instruction.trigger[0]);
                       });
  }

  bool HasRule(const Instruction& instruction) const {
    const auto rules = RulesFor(instruction.keyword);
    return std::any_of(rules.begin(), rules.end(),
                       [&](const Rule* rule) { return Applies(*rule); });
  }

  // ONBUILD instructions of the stage that this one starts from.
  std::vector<Instruction> InlinedTriggers(const Stage& stage) const {
    std::vector<Instruction> triggers;
    const int base = BaseOf(stage);
    if (base < 0) return triggers;
    const Stage& above = request_.dockerfile->stages[static_cast<size_t>(base)];
    if (!IsInlined(above)) return triggers;
    for (const Instruction& instruction : above.instructions) {
      if (instruction.trigger.empty()) continue;
      triggers.push_back(instruction.trigger[0]);
    }
    return triggers;
  }

  void ApplyRules(const Site& site, Draft& draft) const {
    for (const Rule* rule : RulesFor(draft.original().keyword)) {
      if (Applies(*rule)) rule->apply(site, draft);
    }
  }

  bool Applies(const Rule& rule) const {
    return !request_.executor->Can(rule.closes);
  }

  void Take(Draft draft) {
    if (!draft.changed()) return;
    std::vector<std::string> lines;
    for (const Instruction& instruction : draft.instructions) {
      lines.push_back(Print(instruction));
    }
    result_.changes.push_back({draft.original().span,
                               absl::StrJoin(lines, "\n"), 0, draft.reasons()});
    for (context::MemoryFile& file : draft.files) {
      if (files_.insert(file.path).second) {
        result_.files.push_back(std::move(file));
      }
    }
    for (const std::string& folder : draft.content_only) {
      if (folders_.insert(folder).second) {
        result_.content_only.push_back(folder);
      }
    }
  }

  // Additions are sent before the next stage, since the last instruction stays
  // as it is.
  void TakeAdditions() {
    const std::vector<Stage>& stages = request_.dockerfile->stages;
    for (const auto& [index, instructions] : earlier_.additions) {
      Insert(stages[static_cast<size_t>(index)].end, instructions);
    }
    for (const auto& [index, instructions] : earlier_.own_stages) {
      Insert(stages[static_cast<size_t>(index)].from.span.begin, instructions);
    }
    std::stable_sort(result_.changes.begin(), result_.changes.end(),
                     [](const Change& a, const Change& b) {
                       return std::tie(a.span.begin, a.span.end) <
                              std::tie(b.span.begin, b.span.end);
                     });
  }

  void Insert(uint32_t at, const std::vector<Instruction>& instructions) {
    std::string text;
    for (const Instruction& one : instructions) {
      absl::StrAppend(&text, Print(one), "\n");
    }
    result_.changes.push_back({{request_.dockerfile->file, at, at},
                               std::move(text),
                               0,
                               {"COPY --from needs it in this form"}});
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
  std::optional<ExecutorScope> executor_scope_;
  EarlierStages earlier_;
  // Of base images; the states refer to them.
  std::vector<std::unique_ptr<BaseTriggers>> triggers_;
  // Of result_; equal instructions need equal ones.
  HashSet<std::string> files_;
  HashSet<std::string> folders_;
  Rewritten result_;
};

// Whether the user's rules must not be in force where the executor knows no
// other ignore file: they would filter COPY --from, and show files of ours.
bool NeedsOwnIgnoreFile(const Request& request, const Rewritten& rewritten) {
  if (request.executor->Of(dockerfile::Capability::kIgnoreFile) !=
      dockerfile::Verdict::kIgnored) {
    return false;
  }
  if (!rewritten.changes.empty() || request.replaces_ignore_file) return true;
  for (const int stage : request.stages) {
    for (const Instruction& instruction :
         request.dockerfile->stages[static_cast<size_t>(stage)].instructions) {
      if (instruction.FindFlag("from") != nullptr) return true;
    }
  }
  return false;
}

}  // namespace

std::string Explained(const Rewritten& rewritten, absl::string_view sent) {
  std::string text;
  size_t at = 0;
  for (const Change& change : rewritten.changes) {
    absl::StrAppend(&text, sent.substr(at, change.begin - at));
    for (const std::string& reason : change.reasons) {
      absl::StrAppend(&text, "# ovenbird: ", reason, "\n");
    }
    at = change.begin;
  }
  absl::StrAppend(&text, sent.substr(at));
  return text;
}

Rewritten Rewrite(const Request& request, diag::Sink& sink) {
  diag::Collector problems;
  Rewriter first(request, {}, problems);
  Rewritten rewritten = first.Run();
  std::vector<MountUse> mounts = first.TakeMounts();
  const bool moves = NeedsOwnIgnoreFile(request, rewritten);
  if (!moves && mounts.empty()) {
    for (const diag::Diagnostic& problem : problems.diagnostics()) {
      sink.Handle(problem);
    }
    return rewritten;
  }
  // Mounts matter to the instructions before them, too.
  Request with_moved = request;
  with_moved.moves_ignore_file = moves;
  return Rewriter(with_moved, std::move(mounts), sink).Run();
}

}  // namespace ovenbird::rewrite
