#include "runtime/dockerfile/resolve.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/suggest.h"
#include "runtime/config/format.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/instruction.h"
#include "runtime/dockerfile/instruction_check.h"
#include "runtime/dockerfile/lines.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/dockerfile/value_check.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kScratch = "scratch";

// What a stage does, as far as others need to know.
struct StageFacts {
  explicit StageFacts(Scope s) : scope(std::move(s)) {}

  Scope scope;  // at its end
  std::set<int> needs;
  std::vector<BaseImage> images;
  std::vector<Source> sources;
  std::vector<Destination> destinations;
  std::vector<Instruction> triggers;  // ONBUILD
  int triggers_run = 0;               // of what it starts from
  std::set<std::string> trigger_args;
  std::string folder = "/";  // WORKDIR
  // False: an image's WORKDIR may be in effect.
  bool folder_known = false;
  // An ONBUILD line has an unknown instruction.
  bool bad_trigger = false;
  // They count only when the target needs the stage, as with BuildKit.
  diag::Collector problems;
};

std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& candidates) {
  std::vector<absl::string_view> views(candidates.begin(), candidates.end());
  const absl::string_view best = Suggest(word, views);
  return best.empty() ? "" : absl::StrCat("did you mean `", best, "`?");
}

// No image has such a name: a variable in it must have been empty.
bool HasHole(absl::string_view image) {
  if (image.empty()) return true;
  constexpr absl::string_view kMarks = ":/@-.";
  if (absl::StrContains(kMarks, image.front()) ||
      absl::StrContains(kMarks, image.back())) {
    return true;
  }
  for (absl::string_view hole : {"//", "/:", ":-", ":.", "/-", "::", "@:"}) {
    if (absl::StrContains(image, hole)) return true;
  }
  return false;
}

// `key=value,...` of --mount.
std::map<std::string, std::string> MountOptions(absl::string_view text) {
  std::map<std::string, std::string> options;
  const absl::StatusOr<std::vector<MountOption>> split = SplitMount(text);
  if (!split.ok()) return options;  // The parser has said so.
  for (const MountOption& option : *split) {
    options[option.key] = option.value.value_or("");
  }
  return options;
}

// BuildKit's rule: a pattern that only has escapes names one file.
bool HasWildcard(absl::string_view path) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (absl::StrContains("*?[", path[i])) return true;
    if (path[i] == '\\') ++i;
  }
  return false;
}

bool IsRemote(absl::string_view source) {
  return IsGitSource(source) || IsHttpSource(source);
}

// A name or number in --from or in a mount's `from`.
struct Reference {
  std::string text;
  Span span;
  // COPY: a number is a stage, variables are an error.
  bool is_copy = false;
};

std::vector<Reference> ReferencesOf(const Instruction& instruction) {
  std::vector<Reference> references;
  for (const Flag& flag : instruction.flags) {
    const std::string value = flag.value.value_or("");
    if (instruction.keyword == "COPY" && flag.name == "from") {
      if (!value.empty()) references.push_back({value, flag.span, true});
    } else if (instruction.keyword == "RUN" && flag.name == "mount") {
      std::string from = MountOptions(value)["from"];
      if (!from.empty()) references.push_back({std::move(from), flag.span});
    }
  }
  return references;
}

class Resolver {
 public:
  Resolver(const Dockerfile& dockerfile, const ResolveOptions& options,
           diag::Sink& sink)
      : dockerfile_(dockerfile), options_(options), sink_(sink) {
    for (const Stage& stage : dockerfile.stages) {
      if (!stage.name.empty()) named_[stage.name].push_back(stage.index);
    }
  }

  Resolution Run();

