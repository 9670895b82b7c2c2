#include "runtime/rewrite/site.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {

std::optional<std::string> KnownValue(const dockerfile::Scope& scope,
                                      absl::string_view text) {
  dockerfile::Expanded expanded = scope.Expand(text);
  if (!expanded.IsKnown()) return std::nullopt;
  return std::move(expanded.text);
}

std::shared_ptr<const BaseImage> Site::Base() const {
  if (before.base.empty() || request.base_image == nullptr) return nullptr;
  return request.base_image(before.base, /*files=*/false);
}

std::shared_ptr<const ImageFiles> Site::BaseFiles() const {
  if (before.base.empty() || request.base_image == nullptr) return nullptr;
  const auto base = request.base_image(before.base, /*files=*/true);
  return base == nullptr ? nullptr : base->files;
}

std::optional<std::string> Site::User() const {
  if (before.user) return before.user;
  for (const dockerfile::Instruction& each : stage.instructions) {
    if (each.keyword == "USER") return std::nullopt;
  }
  const auto base = Base();
  if (base == nullptr) return std::nullopt;
  return base->user;
}

void Site::Report(Span span, absl::string_view effect,
                  absl::string_view advice) const {
  sink.Handle(
      diag::KanikoDiffers(span, request.executor->name(), effect, advice));
}

namespace {

// The value of a flag; "": there is none, nullopt: unknown.
std::optional<std::string> FlagValue(const StageState& state,
                                     const dockerfile::Instruction& copy,
                                     absl::string_view name) {
  const dockerfile::Flag* flag = copy.FindFlag(name);
  if (flag == nullptr) return "";
  return KnownValue(state.scope, flag->value.value_or(""));
}

StageChange ChangeOf(const StageState& state,
                     const dockerfile::Instruction& copy) {
  StageChange change = {StageChange::kCopy, "",
                        state.PathOf(copy.words.back().text)};
  change.unpacks = copy.keyword == "ADD";
  change.into_folder =
      copy.words.size() > 2 || HasSlash(copy.words.back().text);
  change.has_attributes = copy.FindFlag("chown") || copy.FindFlag("chmod");
  change.chown = FlagValue(state, copy, "chown");
  change.chmod = FlagValue(state, copy, "chmod");
  change.from_stage = copy.FindFlag("from") != nullptr;
  if (!copy.heredocs.empty() || change.from_stage || copy.FindFlag("parents") ||
      copy.FindFlag("exclude")) {
    return change;
  }
  std::vector<std::string> sources;
  bool known = !change.unpacks;
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const auto source = KnownValue(state.scope, copy.words[i].text);
    known = known && source && !HasWildcard(*source);
    if (source && !IsRemote(*source)) sources.push_back(CleanSource(*source));
  }
  change.patterns = sources;
  if (known) change.sources = std::move(sources);
  return change;
}

}  // namespace

void StageState::Apply(const dockerfile::Instruction& instruction) {
  // What is wrong has been reported when the Dockerfile was resolved.
  scope.Apply(instruction, [](const auto&, const auto&) {});
  if (instruction.keyword == "SHELL") {
    shell.clear();
    for (const dockerfile::Word& word : instruction.words) {
      shell.push_back(word.text);
    }
  } else if (instruction.keyword == "USER") {
    user = KnownValue(scope, instruction.text);
  } else if (instruction.keyword == "WORKDIR") {
    folder = PathOf(instruction.text);
    changes.push_back({StageChange::kWorkdir, "", folder, user});
  } else if (instruction.keyword == "RUN") {
    if (!instruction.exec_form) has_shell = true;
    changes.push_back({StageChange::kRun, instruction.text, folder, user});
    if (!instruction.exec_form) {
      StageChange& run = changes.back();
      run.text = dockerfile::CommandText(instruction);
      if (!user || IsRootName(*user)) {
        run.made = FindMadeFiles(run.text, folder);
      }
    }
  } else if ((instruction.keyword == "COPY" || instruction.keyword == "ADD") &&
             !instruction.words.empty()) {
    changes.push_back(ChangeOf(*this, instruction));
  }
}

std::optional<std::string> StageState::PathOf(absl::string_view text) const {
  std::optional<std::string> path = KnownValue(scope, text);
  if (path && !absl::StartsWith(*path, "/")) {
    path = folder ? std::optional(absl::StrCat(*folder, "/", *path))
                  : std::nullopt;
  }
  return path ? std::optional(CleanPath(*path)) : std::nullopt;
}

}  // namespace ovenbird::rewrite
