#include "runtime/rewrite/setgid.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

constexpr uint16_t kSetgid = 02000;

}  // namespace

bool IsSetgidFolder(const Site& site, const std::string& target) {
  const StageFiles files(site);
  const auto real = files.Follow(target);
  if (!real) return false;
  const StageFile there = files.Lookup(*real);
  return there.Is(ImageFile::kFolder) && (there.entry.mode & kSetgid) != 0 &&
         there.entry.group != 0;
}

void ReportGroupOfLink(const Site& site, Span span, absl::string_view link) {
  site.Report(
      span,
      absl::StrCat("gives the symlink `", link,
                   "` the group of the setgid folder that it is copied to"),
      "add a `RUN chown -h` for it");
}

}  // namespace ovenbird::rewrite
