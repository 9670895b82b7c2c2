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
#include "absl/strings/str_split.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/instruction.h"
#include "runtime/dockerfile/lines.h"
#include "runtime/dockerfile/scope.h"

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
  std::string folder = "/";           // WORKDIR
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

bool IsKnown(const Expanded& text) {
  return text.unknown.empty() && !text.known_size.has_value() &&
         text.error.empty();
}

bool IsRemote(absl::string_view source) {
  for (absl::string_view scheme :
       {"http://", "https://", "git://", "git@", "ssh://"}) {
    if (absl::StartsWithIgnoreCase(source, scheme)) return true;
  }
  return false;
}

// `key=value,...` of --mount.
std::map<std::string, std::string> MountOptions(absl::string_view text) {
  std::map<std::string, std::string> options;
  for (absl::string_view option : absl::StrSplit(text, ',')) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(option, absl::MaxSplits('=', 1));
    options.insert({absl::AsciiStrToLower(parts.first), parts.second});
  }
  return options;
}

class Resolver {
 public:
  Resolver(const Dockerfile& dockerfile, const ResolveOptions& options,
           diag::Sink& sink)
      : dockerfile_(dockerfile), options_(options), sink_(sink) {}

  Resolution Run();

 private:
  StageFacts ReadStage(const Stage& stage, const Scope& global);
  void ReadBase(const Stage& stage, const Scope& global, StageFacts& facts);
  void ReadTriggers(const Stage& stage, const BaseImage& image,
                    StageFacts& facts);
  void ReadInstruction(const Stage& stage, const Instruction& instruction,
                       StageFacts& facts);
  void ReadCopy(const Stage& stage, const Instruction& copy, StageFacts& facts);
  void ReadMount(const Stage& stage, const Flag& mount, StageFacts& facts);
  // Another stage or an image, named by --from; the stage, or -1.
  int ReadFrom(const Stage& stage, absl::string_view from, Span span,
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
  std::vector<int> Needed() const;

  const Dockerfile& dockerfile_;
  const ResolveOptions& options_;
  diag::Sink& sink_;
  std::vector<StageFacts> facts_;
};

int Resolver::StageAbove(absl::string_view name, int below) const {
  for (int i = below; i-- > 0;) {
    if (absl::EqualsIgnoreCase(dockerfile_.stages[i].name, name)) return i;
  }
  return -1;
}

void Resolver::ReadBase(const Stage& stage, const Scope& global,
                        StageFacts& facts) {
  if (stage.base.text.empty()) return;  // The parser has said so.
  const Expanded base = global.ExpandGlobal(stage.base.text);
  if (!base.error.empty()) {
    sink_.Handle(diag::DockerfileSyntax(stage.base.span, base.error));
    return;
  }
  if (base.known_size.has_value() || base.text == kScratch) return;
  const int above = StageAbove(base.text, stage.index);
  if (above >= 0) {
    facts.needs.insert(above);
    facts.scope = global.NewStage(&facts_[above].scope);
    facts.folder = facts_[above].folder;
    facts.triggers_run = static_cast<int>(facts_[above].triggers.size());
    for (const Instruction& trigger : facts_[above].triggers) {
      ReadInstruction(stage, trigger, facts);
    }
    return;
  }
  if (HasHole(base.text) && absl::StrContains(stage.base.text, '$')) {
    const std::string name =
        base.unknown.empty() ? stage.base.text : base.unknown;
    sink_.Handle(diag::DockerfileEmptyBase(
        stage.base.span, name,
        base.unknown.empty()
            ? std::string("set the build argument, or give ARG a default")
            : absl::StrCat("declare it above the first FROM: `ARG ", name,
                           "=...`")));
    return;
  }
  facts.images.push_back({base.text, stage.base.span, stage.index, true});
  ReadTriggers(stage, facts.images.back(), facts);
}

void Resolver::ReadTriggers(const Stage& stage, const BaseImage& image,
                            StageFacts& facts) {
  if (!options_.onbuild) return;
  const auto triggers = options_.onbuild(image.image);
  if (!triggers.has_value()) {
    Source all;
    all.span = image.span;
    all.why = absl::StrCat("whether `", image.image,
                           "` has ONBUILD instructions is not known");
    facts.sources.push_back(std::move(all));
    return;
  }
  facts.triggers_run = static_cast<int>(triggers->size());
  for (const std::string& text : *triggers) {
    // It has no place in the user's file; the image's name stands for it.
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
    ReadInstruction(stage, *instruction, facts);
  }
}

StageFacts Resolver::ReadStage(const Stage& stage, const Scope& global) {
  StageFacts facts(global.NewStage(nullptr));
  ReadBase(stage, global, facts);
  for (const Instruction& instruction : stage.instructions) {
    ReadInstruction(stage, instruction, facts);
  }
  return facts;
}

void Resolver::ReadInstruction(const Stage& stage,
                               const Instruction& instruction,
                               StageFacts& facts) {
  facts.scope.Apply(instruction);
  if (instruction.keyword == "COPY" || instruction.keyword == "ADD") {
    ReadCopy(stage, instruction, facts);
  } else if (instruction.keyword == "RUN" && options_.run_mounts) {
    for (const Flag& flag : instruction.flags) {
      if (flag.name == "mount") ReadMount(stage, flag, facts);
    }
  } else if (instruction.keyword == "ONBUILD" && !instruction.trigger.empty()) {
    facts.triggers.push_back(instruction.trigger[0]);
  } else if (instruction.keyword == "WORKDIR") {
    const Expanded folder = facts.scope.Expand(instruction.text);
    if (!IsKnown(folder)) return;
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
  if (const Flag* from = copy.FindFlag("from")) {
    const Expanded name = facts.scope.Expand(from->value.value_or(""));
    to.from_stage = ReadFrom(stage, name.text, from->span, facts);
  }
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const Word& word = copy.words[i];
    if (copy.FindFlag("from") != nullptr) {
      const Expanded path = facts.scope.Expand(word.text);
      if (IsKnown(path)) {
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
  source.required = source.kind != Source::kAll;
  // With --parents `**` stands for any folders.
  if (copy.FindFlag("parents") != nullptr &&
      absl::StrContains(source.text, "**")) {
    source.kind = Source::kPrefix;
    source.text = source.text.substr(0, source.text.find("**"));
    source.required = false;
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
        "` is not known");
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
  if (!IsKnown(path)) return std::nullopt;
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
    ReadFrom(stage, facts.scope.Expand(from).text, mount.span, facts);
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

int Resolver::ReadFrom(const Stage& stage, absl::string_view from, Span span,
                       StageFacts& facts) {
  int number = 0;
  if (absl::SimpleAtoi(from, &number)) {
    if (number >= 0 && number < stage.index) {
      facts.needs.insert(number);
      return number;
    }
    sink_.Handle(diag::DockerfileLaterStage(span, from, ""));
    return -1;
  }
  const int above = StageAbove(from, stage.index);
  if (above >= 0) {
    facts.needs.insert(above);
    return above;
  }
  for (const Stage& later : dockerfile_.stages) {
    if (!absl::EqualsIgnoreCase(later.name, from)) continue;
    sink_.Handle(diag::DockerfileLaterStage(span, from,
                                            later.index == stage.index
                                                ? "this is the stage itself"
                                                : "")
                     .WithLabel(later.name_span, "the stage is here"));
    return -1;
  }
  if (from.empty() || from == kScratch) return -1;
  facts.images.push_back({std::string(from), span, stage.index, false});
  return -1;
}

std::vector<int> Resolver::Needed() const {
  std::vector<bool> needed(facts_.size(), !options_.skip_unused_stages);
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
  for (const Instruction& arg : dockerfile_.global_args) global.AddGlobal(arg);
  for (const Stage& stage : dockerfile_.stages) {
    if (stage.index > options_.target) break;
    facts_.push_back(ReadStage(stage, global));
  }
  Resolution resolution;
  resolution.stages = Needed();
  std::set<std::string> seen;
  for (int stage : resolution.stages) {
    StageFacts& facts = facts_[static_cast<size_t>(stage)];
    resolution.triggers += facts.triggers_run;
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
  int number = -1;
  const bool is_number = absl::SimpleAtoi(target, &number);
  std::vector<std::string> names;
  for (const Stage& stage : stages) {
    const bool named = !stage.name.empty();
    if (named && absl::EqualsIgnoreCase(stage.name, target)) return stage.index;
    if (named) names.push_back(stage.name);
  }
  if (is_number && number >= 0 && number < static_cast<int>(stages.size())) {
    return number;
  }
  std::vector<std::string> shown;
  for (const Stage& stage : stages) {
    shown.push_back(stage.name.empty() ? absl::StrCat("`", stage.index, "`")
                                       : absl::StrCat("`", stage.name, "`"));
  }
  if (!span) span = {dockerfile.file, 0, 0};
  sink.Handle(diag::UnknownTarget(span, target, dockerfile.file->name(),
                                  DidYouMean(target, names),
                                  absl::StrJoin(shown, ", ")));
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