 private:
  StageFacts ReadStage(const Stage& stage, const Scope& global);
  void ReadBase(const Stage& stage, const Scope& global, StageFacts& facts);
  void ReadBaseStage(const Stage& stage, int above, const Scope& global,
                     StageFacts& facts);
  void ReadTriggers(const Stage& stage, const BaseImage& image,
                    StageFacts& facts);
  void ReadInstruction(const Stage& stage, const Instruction& instruction,
                       StageFacts& facts);
  void ReadCopy(const Stage& stage, const Instruction& copy, StageFacts& facts);
  void ReadMount(const Stage& stage, const Flag& mount, StageFacts& facts);
  // What BuildKit rejects in any stage, needed or not.
  void CheckStage(const Stage& stage, const Scope& global);
  void CheckBase(const Stage& stage, const Scope& global);
  void CheckImageName(absl::string_view image, Span span);
  void CheckReference(const Stage& stage, const Reference& reference);
  // The stage that a reference means: of several with one name the last one of
  // the file; -1: none.
  int StageOf(const Reference& reference) const;
  // Whether stage `from` copies or mounts from stage `to`, directly or not.
  bool Reaches(int from, int to) const;
  // Another stage or an image, named by --from; the stage, or -1.
  int ReadFrom(const Stage& stage, const Reference& reference,
               StageFacts& facts);
  Source ReadSource(const Instruction& copy, const Word& word,
                    const StageFacts& facts) const;
  Source ToSource(absl::string_view text, Span span,
                  const StageFacts& facts) const;
  // nullopt: not known.
  std::optional<Destination> ToDestination(const Instruction& instruction,
                                           const Word& word,
                                           const StageFacts& facts) const;
  // Latest stage above `below` with that name; -1.
  int StageAbove(absl::string_view name, int below) const;
  void WarnOfDuplicate(int stage);
  std::vector<int> Needed(bool all) const;

  const Dockerfile& dockerfile_;
  const ResolveOptions& options_;
  diag::Sink& sink_;
  std::vector<StageFacts> facts_;
  // Stages by name, in order.
  std::map<std::string, std::vector<int>, std::less<>> named_;
};

int Resolver::StageAbove(absl::string_view name, int below) const {
  const auto found = named_.find(name);
  if (found == named_.end()) return -1;
  const auto after =
      std::lower_bound(found->second.begin(), found->second.end(), below);
  return after == found->second.begin() ? -1 : *(after - 1);
}

// kaniko starts from the first stage of the name, BuildKit from the nearest.
void Resolver::WarnOfDuplicate(int stage) {
  const Stage& used = dockerfile_.stages[static_cast<size_t>(stage)];
  const Stage& first =
      dockerfile_.stages[static_cast<size_t>(named_[used.name].front())];
  if (first.index == stage) return;
  sink_.Handle(diag::DockerfileDuplicateStage(used.name_span, used.name)
                   .WithLabel(first.name_span, "first defined here"));
}

void Resolver::CheckStage(const Stage& stage, const Scope& global) {
  CheckBase(stage, global);
  for (const Instruction& instruction : stage.instructions) {
    for (const Reference& reference : ReferencesOf(instruction)) {
      CheckReference(stage, reference);
    }
  }
}

void Resolver::CheckBase(const Stage& stage, const Scope& global) {
  if (stage.base.text.empty()) return;  // The parser has said so.
  const Expanded base = global.ExpandGlobal(stage.base.text);
  if (!base.error.empty()) {
    return ReportExpansion(stage.base.span, base, sink_);
  }
  if (HasHole(base.text) && absl::StrContains(stage.base.text, '$') &&
      !base.known_size.has_value()) {
    const std::string name =
        base.unknown.empty() ? stage.base.text : base.unknown;
    sink_.Handle(diag::DockerfileEmptyBase(
        stage.base.span, name,
        base.unknown.empty()
            ? std::string("set the build argument, or give ARG a default")
            : absl::StrCat("declare it above the first FROM: `ARG ", name,
                           "=...`")));
  } else if (base.text != kScratch && StageAbove(base.text, stage.index) < 0) {
    CheckImageName(
        absl::StrReplaceAll(base.text, {{std::string(1, kExecutorsOwn), "x"}}),
        stage.base.span);
  }
  const Flag* platform = stage.from.FindFlag("platform");
  if (platform == nullptr || platform->value.value_or("").empty()) return;
  const Expanded value = global.ExpandGlobal(*platform->value);
  if (!value.error.empty()) {
    return ReportExpansion(platform->span, value, sink_);
  }
  if (value.known_size.has_value()) return;
  const std::string problem = PlatformProblem(value.text);
  if (problem.empty()) return;
  sink_.Handle(diag::DockerfileValue(platform->span, "platform", problem,
                                     "write `--platform=linux/amd64`"));
}

void Resolver::CheckImageName(absl::string_view image, Span span) {
  const std::string problem =
      config::FormatProblem(config::Format::kImageReference, image);
  if (problem.empty()) return;
  sink_.Handle(diag::DockerfileValue(
      span, absl::StrCat("image `", image, "`"), problem,
      config::FormatAdvice(config::Format::kImageReference)));
}

