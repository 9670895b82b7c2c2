#include "runtime/dockerfile/target.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::dockerfile {
namespace {

std::string DidYouMean(absl::string_view word,
                       const std::vector<std::string>& candidates) {
  std::vector<absl::string_view> views(candidates.begin(), candidates.end());
  const absl::string_view best = Suggest(word, views);
  return best.empty() ? "" : absl::StrCat("did you mean `", best, "`?");
}

// As the parser requires of the word after AS.
bool IsStageName(absl::string_view text) {
  return !text.empty() && absl::ascii_isalpha(static_cast<uint8_t>(text[0])) &&
         absl::c_all_of(text, [](char c) {
           return absl::ascii_isalnum(static_cast<uint8_t>(c)) || c == '-' ||
                  c == '_' || c == '.';
         });
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
  std::string advice = absl::StrCat("use one of the stages: `",
                                    absl::StrJoin(names, "`, `"), "`");
  if (names.empty()) {
    advice =
        IsStageName(target)
            ? absl::StrCat("add `AS ", target, "` to the FROM of the stage")
            : "add `AS build` to the FROM of the stage, and use `build`: "
              "stages have no other names than those after AS";
  }
  if (!span) span = {dockerfile.file, 0, 0};
  sink.Handle(diag::UnknownTarget(span, target, dockerfile.file->name(),
                                  DidYouMean(target, names), advice));
  return std::nullopt;
}

}  // namespace ovenbird::dockerfile
