#include "runtime/rewrite/add.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/sha256.h"
#include "runtime/base/source_file.h"
#include "runtime/context/archive.h"
#include "runtime/context/door.h"
#include "runtime/rewrite/chown.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/obstacles.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using context::ArchiveFile;
using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Word;

// A repacked archive is held in memory.
constexpr uint64_t kMaxRepacked = uint64_t{256} << 20;

// Of our own folder: it holds an empty file.
constexpr absl::string_view kEmptyFolder = "empty";

// A file, folder or symlink that a source names.
struct Item {
  std::string path;
  std::string file;  // in the listing, followed
  ArchiveFile archive;
  Span span;
};

class AddWriter {
 public:
  AddWriter(const Site& site, const Instruction& add, Draft& draft)
      : site_(site), add_(add), draft_(draft) {}

  std::vector<Instruction> Run() {
    sent_ = add_;
    if (!TakeUnpack()) return {add_};
    if (sent_.keyword == "COPY") return {sent_};
    const bool is_known = site_.request.listing != nullptr && Read();
    if (!is_known || HoldsArchive()) WriteOutTarget();
    if (!is_known) return {sent_};
    const bool as_written =
        std::all_of(items_.begin(), items_.end(), [this](const Item& item) {
          return item.archive.kind == ArchiveFile::kNone || !IsHard(item);
        });
    std::vector<Instruction> sent = ReplaceLinks();
    if (as_written) {
      sent.push_back(sent_);
      return sent;
    }
    for (const Item& item : items_) {
      for (Instruction& one : Write(item)) sent.push_back(std::move(one));
    }
    return sent;
  }

 private:
  bool HoldsArchive() const {
    return std::any_of(items_.begin(), items_.end(), [](const Item& item) {
      return item.archive.kind == ArchiveFile::kTar;
    });
  }

  // In an image without WORKDIR, the executor unpacks archives and saves
  // downloads in the folder of its own process.
  void WriteOutTarget() {
    const std::string& text = sent_.words.back().text;
    const auto target = site_.before.PathOf(text);
    const auto known = KnownValue(site_.before.scope, text);
    if (!target || !known || site_.before.folder != "/" ||
        absl::StartsWith(*known, "/")) {
      return;
    }
    sent_.words.back() = SourceWord(
        absl::StrCat(*target, HasSlash(*known) && *target != "/" ? "/" : ""));
    sent_.exec_form = sent_.exec_form || NeedsJson(*target);
    draft_.Because(
        "without a WORKDIR, kaniko puts an archive or a download into a folder "
        "of its own");
  }

  // A folder of an archive takes the place of a symlink.
  std::vector<Instruction> ReplaceLinks() {
    const StageFiles files(site_);
    const auto target = site_.before.PathOf(add_.words.back().text);
    const auto real = target ? files.Follow(*target) : std::nullopt;
    if (!real) return {};
    std::vector<std::string> links;
    Span span;
    for (const Item& item : items_) {
      for (const std::string& folder : item.archive.folders) {
        std::string path = absl::StrCat(*real == "/" ? "" : *real, "/", folder);
        if (files.Lookup(path).Is(ImageFile::kSymlink)) {
          links.push_back(std::move(path));
          span = item.span;
        }
      }
    }
    if (links.empty()) return {};
    if (!site_.Can(Capability::kFolderOverFile)) {
      site_.Report(span,
                   absl::StrCat("follows the symlink `", links[0],
                                "`, which the archive replaces with a folder"),
                   "remove the symlink in a RUN before");
      return {};
    }
    draft_.Because(
        absl::StrCat("kaniko would unpack through `", links[0], "`"));
    return ReplaceByEmptyFiles(links, draft_);
  }

