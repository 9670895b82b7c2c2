#include "runtime/rewrite/from_target.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "runtime/base/format_text.h"
#include "runtime/rewrite/empty_folder.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/new_folders.h"
#include "runtime/rewrite/obstacles.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;

class TargetKeeper {
 public:
  TargetKeeper(const Site& site, const FromSources& sources, Draft& draft)
      : site_(site),
        sources_(sources),
        draft_(draft),
        copy_(draft.original()),
        path_(site.before.PathOf(copy_.words.back().text)),
        into_folder_(copy_.words.size() > 2 ||
                     HasSlash(copy_.words.back().text)) {}

  void Run() {
    if (!path_) return;
    const StageFiles files(site_);
    const auto real = files.Follow(*path_);
    if (IsLinked(copy_)) {
      // It is created again, like the folders above it.
      there_.kind = StageFile::kAbsent;
      KeepLinkedParents(files);
    } else if (*path_ == "/") {
      there_.kind = StageFile::kEntry;
      there_.entry.type = ImageFile::kFolder;
      there_.entry.mode = kUsualMode;
    } else if (real) {
      there_ = files.Lookup(*real);
      if (there_.only_from_run && there_.kind == StageFile::kUnknown) {
        there_.kind = StageFile::kAbsent;
      }
    }
    if (!sources_.all_files &&
        (sources_.may_have_folder || !sources_.folder.empty() ||
         (sources_.may_be_folder && MayChange()))) {
      KeepFolder();
    }
    // Old executors make root the owner of every file.
    const bool keeps_owners = site_.Can(dockerfile::Capability::kCopyFromOwner);
    if (keeps_owners ||
        (!sources_.folder.empty() && copy_.FindFlag("chown") == nullptr)) {
      MakeParents();
    }
  }

 private:
  void KeepLinkedParents(const StageFiles& files);
  std::optional<uint16_t> Chmod() const;
  bool MayChange() const;
  std::optional<ImageFile> Wanted() const;
  Instruction CopyOfFolder(const std::string& path, const ImageFile& folder);
  bool KeepByCommand(const ImageFile& folder);
  void KeepFolder();
  bool HasFlagForFolders() const;
  std::string CommandFor(const std::vector<std::string>& missing) const;
  std::vector<Instruction> CopiesOf(const std::vector<std::string>& missing,
                                    bool flags);
  void MakeParents();
  bool MakeByWorkdir(const std::string& path);

  const Site& site_;
  const FromSources& sources_;
  Draft& draft_;
  const Instruction& copy_;
  const std::optional<std::string> path_;
  const bool into_folder_;
  // At the target before the COPY.
  StageFile there_;
};

// --link gives the folders of the target's path the usual owner and mode.
void TargetKeeper::KeepLinkedParents(const StageFiles& files) {
  if (site_.request.listing == nullptr || *path_ == "/") return;
  const size_t size = into_folder_ ? path_->size() : path_->rfind('/');
  ImageFile usual;
  usual.mode = kUsualMode;
  for (size_t end = path_->find('/', 1); end <= size && end != path_->npos;
       end = path_->find('/', end + 1)) {
    const std::string folder = path_->substr(0, end);
    const auto real = files.Follow(folder);
    const StageFile there = real ? files.Lookup(*real) : StageFile();
    if (!there.Is(ImageFile::kFolder) || there.IsUsualFolder()) continue;
    draft_.instructions.push_back(CopyOfFolder(folder, usual));
    draft_.Because("--link creates the folders of the target again");
  }
}

// The value of --chmod; nullopt: none, or not in octal.
std::optional<uint16_t> TargetKeeper::Chmod() const {
  const Flag* chmod = copy_.FindFlag("chmod");
  if (chmod == nullptr) return std::nullopt;
  return OctalMode(
      KnownValue(site_.before.scope, chmod->value.value_or("")).value_or(""));
}

// Whether a usual folder, with the flags, changes the owner or mode of a target
// that is there.
bool TargetKeeper::MayChange() const {
  if (there_.kind == StageFile::kAbsent) {
    return !into_folder_ && OddNewFolder(site_, *path_).has_value();
  }
  if (!there_.Is(ImageFile::kFolder) || there_.entry.mode == 0) return false;
  if (!there_.IsUsualFolder() || Chmod().value_or(kUsualMode) != kUsualMode) {
    return true;
  }
  const Flag* chown = copy_.FindFlag("chown");
  return chown != nullptr &&
         !IsRoot(KnownValue(site_.before.scope, chown->value.value_or(""))
                     .value_or(""));
}