int Resolver::StageOf(const Reference& reference) const {
  int number = 0;
  if (reference.is_copy && absl::SimpleAtoi(reference.text, &number)) {
    return number >= 0 && number < static_cast<int>(dockerfile_.stages.size())
               ? number
               : -1;
  }
  const auto found = named_.find(absl::AsciiStrToLower(reference.text));
  return found == named_.end() ? -1 : found->second.back();
}

bool Resolver::Reaches(int from, int to) const {
  std::set<int> seen;
  std::vector<int> todo = {from};
  while (!todo.empty()) {
    const int stage = todo.back();
    todo.pop_back();
    if (stage == to) return true;
    if (!seen.insert(stage).second) continue;
    for (const Instruction& instruction :
         dockerfile_.stages[static_cast<size_t>(stage)].instructions) {
      for (const Reference& reference : ReferencesOf(instruction)) {
        const int next = StageOf(reference);
        if (next >= 0) todo.push_back(next);
      }
    }
  }
  return false;
}

void Resolver::CheckReference(const Stage& stage, const Reference& reference) {
  int number = 0;
  const Scope none(&options_.build_args, dockerfile_.escape);
  if (reference.is_copy) {
    const Expanded plain = none.Expand(reference.text);
    if (!plain.error.empty()) {
      return ReportExpansion(reference.span, plain, sink_);
    }
    if (plain.text != reference.text) {
      sink_.Handle(diag::DockerfileValue(
          reference.span, "flag `--from`", "it cannot have variables",
          "add a stage `FROM IMAGE AS NAME` and copy from that"));
      return;
    }
  }
  const int other = StageOf(reference);
  if (other < 0) {
    if (reference.is_copy && absl::SimpleAtoi(reference.text, &number)) {
      sink_.Handle(
          diag::DockerfileLaterStage(reference.span, reference.text, ""));
    } else if (reference.text != kScratch) {
      CheckImageName(reference.text, reference.span);
    }
  } else if (other >= stage.index && Reaches(other, stage.index)) {
    sink_.Handle(diag::DockerfileLaterStage(reference.span, reference.text,
                                            other == stage.index
                                                ? "this is the stage itself"
                                                : "that stage needs this one"));
  }
}

void Resolver::ReadBase(const Stage& stage, const Scope& global,
                        StageFacts& facts) {
  if (stage.base.text.empty()) return;
  const Expanded base = global.ExpandGlobal(stage.base.text);
  if (!base.error.empty() || base.known_size.has_value()) return;
  const int above = StageAbove(base.text, stage.index);
  if (above >= 0) return ReadBaseStage(stage, above, global, facts);
  if (base.text == kScratch) {
    facts.scope = global.NewEmptyStage();
    facts.folder_known = true;
    return;
  }
  if (HasHole(base.text)) return;
  facts.images.push_back({base.text, stage.base.span, stage.index, true});
  ReadTriggers(stage, facts.images.back(), facts);
}

void Resolver::ReadBaseStage(const Stage& stage, int above, const Scope& global,
                             StageFacts& facts) {
  WarnOfDuplicate(above);
  const StageFacts& base = facts_[static_cast<size_t>(above)];
  facts.needs.insert(above);
  facts.scope = global.NewStageFrom(base.scope);
  facts.folder = base.folder;
  facts.folder_known = base.folder_known;
  facts.triggers_run = static_cast<int>(base.triggers.size());
  diag::Collector wrong;
  for (const Instruction& trigger : base.triggers) {
    CheckInstruction(trigger, wrong);
    for (const Reference& reference : ReferencesOf(trigger)) {
      CheckReference(stage, reference);
    }
    ReadInstruction(stage, trigger, facts);
  }
  // The lines themselves have warnings.
  if (base.bad_trigger || wrong.has_errors()) {
    facts.problems.Handle(diag::DockerfileValue(
        stage.base.span, "base",
        absl::StrCat("`", stage.base.text,
                     "` has an invalid ONBUILD instruction"),
        "correct that instruction"));
  }
}