  // --unpack. False: it cannot be done.
  bool TakeUnpack() {
    const Flag* flag = add_.FindFlag("unpack");
    if (flag == nullptr || site_.Can(dockerfile::Capability::kAddUnpack)) {
      return true;
    }
    const bool unpack = !flag->value.has_value() ||
                        !absl::EqualsIgnoreCase(*flag->value, "false");
    bool remote = false;
    for (size_t i = 0; i + 1 < add_.words.size(); ++i) {
      const auto text = KnownValue(site_.before.scope, add_.words[i].text);
      remote = remote || (text && IsRemote(*text));
    }
    if (remote && unpack) {
      site_.Report(flag->span, "does not unpack downloads",
                   "unpack it in a RUN, for example with `tar -x`");
      return false;
    }
    sent_.flags.erase(
        std::remove_if(sent_.flags.begin(), sent_.flags.end(),
                       [](const Flag& one) { return one.name == "unpack"; }),
        sent_.flags.end());
    if (!unpack && !remote) sent_.keyword = "COPY";
    draft_.Because("the executor has no --unpack");
    return true;
  }

  // False: not all of it is known, or nothing is local.
  bool Read() {
    const ContextTree tree(site_.request.listing);
    for (size_t i = 0; i + 1 < sent_.words.size(); ++i) {
      const auto text = KnownValue(site_.before.scope, sent_.words[i].text);
      if (!text || IsRemote(*text)) return false;
      const std::string path = CleanSource(*text);
      std::vector<std::string> paths = {path};
      if (HasWildcard(path)) paths = tree.Expand(path);
      for (const std::string& one : paths) {
        const auto found = tree.Follow(one);
        if (!found) return false;
        Item item{one, tree.Path(found->entry), {}, sent_.words[i].span};
        if (!tree.IsFolder(found->entry)) {
          auto archive = context::ProbeArchive(OnDisk(item.file));
          // Reported when it is sent.
          if (!archive.ok()) return false;
          item.archive = *archive;
        }
        items_.push_back(std::move(item));
      }
    }
    return true;
  }

  std::string OnDisk(absl::string_view file) const {
    return absl::StrCat(site_.request.listing->root(), "/", file);
  }

  bool IsHard(const Item& item) const {
    return item.archive.kind == ArchiveFile::kPacked ||
           (item.archive.kind == ArchiveFile::kTar &&
            (item.archive.rare_compression ||
             add_.FindFlag("chown") != nullptr || ChangesFolders(item) ||
             HasRefusedChmod() || !item.archive.special.empty() ||
             !item.archive.owned_link.empty()));
  }

  // What is unpacked keeps its modes: an executor that refuses the flag, or its
  // value, can do without it.
  bool HasRefusedChmod() const {
    const Flag* chmod = add_.FindFlag("chmod");
    if (chmod == nullptr) return false;
    if (!site_.Can(Capability::kCopyChmod)) return true;
    const auto text = KnownValue(site_.before.scope, chmod->value.value_or(""));
    return !site_.Can(Capability::kCopyChmodWords) && text &&
           ApplyModeWords(*text, 0, /*folder=*/false).has_value();
  }

  // Kaniko gives folders that are there, or are made, other modes and owners.
  bool ChangesFolders(const Item& item) const {
    return item.archive.needs_repack ||
           (item.archive.plain_top && !TargetIsPlain());
  }

  // The target is new, or probably a folder of root with mode 0755.
  bool TargetIsPlain() const {
    const auto target = KnownValue(site_.before.scope, add_.words.back().text);
    if (!target) return false;
    const std::string path = CleanPath(absl::StrCat("/", *target));
    return path != "/tmp" && path != "/var/tmp" && path != "/root";
  }

  // Reports what no archive makes the executor do.
  void ReportEntries(const Item& item, std::optional<context::Owner> owner) {
    if (const std::string& special = item.archive.special; !special.empty()) {
      site_.Report(
          item.span,
          absl::StrCat("omits `", special, "`, a named pipe or a device"),
          "create it when the container starts");
    }
    const bool roots = owner && owner->user == 0 && owner->group == 0;
    const std::string& link =
        owner ? item.archive.link : item.archive.owned_link;
    if (!link.empty() && !roots) {
      site_.Report(
          item.span,
          absl::StrCat("makes root the owner of the symlink `", link, "`"),
          "add `RUN chown -h` for it after the ADD");
    }
  }

