#include "runtime/rewrite/from_image.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/from_obstacles.h"
#include "runtime/rewrite/from_target.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/obstacles.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Word;

constexpr uint16_t kSetuidOrSetgid = 06000;
bool IsRoots(const ImageFile& file) {
  return file.user == 0 && file.group == 0;
}

bool NamesFolder(absl::string_view target) {
  return absl::EndsWith(target, "/") || target == "." || target == ".." ||
         absl::EndsWith(target, "/.") || absl::EndsWith(target, "/..");
}

// One thing that a source takes.
struct Item {
  // What BuildKit copies: no symlink, reached by way of none.
  std::string path;
  // Its name below the target, where that is a folder.
  std::string name;
  bool is_folder = false;
};

class ImageWriter {
 public:
  ImageWriter(const Site& site, const std::string& image, const BaseImage& base,
              Draft& draft)
      : site_(site),
        image_(image),
        base_(base),
        files_(*base.files),
        draft_(draft),
        copy_(draft.instructions[0]) {}

  void Run() {
    for (size_t i = 0; i + 1 < copy_.words.size(); ++i) {
      if (!AddItems(copy_.words[i])) return;
    }
    const Word target = copy_.words.back();
    into_ = NamesFolder(target.text) || copy_.words.size() > 2 ||
            IsFolderOfBase(target.text);
    for (const Item& item : items_) ReportLost(item);
    const bool deleted = std::any_of(
        items_.begin(), items_.end(),
        [this](const Item& item) { return !DeletedIn(item.path).empty(); });
    std::string from;
    if (deleted) from = OwnStage();
    if (!from.empty()) {
      for (Flag& flag : copy_.flags) {
        if (flag.name == "from") flag.value = from;
      }
      draft_.Because("COPY --from restores files that the image has deleted");
    }
    if (followed_) {
      draft_.Because("COPY --from copies the target of a symlink");
      draft_.instructions = OneByOne();
    } else {
      draft_.instructions = {copy_};
    }
    if (!from.empty()) KeepSetuid();
    KeepTarget(site_, Sources(), draft_);
    ReplaceLinks();
  }

 private:
  bool AddItems(const Word& word);
  std::vector<std::string> Matches(const std::string& source) const;
  bool IsFolderOfBase(const std::string& target) const;
  std::vector<std::string> DeletedIn(const std::string& path) const;
  std::string OwnStage();
  void ReportLost(const Item& item) const;
  std::vector<Instruction> OneByOne() const;
  Instruction CopyOf(const std::string& path, const std::string& target) const;
  std::string TargetPath(absl::string_view below) const;
  void KeepSetuid();
  FromSources Sources() const;
  void ReplaceLinks();

  template <typename Do>
  void ForEachIn(const std::string& path, const Do& take) const {
    if (const ImageFile* file = files_.Find(path)) take(path, *file);
    const std::string begin = path == "/" ? "/" : absl::StrCat(path, "/");
    for (auto at = files_.entries.lower_bound(begin);
         at != files_.entries.end() && absl::StartsWith(at->first, begin);
         ++at) {
      take(at->first, at->second);
    }
  }
  bool HasFlag(absl::string_view name) const {
    return copy_.FindFlag(name) != nullptr;
  }

  const Site& site_;
  const std::string& image_;
  const BaseImage& base_;
  const ImageFiles& files_;
  Draft& draft_;
  Instruction copy_;
  std::vector<Item> items_;
  bool followed_ = false;
  // The target is a folder that sources are put into by their names.
  bool into_ = false;
};

// Paths in the image, the symlinks before the first wildcard followed.
std::vector<std::string> ImageWriter::Matches(const std::string& source) const {
  if (!HasWildcard(source)) return {source};
  const size_t slash = source.rfind('/', source.find_first_of("*?["));
  const auto folder = files_.Resolve(source.substr(0, slash), true);
  if (!folder) return {};
  const std::string pattern =
      absl::StrCat(*folder == "/" ? "" : *folder, source.substr(slash));
  std::vector<std::string> matches;
  const std::string begin = absl::StrCat(*folder == "/" ? "" : *folder, "/");
  for (auto at = files_.entries.lower_bound(begin);
       at != files_.entries.end() && absl::StartsWith(at->first, begin); ++at) {
    if (Below(pattern, at->first) == "") matches.push_back(at->first);
  }
  return matches;
}

