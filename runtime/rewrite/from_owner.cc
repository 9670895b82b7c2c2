#include "runtime/rewrite/from_owner.h"

#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/format_text.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

bool Overlap(absl::string_view a, absl::string_view b) {
  return IsAtOrBelow(a, b) || IsAtOrBelow(b, a);
}

// Whether the folder is empty before the COPY: all symlinks in it afterwards
// were copied.
bool IsNew(const Site& site, const StageFile& target, const std::string& path) {
  if (target.kind == StageFile::kAbsent) return true;
  if (target.kind == StageFile::kUnknown) return target.only_from_run;
  // WORKDIR may have made it.
  const auto files = site.before.from_scratch ? nullptr : site.BaseFiles();
  if (files != nullptr && files->Find(path) != nullptr) return false;
  return absl::c_none_of(site.before.changes, [&](const StageChange& change) {
    if (change.kind == StageChange::kWorkdir) return false;
    return !change.path || Overlap(*change.path, path) ||
           absl::StrContains(change.text, path);
  });
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
  if (copy.holds_links) {
    if (can_run && IsNew(site, target, *real)) {
      result.commands.push_back(absl::StrCat(
          "find ", *real, " -type l -exec chown -h ", owner, " {} +"));
    } else {
      result.problem = "does not change the owner of the symlinks";
    }
  }
  const bool keeps_target =
      target.Is(ImageFile::kFolder) && target.entry.mode != 0;
  if (!keeps_target || !(copy.is_folder || copy.may_be_folder)) return result;
  if (can_run) {
    result.commands.push_back(FormatText("chown %d:%d %s && chmod %o %s",
                                         target.entry.user, target.entry.group,
                                         *real, target.entry.mode, *real));
  } else if (copy.is_folder) {
    result.problem = absl::StrCat("changes the owner of the existing folder `",
                                  *real, "` to `", copy.owner, "`");
  }
  return result;
}

}  // namespace ovenbird::rewrite
