#include "runtime/dockerfile/target.h"

#include <string>
#include <vector>

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

}  // namespace ovenbird::dockerfile
