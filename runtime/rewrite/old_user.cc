#include "runtime/rewrite/old_user.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Dockerfile;
using dockerfile::Instruction;
using dockerfile::Stage;

// The last one in the stage; null: it has none.
const Instruction* LastUser(const Stage& stage) {
  const Instruction* last = nullptr;
  for (const Instruction& instruction : stage.instructions) {
    if (instruction.keyword == "USER") last = &instruction;
  }
  return last;
}

// The one that the image ends with; null: the base image's.
const Instruction* UserOfImage(const Site& site) {
  const Instruction* last = nullptr;
  for (const Stage* stage : ChainOf(site, site.request.target)) {
    if (const Instruction* user = LastUser(*stage)) last = user;
  }
  return last;
}

}  // namespace

void ReportStoredGroup(const Site& site, Draft& draft) {
  const Instruction& user = draft.original();
  const Instruction* last = UserOfImage(site);
  if (last == nullptr || last->span.begin != user.span.begin) return;
  const auto value = KnownValue(site.before.scope, user.text);
  if (value && value->find(':') != std::string::npos) return;
  site.Report(user.text_span,
              absl::StrCat("stores `", value.value_or(user.text),
                           ":GROUP` in the image: a container does not get "
                           "the other groups of the user"),
              "use a newer kaniko, or name the user and the group");
}

void ReportGroupOfBase(const Site& site, Draft& draft) {
  const Instruction& run = draft.original();
  for (const Instruction& before : site.stage.instructions) {
    if (before.span.begin >= run.span.begin) break;
    if (before.keyword == "USER" || before.keyword == "RUN") return;
  }
  const std::shared_ptr<const BaseImage> base = site.Base();
  if (base == nullptr || IsRootName(base->user) ||
      base->user.find(':') != std::string::npos) {
    return;
  }
  site.Report(run.text_span,
              absl::StrCat("runs it with the group 0, not with that of `",
                           base->user, "`"),
              absl::StrCat("write `USER ", base->user, "` before it"));
}

}  // namespace ovenbird::rewrite
