#include "runtime/rewrite/obstacles.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/sha256.h"
#include "runtime/base/source_file.h"
#include "runtime/context/door.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar_header.h"
#include "runtime/rewrite/own_folder.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Capability;
using dockerfile::Instruction;

std::string Join(absl::string_view folder, absl::string_view name) {
  return absl::StrCat(folder == "/" ? "" : folder, "/", name);
}

class Finder {
 public:
  // `replaces_all`: by folders, too.
  Finder(const Site& site, const ContextTree& tree, const CopySources& sources,
         bool replaces_all)
      : tree_(tree),
        sources_(sources),
        files_(site),
        replaces_all_(replaces_all) {}

  void Run(bool names_folder) {
    const auto target = files_.Follow(*sources_.target);
    if (!target) return;
    const StageFile there = files_.Lookup(*target);
    if (there.kind == StageFile::kAbsent) return;
    const bool is_folder = names_folder || *target == "/" ||
                           sources_.items.size() > 1 ||
                           there.Is(ImageFile::kFolder);
    if (!sources_.includes.empty() || !sources_.excludes.empty()) {
      const OwnFolder own(tree_, sources_);
      for (const auto& [path, arrival] : own.arrivals()) {
        Meet(arrival.entry, Join(*target, path));
      }
      return;
    }
    for (const Item& item : sources_.items) {
      if (tree_.IsFolder(item.entry)) {
        VisitFolder(item.entry, *target);
      } else {
        const std::string name = item.path.substr(item.path.rfind('/') + 1);
        Meet(item.entry, is_folder ? Join(*target, name) : *target);
      }
    }
  }

  std::vector<std::string> replaced;
  // The first of their kind; "".
  std::string not_a_folder;
  std::string folder_for_link;

 private:
  void VisitFolder(uint32_t folder, const std::string& target) {
    for (const uint32_t child : tree_.Children(folder)) {
      const std::string path = Join(target, tree_.listing().Name(child));
      if (Meet(child, path) && tree_.IsFolder(child)) VisitFolder(child, path);
    }
  }

  // Returns whether a folder is there.
  bool Meet(uint32_t entry, const std::string& path) {
    const StageFile there = files_.Lookup(path);
    const EntryType type = tree_.listing()[entry].type;
    if (there.Is(ImageFile::kFolder)) {
      if (type == EntryType::kSymlink && folder_for_link.empty()) {
        folder_for_link = path;
      }
      return true;
    }
    if (there.kind != StageFile::kEntry) return false;
    if (type == EntryType::kFolder) {
      if (not_a_folder.empty()) not_a_folder = path;
      if (replaces_all_ && there.Is(ImageFile::kSymlink)) {
        replaced.push_back(path);
      }
    } else if (type == EntryType::kFile &&
               (there.Is(ImageFile::kSymlink) || files_.HasOtherName(path))) {
      replaced.push_back(path);
    }
    return false;
  }

  const ContextTree& tree_;
  const CopySources& sources_;
  const StageFiles files_;
  const bool replaces_all_;
};

// An archive of empty files: the executor removes what is there before it
// unpacks a file.
std::string ArchiveOf(const std::vector<std::string>& paths) {
  std::string archive;
  for (const std::string& path : paths) {
    const std::string name = path.substr(1);
    context::TarMember member;
    member.name = name;
    member.mode = 0644;
    context::AppendTarHeader(member, archive);
  }
  archive.append(context::kTarEnd, '\0');
  return archive;
}

}  // namespace

bool IsLinked(const Instruction& copy) {
  const dockerfile::Flag* link = copy.FindFlag("link");
  return link != nullptr && copy.FindFlag("chmod") == nullptr &&
         !absl::EqualsIgnoreCase(link->value.value_or(""), "false");
}

std::optional<std::string> ObstacleAt(const StageFiles& files,
                                      const std::string& path) {
  const auto place = files.FollowFolders(path);
  if (!place) return std::nullopt;
  const StageFile there = files.Lookup(*place);
  const ImageFile* file = &there.entry;
  if (there.kind == StageFile::kUnknown) file = files.OfBase(*place);
  if (there.kind == StageFile::kAbsent || file == nullptr) return std::nullopt;
  const bool is_obstacle =
      file->type == ImageFile::kSymlink ||
      (file->type == ImageFile::kFile && files.HasOtherName(*place));
  return is_obstacle ? place : std::nullopt;
}

