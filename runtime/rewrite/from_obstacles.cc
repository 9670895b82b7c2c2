#include "runtime/rewrite/from_obstacles.h"

#include <map>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/obstacles.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;

// Whether the source is a file for certain.
bool IsFile(const FromCopy& copy) {
  const auto found = copy.copies().files.find(copy.source());
  if (found != copy.copies().files.end()) {
    return found->second.type == EntryType::kFile;
  }
  if (copy.commands().written().count(copy.source()) > 0) return true;
  const auto files = copy.FilesOfStage();
  return files && files->Lookup(copy.source()).Is(ImageFile::kFile);
}

// A file of the image that the executor would write through: a symlink to a
// file, or one of several names of a file.
void FindObstacleOfFile(const FromCopy& copy, std::vector<std::string>& found) {
  const dockerfile::Word& word = copy.instruction().words.back();
  const auto target = copy.site().before.PathOf(word.text);
  if (!target || HasWildcard(copy.source())) return;
  const StageFiles files(copy.site());
  const auto real = files.Follow(*target);
  if (!real) return;
  const bool into_folder = copy.instruction().words.size() > 2 ||
                           HasSlash(word.text) || *real == "/" ||
                           files.Lookup(*real).Is(ImageFile::kFolder);
  if (into_folder && !IsFile(copy)) return;
  const bool names_file =
      copy.instruction().words.size() == 2 && !HasSlash(word.text);
  if (into_folder && names_file && *real != "/" &&
      IsLinked(copy.instruction())) {
    // The file takes the place of the folder, or of a symlink to it.
    if (const auto place = files.FollowFolders(*target))
      found.push_back(*place);
    return;
  }
  const std::string path = into_folder
                               ? absl::StrCat(*target == "/" ? "" : *target,
                                              "/", BaseName(copy.source()))
                               : *target;
  const auto place = files.FollowFolders(path);
  if (!place) return;
  const StageFile there = files.Lookup(*place);
  const auto end = files.Follow(path);
  const bool is_link = there.Is(ImageFile::kSymlink) && end &&
                       files.Lookup(*end).Is(ImageFile::kFile);
  const bool has_other_name =
      there.Is(ImageFile::kFile) && files.HasOtherName(*place);
  if (!is_link && !has_other_name) return;
  found.push_back(*place);
}

// The same for the files of a folder.
void FindObstaclesBelow(const FromCopy& copy, std::vector<std::string>& found) {
  const auto target =
      copy.site().before.PathOf(copy.instruction().words.back().text);
  if (!target || HasWildcard(copy.source())) return;
  const StageFiles files(copy.site());
  std::map<std::string, std::string> obstacles;  // by the file of the stage
  const auto meet = [&](const std::string& path) {
    const auto below = Below(copy.source(), path);
    if (!below || below->empty()) return;
    const auto obstacle = ObstacleAt(
        files, absl::StrCat(*target == "/" ? "" : *target, "/", *below));
    if (obstacle) obstacles.emplace(path, *obstacle);
  };
  for (const std::string& path : copy.commands().written()) meet(path);
  for (const auto& [path, file] : copy.copies().files) {
    if (file.type == EntryType::kFile) meet(path);
  }
  copy.ForEachFileOfBase([&](const std::string& path, const ImageFile& file) {
    if (file.type == ImageFile::kFile) meet(path);
  });
  if (obstacles.empty()) return;
  const auto of_stage = copy.AllFilesOfStage();
  if (!of_stage) return;
  for (const auto& [path, obstacle] : obstacles) {
    const StageFile file = of_stage->Lookup(path);
    // It may be deleted again.
    if (file.Is(ImageFile::kFile) ||
        (file.kind == StageFile::kUnknown &&
         copy.commands().written().count(path) > 0)) {
      found.push_back(obstacle);
    }
  }
}

}  // namespace

void FindObstacles(const FromCopy& copy, std::vector<std::string>& found) {
  FindObstacleOfFile(copy, found);
  FindObstaclesBelow(copy, found);
}

void MakeWay(const Site& site, const std::vector<std::string>& obstacles,
             Draft& draft) {
  if (obstacles.empty() || site.request.listing == nullptr) return;
  const auto way = ReplaceByEmptyFiles(obstacles, draft);
  draft.instructions.insert(draft.instructions.begin(), way.begin(), way.end());
  draft.Because(
      absl::StrCat("kaniko would write through `", obstacles[0], "`"));
}

}  // namespace ovenbird::rewrite
