#include "runtime/rewrite/from_owner.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

// Nothing but what was copied is there afterwards.
bool IsNew(const StageFile& target) {
  return target.kind == StageFile::kAbsent || target.only_from_run;
}

}  // namespace

OwnersAfter OwnersAfterCopy(const Site& site, const CopyOfFolder& copy) {
  OwnersAfter result;
  const StageFiles files(site);
  const auto real = files.Follow(copy.target);
  if (!real || *real == "/" || !IsPlainPath(*real)) return result;
  const StageFile target = files.Lookup(*real);
  const std::string owner = OwnerForChown(site, copy.owner);
  // kaniko does not see a change of the owner alone in this mode.
  const bool can_run = site.request.snapshot_mode != "time" &&
                       IsPlainPath(owner) &&
                       CanRunAsRoot(site, {"chown", "chmod", "find"});
  if (copy.holds_links && IsNew(target)) {
    if (can_run) {
      result.commands.push_back(absl::StrCat(
          "find ", *real, " -type l -exec chown -h ", owner, " {} +"));
    } else {
      result.problem = "leaves root as the owner of the symlinks";
    }
  }
  const bool keeps_target =
      target.Is(ImageFile::kFolder) && target.entry.mode != 0;
  if (!keeps_target || !(copy.is_folder || copy.may_be_folder)) return result;
  if (can_run) {
    result.commands.push_back(
        absl::StrFormat("chown %d:%d %s && chmod %o %s", target.entry.user,
                        target.entry.group, *real, target.entry.mode, *real));
  } else if (copy.is_folder) {
    result.problem = absl::StrCat("gives the existing folder `", *real,
                                  "` to `", copy.owner, "`, too");
  }
  return result;
}

}  // namespace ovenbird::rewrite
