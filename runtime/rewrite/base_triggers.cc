#include "runtime/rewrite/base_triggers.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

// Returns the value of `COPY --from`; "": another instruction.
std::string FromOf(const std::string& trigger) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(trigger, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (words.empty() || !absl::EqualsIgnoreCase(words[0], "COPY")) return "";
  for (absl::string_view word : words) {
    if (absl::ConsumePrefix(&word, "--from=")) return std::string(word);
  }
  return "";
}

bool IsNumber(absl::string_view text) {
  return text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

BaseTriggers::BaseTriggers(const std::vector<std::string>& onbuild)
    : file_("ONBUILD",
            absl::StrCat("FROM scratch\n", absl::StrJoin(onbuild, "\n"))),
      parsed_(dockerfile::Parse(file_, problems_)) {}

const std::vector<dockerfile::Instruction>& BaseTriggers::instructions() const {
  return parsed_.stages[0].instructions;
}

bool ReportTrigger(diag::Sink& sink, const Site& site, const Draft& draft,
                   const diag::Collector& problems) {
  if (!draft.changed() && problems.diagnostics().empty()) return false;
  const std::string why =
      draft.changed() ? draft.reasons()[0] : problems.diagnostics()[0].message;
  const std::string text = Print(draft.original());
  sink.Handle(diag::KanikoDiffers(
      site.stage.base.span, site.request.executor->name(),
      absl::StrCat("runs ONBUILD `", text.substr(0, text.find('\n')),
                   "` of the base image differently: ", why),
      "use a base image without this instruction"));
  return true;
}

void ReportTriggersFrom(const Site& site) {
  if (site.Can(dockerfile::Capability::kOnbuildFrom) || site.stage.index == 0) {
    return;
  }
  const auto base = site.Base();
  if (base == nullptr) return;
  for (const std::string& trigger : base->onbuild) {
    // Names that no stage has are those of images.
    const std::string from = FromOf(trigger);
    if (IsNumber(from) ||
        StageOfFrom(*site.request.dockerfile, from, site.stage.index) < 0) {
      continue;
    }
    site.Report(site.stage.base.span,
                absl::StrCat("does not find the stage `", from,
                             "` for ONBUILD of the base image"),
                "use a newer kaniko");
    return;
  }
}

}  // namespace ovenbird::rewrite
