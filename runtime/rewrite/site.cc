#include "runtime/rewrite/site.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/diag/catalog.h"

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

void Site::Report(Span span, absl::string_view effect,
                  absl::string_view advice) const {
  sink.Handle(
      diag::KanikoDiffers(span, request.executor->name(), effect, advice));
}

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
    changes.push_back({StageChange::kWorkdir, "", folder});
  } else if (instruction.keyword == "RUN") {
    if (!instruction.exec_form) has_shell = true;
    std::string text = instruction.text;
    for (const dockerfile::Heredoc& heredoc : instruction.heredocs) {
      absl::StrAppend(&text, "\n", heredoc.content);
    }
    changes.push_back({StageChange::kRun, std::move(text), folder});
  } else if ((instruction.keyword == "COPY" || instruction.keyword == "ADD") &&
             !instruction.words.empty()) {
    changes.push_back(
        {StageChange::kCopy, "", PathOf(instruction.words.back().text)});
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
