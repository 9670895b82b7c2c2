#include "runtime/rewrite/new_folders.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/context/owner.h"
#include "runtime/rewrite/chown.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/empty_folder.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;

constexpr uint16_t kSetgid = 02000;
// The folders on the way to a path that are missing, and the one above them.
struct Missing {
  std::vector<std::string> folders;
  ImageFile parent;

  bool HasSetgid() const { return (parent.mode & kSetgid) != 0; }
};

// nullopt: unknown.
std::optional<Missing> FindMissing(const Site& site, const std::string& path) {
  const StageFiles files(site);
  Missing missing;
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string folder = path.substr(0, end);
    const auto real = files.Follow(folder);
    const StageFile there = real ? files.Lookup(*real) : StageFile();
    if (there.kind == StageFile::kAbsent) {
      missing.folders.push_back(folder);
    } else if (there.Is(ImageFile::kFolder)) {
      missing.parent = there.entry;
    } else {
      return std::nullopt;
    }
    if (end == path.npos) return missing;
  }
}

// Folders that the executor's image has, or that its earlier stages leave
// behind; /tmp has a mode of its own.
bool IsExecutors(absl::string_view path) {
  return path == "/tmp" || path == "/etc" || path == "/workspace";
}

// Whether the instruction gives its new folders an owner and a mode, or makes
// nothing but the folder.
bool NeedsFolder(const Instruction& instruction, absl::string_view path) {
  return path == "/tmp" || instruction.keyword == "WORKDIR" ||
         instruction.FindFlag("chown") != nullptr ||
         instruction.FindFlag("chmod") != nullptr;
}

// Whether the last word is certainly a folder: by its form, or because it gets
// the content of one.
bool IsCertainFolder(const Site& site, const Instruction& copy) {
  if (HasSlash(copy.words.back().text) || copy.words.size() > 2) return true;
  if (copy.FindFlag("from") != nullptr || !copy.heredocs.empty() ||
      site.request.listing == nullptr) {
    return false;
  }
  const auto source = KnownValue(site.before.scope, copy.words[0].text);
  const ContextTree tree(site.request.listing);
  const auto found = source ? tree.Follow(CleanSource(*source)) : std::nullopt;
  return found && tree.IsFolder(found->entry);
}

// The folder that the instruction needs; "": unknown, or none is created.
std::string FolderNeeded(const Site& site, const Instruction& instruction) {
  const bool is_workdir = instruction.keyword == "WORKDIR";
  if (!is_workdir && (instruction.words.size() < 2 ||
                      instruction.FindFlag("link") != nullptr)) {
    return "";
  }
  const auto path = site.before.PathOf(
      is_workdir ? instruction.text : instruction.words.back().text);
  if (!path || *path == "/") return "";
  return is_workdir || IsCertainFolder(site, instruction)
             ? *path
             : path->substr(0, path->rfind('/'));
}

// USER at WORKDIR, or --chown; nullopt: unknown.
std::optional<context::Owner> OwnerOfNew(const Site& site,
                                         const Instruction& instruction,
                                         uint32_t group) {
  std::optional<std::string> owner = "";
  if (instruction.keyword == "WORKDIR") {
    if (site.before.user || !site.before.from_scratch) owner = site.User();
    if (owner && IsRootName(*owner)) owner = "";
  } else if (const Flag* chown = instruction.FindFlag("chown")) {
    owner = KnownValue(site.before.scope, chown->value.value_or(""));
  }
  if (!owner) return std::nullopt;
  if (owner->empty()) return context::Owner{0, group};
  const auto numbers = NumbersOf(site, *owner);
  return numbers ? NumericOwner(*numbers) : std::nullopt;
}

uint16_t ModeOfNew(const Site& site, const Instruction& instruction) {
  const Flag* chmod = instruction.FindFlag("chmod");
  if (chmod == nullptr) return kUsualMode;
  const auto text = KnownValue(site.before.scope, chmod->value.value_or(""));
  return OctalMode(text.value_or("")).value_or(kUsualMode);
}

}  // namespace

std::optional<ImageFile> OddNewFolder(const Site& site,
                                      const std::string& path) {
  const auto missing = FindMissing(site, path);
  if (!missing || missing->folders.empty() ||
      !(missing->HasSetgid() || IsExecutors(path))) {
    return std::nullopt;
  }
  ImageFile folder;
  folder.type = ImageFile::kFolder;
  folder.mode = kUsualMode;
  if (missing->HasSetgid()) {
    folder.mode |= kSetgid;
    folder.group = missing->parent.group;
  }
  return folder;
}

void KeepNewFolders(const Site& site, Draft& draft) {
  const Instruction& original = draft.original();
  const std::string needed = FolderNeeded(site, original);
  auto missing = needed.empty() ? std::nullopt : FindMissing(site, needed);
  if (!missing) return;
  std::vector<std::string> odd;
  for (std::string& folder : missing->folders) {
    if (missing->HasSetgid() ||
        (IsExecutors(folder) && NeedsFolder(original, folder))) {
      odd.push_back(std::move(folder));
    }
  }
  if (odd.empty()) return;
  const bool setgid = missing->HasSetgid();
  const auto owner =
      OwnerOfNew(site, original, setgid ? missing->parent.group : 0);
  if (!owner || site.request.listing == nullptr) {
    site.Report(original.text_span,
                absl::StrCat("gives the new folder `", odd[0],
                             "` another owner or mode"),
                "create it in a RUN before");
    return;
  }
  const auto mode =
      static_cast<uint16_t>(ModeOfNew(site, original) | (setgid ? kSetgid : 0));
  for (const std::string& folder : odd) {
    Instruction copy = MakeInstruction("COPY", "");
    copy.words = {EmptyFolder(mode, *owner, draft), SourceWord(folder + "/")};
    copy.exec_form = NeedsJson(folder);
    draft.instructions.push_back(std::move(copy));
  }
  draft.Because(
      setgid ? "kaniko takes the setgid bit from new folders"
             : absl::StrCat("kaniko has a folder `", odd[0], "` of its own"));
}

}  // namespace ovenbird::rewrite
