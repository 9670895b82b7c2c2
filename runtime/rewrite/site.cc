#include "runtime/rewrite/site.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"

namespace ovenbird::rewrite {
namespace {

std::optional<std::string> Known(const dockerfile::Expanded& text) {
  if (!text.error.empty() || !text.unknown.empty() ||
      text.known_size.has_value()) {
    return std::nullopt;
  }
  return text.text;
}

}  // namespace

void StageState::Apply(const dockerfile::Instruction& instruction) {
  scope.Apply(instruction);
  if (instruction.keyword == "SHELL") {
    shell.clear();
    for (const dockerfile::Word& word : instruction.words) {
      shell.push_back(word.text);
    }
  } else if (instruction.keyword == "USER") {
    user = Known(scope.Expand(instruction.text));
  } else if (instruction.keyword == "WORKDIR") {
    std::optional<std::string> path = Known(scope.Expand(instruction.text));
    if (path && !absl::StartsWith(*path, "/")) {
      path = folder ? std::optional(absl::StrCat(*folder, "/", *path))
                    : std::nullopt;
    }
    folder = path ? std::optional(CleanPath(*path)) : std::nullopt;
  } else if (instruction.keyword == "RUN" && !instruction.exec_form) {
    has_shell = true;
  }
}

}  // namespace ovenbird::rewrite