  std::vector<Instruction> Write(const Item& item) {
    Instruction one = sent_;
    one.words = {{EscapeWord(item.path.empty() ? "." : item.path, '\\'), {}},
                 sent_.words.back()};
    one.exec_form = one.exec_form || NeedsJson(item.path);
    if (item.archive.kind != ArchiveFile::kTar) {
      if (item.archive.kind == ArchiveFile::kPacked) {
        one.keyword = "COPY";
        draft_.Because("kaniko treats a compressed file as an archive");
      }
      return {one};
    }
    if (HasRefusedChmod()) {
      DropFlag("chmod", one);
      draft_.Because(site_.Can(Capability::kCopyChmod)
                         ? "--chmod accepts only octal digits"
                         : "the executor has no --chmod");
    }
    const Instruction copy = one;
    const std::optional<context::Owner> owner = Repack(item, one);
    if (!owner) return {one};
    if (!site_.Can(Capability::kCopyChownNumber)) {
      std::vector<Instruction> sent = MakesOwnedTarget(*owner);
      sent.push_back(one);
      return sent;
    }
    if (item.archive.file.empty()) {
      site_.Report(add_.FindFlag("chown")->span,
                   "does not apply it to a target folder that it creates",
                   "create the folder in a RUN before");
      return {one};
    }
    return {MakesTarget(item, copy), one};
  }

  static void DropFlag(absl::string_view name, Instruction& instruction) {
    std::vector<Flag>& flags = instruction.flags;
    flags.erase(
        std::remove_if(flags.begin(), flags.end(),
                       [&](const Flag& flag) { return flag.name == name; }),
        flags.end());
  }

  // The same for executors without --chown by number: copies the folders that
  // are missing. None: the target is there, or it is not known whether it is.
  std::vector<Instruction> MakesOwnedTarget(context::Owner owner) {
    const auto target = site_.before.PathOf(add_.words.back().text);
    const auto parent = target ? LastThere(site_, *target) : std::nullopt;
    if (!parent) {
      site_.Report(add_.FindFlag("chown")->span,
                   "does not apply it to a target folder that it creates",
                   "create the folder in a RUN before");
      return {};
    }
    if (parent->size() >= target->size()) return {};
    const std::string below = target->substr(parent->size());
    const std::string folder = absl::StrCat(
        context::kOwnFolder, "/",
        ToHex(Sha256Of(absl::StrCat(below, "\n", owner.user, ":", owner.group)))
            .substr(0, 12));
    draft_.content_only.push_back(folder);
    for (size_t end = 0; end != below.npos;) {
      end = below.find('/', end + 1);
      context::MemoryFile made;
      made.path = absl::StrCat(folder, "/", below.substr(0, end));
      made.folder = true;
      made.owner = owner;
      draft_.files.push_back(std::move(made));
    }
    Instruction copy = MakeInstruction("COPY", "");
    copy.words = {DoorWord(folder, "/"), SourceWord(*parent)};
    return {copy};
  }

  // A new target belongs to --chown's owner: the executor makes it so for a
  // file, which the archive replaces.
  Instruction MakesTarget(const Item& item, Instruction copy) {
    const std::string path =
        absl::StrCat(context::kOwnFolder, "/", kEmptyFolder, "/empty");
    context::MemoryFile file;
    file.path = path;
    draft_.files.push_back(std::move(file));
    draft_.content_only.push_back(
        absl::StrCat(context::kOwnFolder, "/", kEmptyFolder));
    copy.keyword = "COPY";
    std::string target = copy.words[1].text;
    if (!absl::EndsWith(target, "/")) target += '/';
    copy.words = {DoorWord(path, ""),
                  {target + EscapeWord(item.archive.file, '\\'), {}}};
    copy.exec_form = copy.exec_form || NeedsJson(item.archive.file);
    return copy;
  }