// The target folder as BuildKit leaves it; nullopt: unknown.
std::optional<ImageFile> TargetKeeper::Wanted() const {
  ImageFile folder;
  folder.type = ImageFile::kFolder;
  folder.mode = kUsualMode;
  if (there_.Is(ImageFile::kFolder)) {
    if (there_.entry.mode == 0) return std::nullopt;
    return there_.entry;
  }
  if (there_.kind != StageFile::kAbsent) return std::nullopt;
  if (!into_folder_) {
    if (const auto odd = OddNewFolder(site_, *path_)) {
      folder = *odd;
    }
  }
  if (copy_.FindFlag("chmod") == nullptr) return folder;
  const auto mode = Chmod();
  if (!mode) return std::nullopt;
  folder.mode = static_cast<uint16_t>(*mode | (folder.mode & ~kUsualMode));
  return folder;
}

// COPY of an empty folder of the context: the executor gives the target its
// owner and mode.
Instruction TargetKeeper::CopyOfFolder(const std::string& path,
                                       const ImageFile& folder) {
  Instruction copy = MakeInstruction("COPY", "");
  copy.words = {EmptyFolder(folder.mode, {folder.user, folder.group}, draft_),
                SourceWord(path == "/" ? path : path + "/")};
  copy.exec_form = NeedsJson(path);
  return copy;
}

// The source may be a file: then nothing changes.
bool TargetKeeper::KeepByCommand(const ImageFile& folder) {
  if (!IsPlainPath(*path_) || !CanSetAsRoot(site_, {"chmod", "chown"})) {
    return false;
  }
  draft_.instructions.push_back(MakeInstruction(
      "RUN", FormatText("[ ! -d %1$s ] || { chown %2$d:%3$d %1$s && "
                        "chmod %4$o %1$s%5$s; }",
                        *path_, folder.user, folder.group, folder.mode,
                        TouchForTimeMode(site_, "", {*path_}))));
  draft_.Because(
      "COPY --from gives the target the owner and mode of the source");
  return true;
}

void TargetKeeper::KeepFolder() {
  const bool is_folder =
      into_folder_ || sources_.all_folders || there_.Is(ImageFile::kFolder);
  const auto wanted = Wanted();
  const bool keeps_owner =
      wanted && (site_.Can(dockerfile::Capability::kCopyFromOwner) ||
                 (wanted->user == 0 && wanted->group == 0));
  if (keeps_owner && is_folder && site_.request.listing != nullptr) {
    draft_.instructions.push_back(CopyOfFolder(*path_, *wanted));
    const Flag* chown = copy_.FindFlag("chown");
    if (chown != nullptr && there_.kind == StageFile::kAbsent) {
      draft_.instructions.back().flags.push_back(*chown);
    }
    draft_.Because(
        "COPY --from gives the target the owner and mode of the source");
  } else if (wanted && KeepByCommand(*wanted)) {
  } else if (!sources_.folder.empty()) {
    site_.Report(sources_.folder_span,
                 absl::StrCat("gives the target the owner and mode of `",
                              sources_.folder, "`"),
                 "set them in a RUN after this COPY");
  } else if (sources_.all_folders && MayChange()) {
    site_.Report(copy_.words.back().span,
                 absl::StrCat("changes the owner and mode of the existing "
                              "folder `",
                              *path_, "`"),
                 "correct them in a RUN after this COPY");
  }
}

// WORKDIR creates a folder if it is missing.
bool TargetKeeper::MakeByWorkdir(const std::string& path) {
  const auto user = site_.before.user || !site_.before.from_scratch
                        ? site_.User()
                        : std::optional<std::string>("");
  if (!user || !site_.before.folder) return false;
  const char escape = site_.request.dockerfile->escape;
  std::vector<Instruction> made = {
      MakeInstruction("WORKDIR", EscapeWord(path, escape)),
      MakeInstruction("WORKDIR", EscapeWord(*site_.before.folder, escape))};
  if (!IsRoot(*user)) {
    made.insert(made.begin(), MakeInstruction("USER", "0"));
    made.push_back(MakeInstruction("USER", EscapeWord(*user, escape)));
  }
  draft_.instructions.insert(draft_.instructions.begin(), made.begin(),
                             made.end());
  return true;
}