void Resolver::ReadTriggers(const Stage& stage, const BaseImage& image,
                            StageFacts& facts) {
  if (!options_.onbuild) return;
  const auto triggers = options_.onbuild(image.image);
  if (!triggers.has_value()) {
    Source all;
    all.span = image.span;
    all.why = absl::StrCat("it is unknown whether `", image.image,
                           "` has ONBUILD instructions");
    facts.sources.push_back(std::move(all));
    return;
  }
  facts.triggers_run = static_cast<int>(triggers->size());
  for (const std::string& text : *triggers) {
    // It has no place in the user's file; the image's name is used instead.
    const SourceFile line("ONBUILD", text);
    LineReader lines(&line);
    diag::Collector ignored;
    std::optional<LogicalLine> logical = lines.Next();
    if (!logical.has_value()) continue;
    auto instruction =
        ParseInstruction(std::make_shared<LogicalLine>(*std::move(logical)),
                         dockerfile_.escape, ignored);
    if (!instruction.has_value()) continue;
    instruction->text_span = image.span;
    for (Word& word : instruction->words) word.span = image.span;
    for (Flag& flag : instruction->flags) flag.span = image.span;
    if (instruction->keyword == "ARG") {
      for (const Pair& pair : instruction->pairs) {
        facts.trigger_args.insert(pair.name);
      }
    }
    ReadInstruction(stage, *instruction, facts);
  }
}

StageFacts Resolver::ReadStage(const Stage& stage, const Scope& global) {
  StageFacts facts(global.NewStage());
  ReadBase(stage, global, facts);
  for (const Instruction& instruction : stage.instructions) {
    ReadInstruction(stage, instruction, facts);
  }
  return facts;
}

void Resolver::ReadInstruction(const Stage& stage,
                               const Instruction& instruction,
                               StageFacts& facts) {
  CheckValues(instruction, facts.scope,
              facts.folder_known ? std::optional<std::string>(facts.folder)
                                 : std::nullopt,
              facts.problems);
  facts.scope.Apply(instruction, [&](const Pair& pair, const Expanded& value) {
    ReportExpansion(pair.span, value, facts.problems);
  });
  if (instruction.keyword == "COPY" || instruction.keyword == "ADD") {
    ReadCopy(stage, instruction, facts);
  } else if (instruction.keyword == "RUN" && options_.run_mounts) {
    for (const Flag& flag : instruction.flags) {
      if (flag.name == "mount") ReadMount(stage, flag, facts);
    }
  } else if (instruction.keyword == "ONBUILD") {
    if (instruction.trigger.empty()) {
      facts.bad_trigger = true;
    } else {
      facts.triggers.push_back(instruction.trigger[0]);
    }
  } else if (instruction.keyword == "WORKDIR") {
    const Expanded folder = facts.scope.Expand(instruction.text);
    facts.folder_known =
        folder.IsKnown() &&
        (facts.folder_known || absl::StartsWith(folder.text, "/"));
    if (!folder.IsKnown()) return;
    facts.folder =
        absl::StartsWith(folder.text, "/")
            ? CleanPath(folder.text)
            : CleanPath(absl::StrCat(facts.folder, "/", folder.text));
    Destination& destination = facts.destinations.emplace_back();
    destination.path = facts.folder;
    destination.span = instruction.text_span;
    destination.keyword = instruction.keyword;
  }
}

void Resolver::ReadCopy(const Stage& stage, const Instruction& copy,
                        StageFacts& facts) {
  if (copy.words.size() < 2) return;
  std::optional<Destination> destination =
      ToDestination(copy, copy.words.back(), facts);
  Destination ignored;
  Destination& to = destination ? *destination : ignored;
  const std::vector<Reference> references = ReferencesOf(copy);
  if (!references.empty()) {
    to.from_stage = ReadFrom(stage, references.back(), facts);
  }
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const Word& word = copy.words[i];
    if (!references.empty()) {
      const Expanded path = facts.scope.Expand(word.text);
      if (path.IsKnown()) {
        to.from_paths.push_back(CleanPath(absl::StrCat("/", path.text)));
      }
      continue;
    }
    if (!copy.heredocs.empty() && ParseHeredocStart(word.text)) continue;
    if (copy.keyword == "ADD" && IsRemote(word.text)) continue;
    facts.sources.push_back(ReadSource(copy, word, facts));
    to.sources.push_back(facts.sources.back());
  }
  if (destination) facts.destinations.push_back(*std::move(destination));
}