std::vector<Instruction> MakeIndependent(const Site& site,
                                         const ContextTree& tree,
                                         const Instruction& copy,
                                         CopySources& sources, Draft& draft) {
  if (!IsLinked(draft.original()) || !sources.target ||
      *sources.target == "/") {
    return {};
  }
  const StageFiles files(site);
  const std::string& target = *sources.target;
  const bool is_file = CopiesToFile(tree, sources, copy.words.back().text);
  const std::string folder =
      is_file ? target.substr(0, target.rfind('/')) : target;
  std::string link;
  std::string file;
  for (size_t end = 0; end != folder.npos && !folder.empty() && link.empty();) {
    end = folder.find('/', end + 1);
    const std::string path = folder.substr(0, end);
    const StageFile there = files.Lookup(path);
    if (there.kind == StageFile::kAbsent) break;
    if (there.Is(ImageFile::kSymlink)) {
      link = path;
    } else if (there.kind == StageFile::kEntry &&
               !there.Is(ImageFile::kFolder) && file.empty()) {
      file = path;
    }
    if (copy.FindFlag("chown") != nullptr ||
        (there.kind == StageFile::kEntry && !there.IsUsualFolder())) {
      sources.whole_path = true;
    }
  }
  if (!link.empty() && !site.Can(Capability::kFolderOverFile)) {
    sources.whole_path = false;
    site.Report(copy.words.back().span,
                absl::StrCat("follows the symlink `", link,
                             "`, which --link replaces with a folder"),
                "name the folder that the symlink points to");
    return {};
  }
  if (!file.empty() && !site.Can(Capability::kFolderOverFile)) {
    sources.whole_path = false;
    site.Report(copy.words.back().span,
                absl::StrCat("fails at the file `", file,
                             "`, which --link replaces with a folder"),
                "remove the file in a RUN before");
    return {};
  }
  if (link.empty() && is_file) {
    const StageFile there = files.Lookup(target);
    if (there.Is(ImageFile::kFolder) || there.Is(ImageFile::kSymlink)) {
      sources.whole_path = true;
      link = target;
    }
  }
  if (!sources.whole_path) return {};
  draft.Because("kaniko follows the image's folders for the target of --link");
  return link.empty() ? std::vector<Instruction>()
                      : ReplaceByEmptyFiles({link}, draft);
}

std::vector<Instruction> ReplaceByEmptyFiles(
    const std::vector<std::string>& paths, Draft& draft) {
  if (paths.empty()) return {};
  context::MemoryFile file;
  file.content = ArchiveOf(paths);
  const std::string folder = absl::StrCat(
      context::kOwnFolder, "/", ToHex(Sha256Of(file.content)).substr(0, 12));
  file.path = absl::StrCat(folder, "/archive.tar");
  Instruction add = MakeInstruction("ADD", "");
  add.words = {
      SourceWord(absl::StrCat(context::ThroughDoorOf(folder), "/", file.path)),
      SourceWord("/")};
  draft.content_only.push_back(folder);
  draft.files.push_back(std::move(file));
  return {add};
}

std::vector<Instruction> MakeWay(const Site& site, const ContextTree& tree,
                                 const CopySources& sources,
                                 const Instruction& copy, Draft& draft) {
  if (!sources.target) return {};
  const bool linked = IsLinked(draft.original());
  const bool replaces_all = linked && site.Can(Capability::kFolderOverFile);
  Finder found(site, tree, sources, replaces_all);
  found.Run(HasSlash(copy.words.back().text));
  if (!replaces_all && !found.not_a_folder.empty()) {
    site.Report(copy.words.back().span,
                absl::StrCat("copies a folder to `", found.not_a_folder,
                             "`, where the image has a file or a symlink"),
                linked ? "remove it in a RUN before"
                       : "remove it in a RUN before: other builders fail here");
  }
  if (!linked && !found.folder_for_link.empty()) {
    site.Report(copy.words.back().span,
                absl::StrCat("replaces the folder `", found.folder_for_link,
                             "` of the image with a symlink"),
                "remove it in a RUN before: other builders fail here");
  }
  if (found.replaced.empty()) return {};
  draft.Because(
      absl::StrCat("kaniko would write through `", found.replaced[0], "`"));
  return ReplaceByEmptyFiles(found.replaced, draft);
}

std::optional<std::string> FollowDangling(const Site& site,
                                          const std::string& target) {
  const StageFiles files(site);
  const auto real = files.Follow(target);
  if (!real || *real == target) return std::nullopt;
  // The executor follows the longest path that is there.
  for (size_t end = target.size(); end != 0 && end != target.npos;
       end = target.rfind('/', end - 1)) {
    const std::string path = target.substr(0, end);
    const auto at = files.FollowFolders(path);
    if (!at) return std::nullopt;
    if (files.Lookup(*at).kind != StageFile::kEntry) continue;
    const std::string followed = *files.Follow(path);
    return followed == "/" || files.Lookup(followed).kind == StageFile::kEntry
               ? std::nullopt
               : real;
  }
  return std::nullopt;
}

}  // namespace ovenbird::rewrite
