#include "runtime/rewrite/special_files.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/format_text.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/context_copy.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/root_run.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

std::string MakeFile(const context::SpecialFile& file,
                     const std::string& path) {
  const std::string mode = FormatText("%o", file.mode);
  if (file.type == context::SpecialFile::kPipe) {
    return absl::StrCat("mkfifo -m ", mode, " ", path);
  }
  return absl::StrCat("touch ", path, " && chmod ", mode, " ", path);
}

}  // namespace

void MakeSpecialFiles(const Site& site, Draft& draft) {
  if (site.request.listing == nullptr) return;
  const Instruction& copy = draft.original();
  const bool plain = std::none_of(
      copy.flags.begin(), copy.flags.end(),
      [](const dockerfile::Flag& flag) { return flag.name != "link"; });
  std::vector<std::string> commands;
  for (const ContextSource& source : ContextSourcesOf(site, copy)) {
    for (const auto& [path, file] : site.request.listing->special_files()) {
      const std::string absolute = absl::StrCat("/", path);
      if (!Below(source.path, absolute)) continue;
      const auto arrival = ArrivalOf(site, copy, source, absolute);
      if (file.type != context::SpecialFile::kDevice && plain && arrival &&
          IsPlainPath(*arrival) &&
          CanRunAsRoot(site, {"mkfifo", "touch", "chmod"})) {
        commands.push_back(MakeFile(file, *arrival));
        continue;
      }
      site.Report(
          source.word->span,
          absl::StrCat("does not copy the ", file.Shown(), " `", path, "`"),
          "add it to the ignore file, or create it in a RUN");
    }
  }
  if (commands.empty()) return;
  draft.instructions.push_back(
      MakeInstruction("RUN", absl::StrJoin(commands, " && ")));
  draft.Because("the build context has no named pipes and no sockets");
}

}  // namespace ovenbird::rewrite
