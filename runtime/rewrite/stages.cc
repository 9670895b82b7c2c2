#include "runtime/rewrite/stages.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/scope.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Dockerfile;
using dockerfile::Expanded;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Stage;

// The latest stage before `below` with this name; -1: none.
int StageNamed(const Dockerfile& dockerfile, absl::string_view name,
               int below) {
  for (int i = below; i-- > 0;) {
    const Stage& stage = dockerfile.stages[static_cast<size_t>(i)];
    if (!stage.name.empty() && absl::EqualsIgnoreCase(stage.name, name)) {
      return i;
    }
  }
  return -1;
}

bool NamesByNumber(const Instruction& instruction, int stage) {
  const Flag* from = instruction.FindFlag("from");
  int number = 0;  // Other spellings of it count, too: `00`.
  return from != nullptr &&
         absl::SimpleAtoi(from->value.value_or(""), &number) && number == stage;
}

// Of a stage without a name: COPY --from by number is all that can refer to it.
bool IsReferredToByNumber(const Request& request, int stage) {
  for (const int other : request.stages) {
    for (const Instruction& instruction :
         request.dockerfile->stages[static_cast<size_t>(other)].instructions) {
      const bool trigger = !instruction.trigger.empty();
      if (NamesByNumber(trigger ? instruction.trigger[0] : instruction,
                        stage)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

int StageOfFrom(const Dockerfile& dockerfile, absl::string_view from,
                int below) {
  int number = 0;
  if (absl::SimpleAtoi(from, &number)) {
    return number >= 0 && number < below ? number : -1;
  }
  return StageNamed(dockerfile, from, below);
}

std::string StageName(const Dockerfile& dockerfile, int stage) {
  const Stage& wanted = dockerfile.stages[static_cast<size_t>(stage)];
  if (!wanted.name.empty()) return wanted.name;
  std::string name = absl::StrCat("stage-", stage);
  const int count = static_cast<int>(dockerfile.stages.size());
  while (StageNamed(dockerfile, name, count) >= 0) name += "-";
  return name;
}

int BaseStage(const Request& request, const dockerfile::Scope& global,
              const Stage& stage) {
  const Expanded base = global.ExpandGlobal(stage.base.text);
  return base.IsKnown()
             ? StageNamed(*request.dockerfile, base.text, stage.index)
             : -1;
}

std::vector<const Stage*> ChainOf(const Site& site, int stage) {
  std::vector<const Stage*> chain;
  for (int i = stage; i >= 0;
       i = site.earlier.base_of[static_cast<size_t>(i)]) {
    chain.push_back(&site.request.dockerfile->stages[static_cast<size_t>(i)]);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

void RewriteFrom(const Site& site, const dockerfile::Scope& global,
                 Draft& draft) {
  const Dockerfile& dockerfile = *site.request.dockerfile;
  Instruction& from = draft.instructions[0];
  const Expanded base = global.ExpandGlobal(site.stage.base.text);
  const auto other = site.request.bases.find(site.stage.index);
  if (other != site.request.bases.end() && !from.words.empty()) {
    from.words[0].text = other->second;
    draft.Because("the executor ignores --platform");
  } else if (base.IsKnown() && !from.words.empty()) {
    const int above = StageNamed(dockerfile, base.text, site.stage.index);
    const std::string name =
        above >= 0 ? StageName(dockerfile, above) : base.text;
    if (name != site.stage.base.text) {
      from.words[0].text = name;
      draft.Because(above >= 0 ? "FROM names the stage itself"
                               : "FROM names the image itself");
    }
  }
  if (base.known_size.has_value()) {
    site.Report(site.stage.base.span,
                "leaves the platform's arguments empty in FROM",
                "set `platforms: [linux/amd64]` for the image, or give them "
                "values under `buildArgs`");
  }
  if (site.stage.name.empty() &&
      IsReferredToByNumber(site.request, site.stage.index)) {
    from.words.push_back({"AS", {}});
    from.words.push_back({StageName(dockerfile, site.stage.index), {}});
    draft.Because("COPY --from needs the stage's name");
  }
}

void NameStages(const Site& site, Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    for (Flag& flag : instruction.flags) {
      if (flag.name != "from" || !flag.value.has_value()) continue;
      const Expanded from = site.before.scope.Expand(*flag.value);
      if (!from.IsKnown()) continue;
      const int stage =
          StageOfFrom(*site.request.dockerfile, from.text, site.stage.index);
      const std::string name =
          stage >= 0 ? StageName(*site.request.dockerfile, stage) : from.text;
      if (name == *flag.value) continue;
      flag.value = name;
      draft.Because("--from names the stage by its name");
    }
  }
}

}  // namespace ovenbird::rewrite