// Whether BuildKit gives new folders another owner or mode because of a flag.
bool TargetKeeper::HasFlagForFolders() const {
  const Flag* chown = copy_.FindFlag("chown");
  const std::string owner =
      chown == nullptr
          ? ""
          : KnownValue(site_.before.scope, chown->value.value_or(""))
                .value_or("");
  return (!sources_.all_files && !IsRoot(owner)) ||
         Chmod().value_or(kUsualMode) != kUsualMode;
}

// Commands of a RUN that create the folders as BuildKit does; "": impossible.
std::string TargetKeeper::CommandFor(
    const std::vector<std::string>& missing) const {
  std::string then;
  if (const Flag* chmod = copy_.FindFlag("chmod")) {
    const auto mode = KnownValue(site_.before.scope, chmod->value.value_or(""));
    if (!mode || !IsPlainPath(*mode)) return "";
    then = absl::StrCat(" && chmod ", *mode, " $1");
  }
  if (const Flag* chown = copy_.FindFlag("chown")) {
    const auto text = KnownValue(site_.before.scope, chown->value.value_or(""));
    const std::string owner = text ? OwnerForChown(site_, *text) : " ";
    if (!IsPlainPath(owner)) return "";
    then = absl::StrCat(" && chown ", owner, " $1", then);
  }
  std::vector<std::string> commands;
  for (const std::string& path : missing) {
    if (!IsPlainPath(path)) return "";
    commands.push_back(absl::StrReplaceAll(
        absl::StrCat("{ [ -e $1 ] || { mkdir $1", then, "; }; }"),
        {{"$1", path}}));
  }
  return absl::StrJoin(commands, " && ");
}

// The COPY makes these folders: with a flag, each has its own instruction.
std::vector<Instruction> TargetKeeper::CopiesOf(
    const std::vector<std::string>& missing, bool flags) {
  std::vector<Instruction> copies;
  ImageFile folder;
  folder.mode = kUsualMode;
  for (const std::string& path : missing) {
    if (!flags && path != missing.back()) continue;
    Instruction& copy = copies.emplace_back(CopyOfFolder(path, folder));
    for (const Flag& flag : copy_.flags) {
      if (flag.name == "chown" || flag.name == "chmod") {
        copy.flags.push_back(flag);
      }
    }
  }
  return copies;
}

void TargetKeeper::MakeParents() {
  const bool flags = HasFlagForFolders();
  // New folders above a folder get its mode.
  const bool owned = copy_.FindFlag("chown") == nullptr &&
                     (sources_.may_have_file || sources_.may_have_folder ||
                      !sources_.file.empty() || !sources_.folder.empty());
  if (!flags && !owned) return;
  const std::string needed =
      into_folder_ ? *path_ : path_->substr(0, path_->rfind('/'));
  if (needed.empty() || IsThere(site_, needed) == true) return;
  std::vector<std::string> missing;
  bool known = site_.request.listing != nullptr;
  for (size_t end = needed.find('/', 1);; end = needed.find('/', end + 1)) {
    const std::string path = needed.substr(0, end);
    const auto exists = IsThere(site_, path);
    known = known && exists.has_value();
    if (exists != true) missing.push_back(path);
    if (end == needed.npos) break;
  }
  std::vector<Instruction> before;
  if (known) {
    before = CopiesOf(missing, flags);
  } else if (!flags && MakeByWorkdir(needed)) {
  } else if (CanRunAsRoot(site_, {"chmod", "chown", "mkdir"}) &&
             !CommandFor(missing).empty()) {
    before = {MakeInstruction("RUN", CommandFor(missing))};
  } else {
    return;
  }
  draft_.instructions.insert(draft_.instructions.begin(), before.begin(),
                             before.end());
  draft_.Because(flags ? "--chown and --chmod apply to the new folders, too"
                       : "COPY --from gives a new folder the owner of the "
                         "file");
}

}  // namespace

void KeepTarget(const Site& site, const FromSources& sources, Draft& draft) {
  TargetKeeper(site, sources, draft).Run();
}

}  // namespace ovenbird::rewrite
