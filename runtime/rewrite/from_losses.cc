#include "runtime/rewrite/from_losses.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/diag/catalog.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Verdict;

// Capabilities are hardly elsewhere; looking at the files of an image is slow.
bool MayHoldCommandsOfBase(const std::string& source) {
  for (const char* folder : {"/bin", "/sbin", "/usr/bin", "/usr/sbin"}) {
    if (IsAtOrBelow(source, folder) || IsAtOrBelow(folder, source)) return true;
  }
  return false;
}

}  // namespace

void ReportFlags(const FromCopy& copy) {
  for (const Flag& flag : copy.instruction().flags) {
    const bool parents = flag.name == "parents";
    if (!parents && flag.name != "exclude") continue;
    const dockerfile::Executor& executor = *copy.site().request.executor;
    const Verdict verdict = executor.Of(parents ? Capability::kCopyParents
                                                : Capability::kCopyExclude);
    const std::string shown = absl::StrCat("--", flag.name);
    constexpr absl::string_view kAdvice =
        "collect the files in a folder with RUN in that stage, and copy it";
    if (verdict == Verdict::kRefused) {
      copy.site().sink.Handle(
          diag::KanikoRefusedFlag(flag.span, executor.name(), shown, kAdvice));
    } else if (verdict == Verdict::kIgnored) {
      copy.site().sink.Handle(diag::KanikoIgnoredFlag(
          flag.span, executor.name(), shown, "", kAdvice));
    }
  }
}

void RefuseTop(const FromCopy& copy) {
  diag::Diagnostic problem = diag::KanikoDiffers(
      copy.word().span, copy.site().request.executor->name(),
      "fails to copy the whole file system of a stage",
      "name the folders to copy");
  problem.severity = diag::Severity::kError;
  copy.site().sink.Handle(std::move(problem));
}

void ReportLost(const FromCopy& copy) {
  std::set<std::string> files = copy.commands().capabilities();
  copy.ForEachMovedFile([&](const std::string& path, const ImageFile& file) {
    if (file.has_capability) files.insert(path);
  });
  for (const std::string& file : files) {
    // BuildKit loses them, too, when the owner changes.
    if (copy.HasFlag("chown") || !Below(copy.source(), file)) continue;
    copy.Report(absl::StrCat("loses the capabilities of `", file, "`"),
                "set them with setcap in a RUN after this COPY");
  }
}

void ReportCapabilityOfBase(const FromCopy& copy) {
  const auto end = copy.site().earlier.ends.find(copy.stage());
  if (copy.HasFlag("chown") || HasWildcard(copy.source()) ||
      !MayHoldCommandsOfBase(copy.source()) ||
      end == copy.site().earlier.ends.end() || end->second.base.empty() ||
      copy.site().request.base_image == nullptr) {
    return;
  }
  for (const StageChange& change : end->second.changes) {
    if (absl::StrContains(change.text, copy.source()) ||
        change.path == copy.source()) {
      return;
    }
  }
  const auto base =
      copy.site().request.base_image(end->second.base, /*files=*/true);
  if (base == nullptr || base->files == nullptr) return;
  const auto source = base->files->Resolve(copy.source(), /*follow_last=*/true);
  if (!source) return;
  for (const auto& [path, file] : base->files->entries) {
    if (!file.has_capability || !IsAtOrBelow(path, *source)) continue;
    copy.Report(absl::StrCat("loses the capabilities of `", path, "`"),
                "set them with setcap in a RUN after this COPY");
    return;
  }
}

}  // namespace ovenbird::rewrite