Source Resolver::ReadSource(const Instruction& copy, const Word& word,
                            const StageFacts& facts) const {
  Source source = ToSource(word.text, word.span, facts);
  source.optional = source.kind == Source::kPattern && HasWildcard(source.text);
  source.required = source.kind != Source::kAll && !source.optional;
  // With --parents `**` matches any folders.
  if (copy.FindFlag("parents") != nullptr &&
      absl::StrContains(source.text, "**")) {
    source.kind = Source::kPrefix;
    source.text = source.text.substr(0, source.text.find("**"));
    source.required = source.optional = false;
  }
  if (source.kind == Source::kAll && source.why.empty()) {
    source.why = absl::StrCat("`", copy.keyword, " ", word.text, "`");
  }
  return source;
}

Source Resolver::ToSource(absl::string_view text, Span span,
                          const StageFacts& facts) const {
  Source source;
  source.span = span;
  const Expanded expanded = facts.scope.Expand(text);
  if (!expanded.error.empty() || !expanded.unknown.empty()) {
    source.why = absl::StrCat(
        "the value of `",
        expanded.unknown.empty() ? text : absl::StrCat("$", expanded.unknown),
        "` is unknown");
    return source;
  }
  // Nothing outside of the context can be reached: ".." stops at its top.
  source.text = CleanPath(absl::StrCat(
      "/", absl::string_view(expanded.text)
               .substr(0, expanded.known_size.value_or(expanded.text.npos))));
  source.text.erase(0, 1);
  if (expanded.known_size.has_value()) {
    source.kind = Source::kPrefix;
    // CleanPath takes the slash off that the prefix ends with.
    if (!source.text.empty() &&
        expanded.text[*expanded.known_size - 1] == '/') {
      source.text += '/';
    }
    const size_t pattern = source.text.find_first_of("*?[\\");
    if (pattern != std::string::npos) source.text.resize(pattern);
  } else if (source.text.empty()) {
    source.kind = Source::kAll;
  } else {
    source.kind = source.text.find_first_of("*?[\\") == std::string::npos
                      ? Source::kPath
                      : Source::kPattern;
  }
  return source;
}

std::optional<Destination> Resolver::ToDestination(
    const Instruction& instruction, const Word& word,
    const StageFacts& facts) const {
  const Expanded path = facts.scope.Expand(word.text);
  if (!path.IsKnown()) return std::nullopt;
  Destination destination;
  destination.path =
      CleanPath(absl::StartsWith(path.text, "/")
                    ? path.text
                    : absl::StrCat(facts.folder, "/", path.text));
  destination.span = word.span;
  destination.keyword = instruction.keyword;
  return destination;
}

void Resolver::ReadMount(const Stage& stage, const Flag& mount,
                         StageFacts& facts) {
  std::map<std::string, std::string> options =
      MountOptions(mount.value.value_or(""));
  const std::string from = options["from"];
  if (!from.empty()) {
    ReadFrom(stage, {from, mount.span}, facts);
    return;
  }
  const std::string type = options["type"];
  if (!type.empty() && type != "bind") return;
  const std::string source =
      options["source"].empty() ? options["src"] : options["source"];
  facts.sources.push_back(ToSource(source, mount.span, facts));
  Source& added = facts.sources.back();
  if (added.kind == Source::kAll && added.why.empty()) {
    added.why = "RUN --mount=type=bind";
  }
}

int Resolver::ReadFrom(const Stage& stage, const Reference& reference,
                       StageFacts& facts) {
  const int other = StageOf(reference);
  if (other >= 0 && other < stage.index) {
    facts.needs.insert(other);
    return other;
  }
  if (other >= 0) {
    const Stage& later = dockerfile_.stages[static_cast<size_t>(other)];
    facts.problems.Handle(
        diag::DockerfileLaterStage(
            reference.span, reference.text,
            other == stage.index ? "this is the stage itself" : "")
            .WithLabel(later.name.empty() ? later.base.span : later.name_span,
                       "the stage is here"));
    return -1;
  }
  int number = 0;
  if (reference.is_copy && absl::SimpleAtoi(reference.text, &number)) return -1;
  if (reference.text == kScratch) return -1;
  facts.images.push_back({reference.text, reference.span, stage.index, false});
  return -1;
}

std::vector<int> Resolver::Needed(bool all) const {
  std::vector<bool> needed(facts_.size(), all);
  if (!needed.empty()) needed.back() = true;
  for (size_t i = facts_.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (int stage : facts_[i].needs) needed[static_cast<size_t>(stage)] = true;
  }
  std::vector<int> stages;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) stages.push_back(static_cast<int>(i));
  }
  return stages;
}

