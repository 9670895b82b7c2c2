#include "runtime/dockerfile/resolve.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/instruction.h"
#include "runtime/dockerfile/instruction_check.h"
#include "runtime/dockerfile/lines.h"
#include "runtime/dockerfile/pattern.h"
#include "runtime/dockerfile/references.h"
#include "runtime/dockerfile/scope.h"
#include "runtime/dockerfile/stage_check.h"
#include "runtime/dockerfile/value_check.h"
#include "runtime/dockerfile/values.h"

namespace ovenbird::dockerfile {
namespace {

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

bool IsRemote(absl::string_view source) {
  return IsGitSource(source) || IsHttpSource(source);
}

class Resolver {
 public:
  Resolver(const Dockerfile& dockerfile, const ResolveOptions& options,
           diag::Sink& sink)
      : dockerfile_(dockerfile),
        options_(options),
        sink_(sink),
        names_(dockerfile),
        check_(dockerfile, options.build_args, names_, sink) {}

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
  // Another stage or an image, named by --from; the stage, or -1.
  int ReadFrom(const Stage& stage, const Reference& reference,
               StageFacts& facts);
  Source ReadSource(const Instruction& copy, const Word& word,
                    const StageFacts& facts) const;
  Source ToSource(absl::string_view text, Span span,
                  const StageFacts& facts) const;
  Span SpanOfOption(const Flag& mount, absl::string_view value) const;
  // nullopt: not known.
  std::optional<Destination> ToDestination(const Instruction& instruction,
                                           const Word& word,
                                           const StageFacts& facts) const;
  void WarnOfDuplicate(int stage);
  std::vector<int> Needed(bool all) const;

  const Dockerfile& dockerfile_;
  const ResolveOptions& options_;
  diag::Sink& sink_;
  const StageNames names_;
  const StageCheck check_;
  std::vector<StageFacts> facts_;
};

// kaniko starts from the first stage of the name, BuildKit from the nearest.
void Resolver::WarnOfDuplicate(int stage) {
  const Stage& used = dockerfile_.stages[static_cast<size_t>(stage)];
  const Stage& first =
      dockerfile_.stages[static_cast<size_t>(names_.First(used.name))];
  if (first.index == stage) return;
  sink_.Handle(diag::DockerfileDuplicateStage(used.name_span, used.name)
                   .WithLabel(first.name_span, "first defined here"));
}

void Resolver::ReadBase(const Stage& stage, const Scope& global,
                        StageFacts& facts) {
  if (stage.base.text.empty()) return;
  const Expanded base = global.ExpandGlobal(stage.base.text);
  if (!base.error.empty() || base.known_size.has_value()) return;
  const int above = names_.Above(base.text, stage.index);
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
      check_.CheckReference(stage, reference);
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
  if (copy.words.size() < 2 || IsBrokenList(copy)) return;
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
  // Without a wildcard BuildKit looks for a name with the escapes.
  if (source.kind == Source::kPattern && !HasWildcard(source.text)) {
    source.kind = Source::kPath;
  }
  source.optional = source.kind == Source::kPattern;
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
  facts.sources.push_back(ToSource(source, SpanOfOption(mount, source), facts));
  Source& added = facts.sources.back();
  // A mount names one path: `*` is a character of it.
  if (added.kind == Source::kPattern) added.kind = Source::kPath;
  added.required = added.kind != Source::kAll;
  if (added.kind == Source::kAll && added.why.empty()) {
    added.why = "RUN --mount=type=bind";
  }
}

// The whole flag, if the option is written with quotes or escapes.
Span Resolver::SpanOfOption(const Flag& mount, absl::string_view value) const {
  const absl::string_view text =
      absl::string_view(dockerfile_.file->text())
          .substr(mount.span.begin, mount.span.end - mount.span.begin);
  for (const absl::string_view key : {"source=", "src="}) {
    const size_t found = text.find(absl::StrCat(key, value));
    if (found == text.npos || value.empty()) continue;
    Span span = mount.span;
    span.begin += static_cast<uint32_t>(found + key.size());
    span.end = span.begin + static_cast<uint32_t>(value.size());
    return span;
  }
  return mount.span;
}

int Resolver::ReadFrom(const Stage& stage, const Reference& reference,
                       StageFacts& facts) {
  const int other = names_.Of(reference);
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
    check_.CheckStage(stage, global);
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

}  // namespace

Resolution Resolve(const Dockerfile& dockerfile, const ResolveOptions& options,
                   diag::Sink& sink) {
  return Resolver(dockerfile, options, sink).Run();
}

}  // namespace ovenbird::dockerfile