// False: it is not known what the source takes.
bool ImageWriter::AddItems(const Word& word) {
  const auto text = KnownValue(site_.before.scope, word.text);
  if (!text) return false;
  const std::string source = CleanPath(absl::StrCat("/", *text));
  const std::vector<std::string> matches = Matches(source);
  if (matches.empty()) return false;
  for (const std::string& match : matches) {
    const auto path = files_.Resolve(match, /*follow_last=*/true);
    if (!path) return false;
    const ImageFile* file = files_.Find(*path);
    if (file == nullptr && *path != "/" && DeletedIn(*path).empty()) {
      return false;
    }
    followed_ = followed_ || *path != match ||
                (HasWildcard(source) && Below(source, match) != "");
    items_.push_back({*path, std::string(BaseName(match)),
                      *path == "/" || (file != nullptr &&
                                       file->type == ImageFile::kFolder)});
  }
  return true;
}

bool ImageWriter::IsFolderOfBase(const std::string& target) const {
  const auto path = site_.before.PathOf(target);
  if (!followed_ || !path) return false;
  if (path == site_.before.folder) return true;
  const auto files = site_.BaseFiles();
  if (files == nullptr) return false;
  const auto resolved = files->Resolve(*path, /*follow_last=*/true);
  const ImageFile* file = resolved ? files->Find(*resolved) : nullptr;
  return file != nullptr && file->type == ImageFile::kFolder;
}

// What the executor would copy and BuildKit does not.
std::vector<std::string> ImageWriter::DeletedIn(const std::string& path) const {
  std::vector<std::string> found;
  for (const auto* paths : {&files_.deleted, &files_.hidden}) {
    for (const std::string& one : *paths) {
      if (Below(path, one)) found.push_back(one);
    }
  }
  return found;
}

// Returns the name of a stage of our own that starts from the image: there the
// executor deletes what the image's layers delete. "": reported.
std::string ImageWriter::OwnStage() {
  std::vector<std::string> opaque;
  for (const Item& item : items_) {
    for (const std::string& path : files_.hidden) {
      if (Below(item.path, path)) opaque.push_back(path);
    }
  }
  const auto has = [this](absl::string_view path) {
    const auto found = files_.Resolve(path, /*follow_last=*/true);
    return found && files_.Find(*found) != nullptr;
  };
  const bool odd =
      std::any_of(opaque.begin(), opaque.end(), [](const std::string& path) {
        return path.find_first_of(" \t\n\"'\\$`*?[&;|<>()#~") != path.npos;
      });
  if (!base_.onbuild.empty() || odd ||
      (!opaque.empty() && (!has("/bin/sh") || !has("/bin/rm")))) {
    site_.Report(copy_.words[0].span,
                 "restores files that the image has deleted",
                 "copy from a stage that starts from the image");
    return "";
  }
  std::string name = absl::StrCat("ovenbird-", site_.stage.index, "-",
                                  site_.earlier.own_stages.size());
  std::vector<Instruction> stage = {
      MakeInstruction("FROM", absl::StrCat(image_, " AS ", name))};
  if (!opaque.empty()) {
    stage.push_back(MakeInstruction("USER", "0"));
    stage.push_back(MakeInstruction(
        "RUN", absl::StrCat("rm -rf ", absl::StrJoin(opaque, " "))));
  }
  site_.earlier.own_stages.emplace_back(site_.stage.index, std::move(stage));
  return name;
}

void ImageWriter::ReportLost(const Item& item) const {
  if (item.is_folder && MissesItself(item.path)) {
    site_.Report(copy_.words[0].span,
                 absl::StrCat("finds no files in the folder `", item.path, "`"),
                 "copy a folder above it that has no `[` and no backslash in "
                 "its path");
    return;
  }
  const Word& word = copy_.words[0];
  std::string capable;
  std::map<std::string, std::string> names;
  std::string one, other;
  ForEachIn(item.path, [&](const std::string& path, const ImageFile& file) {
    if (file.has_capability && capable.empty()) capable = path;
    const std::string& first = file.hard_link.empty() ? path : file.hard_link;
    const auto [known, is_new] = names.emplace(first, path);
    if (!is_new && one.empty()) {
      one = known->second;
      other = path;
    }
  });
  // BuildKit loses them, too, when the owner changes.
  if (!capable.empty() && !HasFlag("chown")) {
    site_.Report(word.span,
                 absl::StrCat("loses the capabilities of `", capable, "`"),
                 "set them with setcap in a RUN after this COPY");
  }
  if (!one.empty()) {
    site_.Report(word.span,
                 absl::StrCat("copies the hard links `", one, "` and `", other,
                              "` as two files"),
                 "run ln after this COPY");
  }
}

