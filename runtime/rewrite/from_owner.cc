#include "runtime/rewrite/from_owner.h"

#include <optional>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

OwnersAfter OwnersAfterCopy(const Site& site, const CopyOfLinks& copy) {
  const StageFiles files(site);
  const auto real = files.Follow(copy.target);
  if (!real || *real == "/" || !IsPlainPath(*real)) return {};
  const std::string owner = OwnerForChown(site, copy.owner);
  const bool can_run =
      IsPlainPath(owner) && CanSetAsRoot(site, {"chown", "find"});
  if (!can_run || !IsNew(site, files.Lookup(*real), *real)) {
    return {"", "does not change the owner of the symlinks"};
  }
  const std::string links = absl::StrCat("find ", *real, " -type l -exec ");
  std::string command = absl::StrCat(links, "chown -h ", owner, " {} +");
  if (site.request.snapshot_mode == "time") {
    absl::StrAppend(&command, " && ", kNextTick, " && ", links,
                    "touch -h {} +");
  }
  return {command, ""};
}

}  // namespace ovenbird::rewrite
