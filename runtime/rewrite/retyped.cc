#include "runtime/rewrite/retyped.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/base_image.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Instruction;

bool HasAny(const Site& site, const std::vector<absl::string_view>& keywords) {
  const auto& instructions = site.stage.instructions;
  return std::any_of(
      instructions.begin(), instructions.end(), [&](const Instruction& each) {
        return std::find(keywords.begin(), keywords.end(), each.keyword) !=
               keywords.end();
      });
}

}  // namespace

void ReportRetypedFolders(const Site& site) {
  // Other rules read the files of the base image for COPY and ADD anyway; for
  // RUN alone, only what old executors fail on is worth it.
  const bool removes_files = site.Can(Capability::kBaseFolderOverFile);
  if (!HasAny(site, {"COPY", "ADD"}) &&
      (removes_files || !HasAny(site, {"RUN"}))) {
    return;
  }
  const auto files = site.BaseFiles();
  if (files == nullptr) return;
  for (const RetypedFolder& folder : files->retyped) {
    if (folder.below == RetypedFolder::kFile && removes_files) continue;
    if (folder.below != RetypedFolder::kFile &&
        site.Can(Capability::kBaseFolderOverLink)) {
      continue;
    }
    site.Report(
        site.stage.base.span,
        folder.below == RetypedFolder::kLinkToFolder
            ? absl::StrCat("unpacks the folder `", folder.path,
                           "` of the base image to the target of a symlink in "
                           "a lower layer")
            : absl::StrCat("cannot unpack the base image, whose folder `",
                           folder.path, "` replaces a file or symlink"),
        "use another base image");
    return;
  }
}

}  // namespace ovenbird::rewrite