  // Returns the owner that the archive has got.
  std::optional<context::Owner> Repack(const Item& item, Instruction& one) {
    std::optional<context::Owner> owner;
    const Flag* chown = add_.FindFlag("chown");
    if (chown != nullptr) {
      const auto text =
          KnownValue(site_.before.scope, chown->value.value_or(""));
      if (text) owner = NumericOwner(NumbersOf(site_, *text).value_or(*text));
      if (!owner) {
        site_.Report(chown->span,
                     "does not apply it to the files that ADD unpacks",
                     "use numbers, such as `--chown=1000:1000`");
      }
    }
    if (chown == nullptr || owner) ReportEntries(item, owner);
    if (!owner && !item.archive.rare_compression && !ChangesFolders(item)) {
      return std::nullopt;
    }
    auto tar = context::RepackArchive(OnDisk(item.file), owner, kMaxRepacked);
    if (!tar.ok()) {
      site_.Report(one.text_span,
                   absl::StrCat("does not unpack `", item.path, "`"),
                   "pack it as a tar, or as a tar with gzip");
      return std::nullopt;
    }
    if (owner && !site_.Can(Capability::kCopyChownNumber)) {
      DropFlag("chown", one);
    }
    draft_.Because(owner ? "ADD --chown applies to the files in an archive, too"
                   : item.archive.rare_compression
                       ? "kaniko unpacks gzip and bzip2 only"
                       : "kaniko gives a target that is new or in the archive "
                         "the mode and owner of a folder in the archive");
    const std::string folder = absl::StrCat(
        context::kOwnFolder, "/", ToHex(Sha256Of(*tar)).substr(0, 12));
    draft_.content_only.push_back(folder);
    one.words[0].text = absl::StrCat(context::ThroughDoorOf(folder), "/",
                                     folder, "/archive.tar");
    context::MemoryFile file;
    file.path = absl::StrCat(folder, "/archive.tar");
    file.content = *std::move(tar);
    draft_.files.push_back(std::move(file));
    return owner;
  }

  const Site& site_;
  const Instruction& add_;
  Draft& draft_;
  Instruction sent_;
  std::vector<Item> items_;
};

// One instruction for each source of an ADD that downloads: where the target is
// no folder, each of them becomes the target.
std::vector<Instruction> OneByOne(const Site& site, const Instruction& add,
                                  Draft& draft) {
  const size_t sources = add.words.size() - 1;
  const auto is_remote = [&](const Word& word) {
    const auto text = KnownValue(site.before.scope, word.text);
    return text && IsRemote(*text);
  };
  const auto target = KnownValue(site.before.scope, add.words.back().text);
  if (sources < 2 || !target || HasSlash(*target) ||
      std::none_of(add.words.begin(), add.words.end() - 1, is_remote)) {
    return {add};
  }
  draft.Because("kaniko needs a slash after the target of several sources");
  std::vector<Instruction> sent(sources, add);
  for (size_t i = 0; i < sources; ++i) {
    sent[i].words = {add.words[i], add.words.back()};
  }
  return sent;
}

}  // namespace

void RewriteAdd(const Site& site, Draft& draft) {
  std::vector<Instruction> sent;
  for (const Instruction& instruction : draft.instructions) {
    if (instruction.keyword != "ADD" || instruction.words.size() < 2 ||
        !instruction.heredocs.empty()) {
      sent.push_back(instruction);
      continue;
    }
    for (const Instruction& part : OneByOne(site, instruction, draft)) {
      for (Instruction& one : AddWriter(site, part, draft).Run()) {
        sent.push_back(std::move(one));
      }
    }
  }
  draft.instructions = std::move(sent);
}

}  // namespace ovenbird::rewrite