Instruction ImageWriter::CopyOf(const std::string& path,
                                const std::string& target) const {
  Instruction one = copy_;
  one.words = {{copy_.exec_form ? path : EscapeWord(path, '\\'), {}},
               {target, {}}};
  one.exec_form = copy_.exec_form || NeedsJson(path);
  return one;
}

// Of the instruction's target as a folder.
std::string ImageWriter::TargetPath(absl::string_view below) const {
  std::string target = copy_.words.back().text;
  if (!absl::EndsWith(target, "/")) target += '/';
  return absl::StrCat(target, below);
}

// The names that symlinks have are those of the files in the image.
std::vector<Instruction> ImageWriter::OneByOne() const {
  std::vector<Instruction> sent;
  for (const Item& item : items_) {
    const bool renamed = !item.is_folder && item.name != BaseName(item.path);
    std::string target = copy_.words.back().text;
    if (into_ || items_.size() > 1) {
      target = TargetPath(renamed ? item.name : "");
    }
    sent.push_back(CopyOf(item.path, target));
  }
  return sent;
}

// Of a stage the executor loses them: these files come from the image.
void ImageWriter::KeepSetuid() {
  if (HasFlag("chmod") || site_.Can(Capability::kCopyFromSetuid)) {
    return;
  }
  for (const Item& item : items_) {
    if (!item.is_folder) continue;
    ForEachIn(item.path, [&](const std::string& path, const ImageFile& file) {
      if (file.type != ImageFile::kFile || (file.mode & kSetuidOrSetgid) == 0) {
        return;
      }
      const std::string below = Below(item.path, path).value_or("");
      Instruction again = CopyOf(path, TargetPath(below));
      for (Flag& flag : again.flags) {
        if (flag.name == "from") flag.value = image_;
      }
      draft_.instructions.push_back(std::move(again));
    });
  }
}

// Files replace symlinks of the target's image.
void ImageWriter::ReplaceLinks() {
  const auto target = site_.before.PathOf(copy_.words.back().text);
  if (!target || site_.request.listing == nullptr) return;
  const StageFiles files(site_);
  const auto real = files.Follow(*target);
  const bool is_folder =
      into_ || (real && files.Lookup(*real).Is(ImageFile::kFolder));
  std::vector<std::string> found;
  for (const Item& item : items_) {
    ForEachIn(item.path, [&](const std::string& path, const ImageFile& file) {
      if (file.type != ImageFile::kFile) return;
      const std::string name =
          item.is_folder ? Below(item.path, path).value_or("") : item.name;
      if (name.empty() || (!item.is_folder && !is_folder)) return;
      const auto obstacle = ObstacleAt(
          files, absl::StrCat(*target == "/" ? "" : *target, "/", name));
      if (obstacle) found.push_back(*obstacle);
    });
  }
  MakeWay(site_, found, draft_);
}

// Returns what the target may get the owner and mode of.
FromSources ImageWriter::Sources() const {
  FromSources sources;
  for (const Item& item : items_) {
    (item.is_folder ? sources.all_files : sources.all_folders) = false;
    sources.may_be_folder |= item.is_folder;
    const ImageFile* file = files_.Find(item.path);
    if (file == nullptr || MissesItself(item.path)) continue;
    if (item.is_folder) {
      if ((HasFlag("chown") || IsRoots(*file)) &&
          (HasFlag("chmod") || file->mode == kUsualMode)) {
        continue;
      }
      sources.folder = item.path;
      sources.folder_span = copy_.words[0].span;
    } else if (!IsRoots(*file)) {
      sources.file = item.path;
      sources.file_span = copy_.words[0].span;
    }
  }
  return sources;
}

}  // namespace

void RewriteCopyFromImage(const Site& site, const std::string& image,
                          Draft& draft) {
  const Instruction& copy = draft.original();
  if (site.request.base_image == nullptr || draft.instructions.size() != 1 ||
      copy.FindFlag("exclude") != nullptr ||
      copy.FindFlag("parents") != nullptr) {
    return;
  }
  const auto base = site.request.base_image(image, /*files=*/true);
  if (base == nullptr || base->files == nullptr) return;
  ImageWriter(site, image, *base, draft).Run();
}

}  // namespace ovenbird::rewrite