Resolution Resolver::Run() {
  Scope global(&options_.build_args, dockerfile_.escape);
  for (const Instruction& arg : dockerfile_.global_args) {
    global.AddGlobal(arg, [&](const Pair& pair, const Expanded& value) {
      ReportExpansion(pair.span, value, sink_);
    });
  }
  for (const Stage& stage : dockerfile_.stages) {
    CheckStage(stage, global);
    if (stage.index > options_.target) continue;
    facts_.push_back(ReadStage(stage, global));
  }
  for (int stage : Needed(/*all=*/false)) {
    for (const diag::Diagnostic& problem :
         facts_[static_cast<size_t>(stage)].problems.diagnostics()) {
      sink_.Handle(problem);
    }
  }
  Resolution resolution;
  resolution.stages = Needed(!options_.skip_unused_stages);
  std::set<std::string> seen;
  for (int stage : resolution.stages) {
    StageFacts& facts = facts_[static_cast<size_t>(stage)];
    resolution.triggers += facts.triggers_run;
    resolution.trigger_args.merge(facts.trigger_args);
    for (BaseImage& image : facts.images) {
      if (seen.insert(image.image).second) {
        resolution.images.push_back(std::move(image));
      }
    }
    std::move(facts.sources.begin(), facts.sources.end(),
              std::back_inserter(resolution.sources));
    std::move(facts.destinations.begin(), facts.destinations.end(),
              std::back_inserter(resolution.destinations));
  }
  return resolution;
}

void CollectArgs(const std::vector<Instruction>& instructions,
                 std::set<std::string>& names) {
  for (const Instruction& instruction : instructions) {
    if (instruction.keyword == "ARG") {
      for (const Pair& pair : instruction.pairs) names.insert(pair.name);
    }
    CollectArgs(instruction.trigger, names);
  }
}

}  // namespace

std::optional<int> FindTarget(const Dockerfile& dockerfile,
                              absl::string_view target, Span span,
                              diag::Sink& sink) {
  const std::vector<Stage>& stages = dockerfile.stages;
  if (target.empty()) {
    if (stages.empty()) return std::nullopt;
    return static_cast<int>(stages.size()) - 1;
  }
  std::vector<std::string> names;
  const Stage* found = nullptr;
  for (const Stage& stage : stages) {
    const bool named = !stage.name.empty();
    if (named) names.push_back(stage.name);
    if (!named || !absl::EqualsIgnoreCase(stage.name, target)) continue;
    // kaniko builds the first one, BuildKit the last one.
    if (found != nullptr) {
      sink.Handle(diag::DockerfileDuplicateStage(stage.name_span, stage.name)
                      .WithLabel(found->name_span, "first defined here"));
    }
    found = &stage;
  }
  if (found != nullptr) return found->index;
  const std::string advice =
      names.empty()
          ? absl::StrCat("add `AS ", target, "` to the FROM of the stage")
          : absl::StrCat("use one of the stages: `",
                         absl::StrJoin(names, "`, `"), "`");
  if (!span) span = {dockerfile.file, 0, 0};
  sink.Handle(diag::UnknownTarget(span, target, dockerfile.file->name(),
                                  DidYouMean(target, names), advice));
  return std::nullopt;
}

std::vector<std::string> DeclaredArgs(const Dockerfile& dockerfile) {
  std::set<std::string> names;
  CollectArgs(dockerfile.global_args, names);
  for (const Stage& stage : dockerfile.stages) {
    CollectArgs(stage.instructions, names);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> UndeclaredArgs(const Dockerfile& dockerfile,
                                        const BuildArgs& build_args) {
  const std::vector<std::string> declared = DeclaredArgs(dockerfile);
  std::vector<std::string> undeclared;
  for (const auto& [name, value] : build_args) {
    if (!IsPredefinedArg(name) &&
        !std::binary_search(declared.begin(), declared.end(), name)) {
      undeclared.push_back(name);
    }
  }
  return undeclared;
}

Resolution Resolve(const Dockerfile& dockerfile, const ResolveOptions& options,
                   diag::Sink& sink) {
  return Resolver(dockerfile, options, sink).Run();
}

}  // namespace ovenbird::dockerfile
