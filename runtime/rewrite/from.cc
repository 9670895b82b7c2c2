#include "runtime/rewrite/from.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/format_text.h"
#include "runtime/diag/catalog.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/from_image.h"
#include "runtime/rewrite/from_owner.h"
#include "runtime/rewrite/from_remake.h"
#include "runtime/rewrite/from_target.h"
#include "runtime/rewrite/odd_folders.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/setgid.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stage_copies.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Verdict;
using dockerfile::Word;

// In the stage that is copied from.
constexpr absl::string_view kAside = "/.ovenbird-from/";
constexpr int kMostLinks = 40;

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == path.npos ? "" : path.substr(0, slash));
}

std::string BaseName(absl::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// A shell reads it as the executor does.
bool IsPlain(absl::string_view path, bool wildcards) {
  return std::all_of(path.begin(), path.end(), [&](char c) {
    return c == '*' || c == '?'
               ? wildcards
               : absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                     absl::StrContains("/._-+@:,", c);
  });
}

// The shell's wildcards leave out names that start with a dot, COPY's do not.
std::vector<std::string> WithHiddenNames(const std::string& pattern) {
  const std::string name = BaseName(pattern);
  std::vector<std::string> patterns = {pattern};
  if (absl::StartsWith(name, "*") || absl::StartsWith(name, "?")) {
    patterns.push_back(absl::StrCat(FolderOf(pattern), "/.[!.]",
                                    name[0] == '*' ? name : name.substr(1)));
  }
  return patterns;
}

// `USER:GROUP`, both in digits.
bool IsNumbers(absl::string_view owner) {
  return absl::StrContains(owner, ':') &&
         owner.find_first_not_of("0123456789:") == owner.npos;
}

bool HasUsualShell(const StageState& state) {
  if (!state.has_shell) return false;
  if (state.shell.empty()) return true;
  static const auto& usual =
      *new std::set<std::string>{"ash", "bash", "dash", "ksh", "sh", "zsh"};
  return usual.count(BaseName(state.shell[0])) > 0;
}

class FromWriter {
 public:
  FromWriter(const Site& site, Draft& draft, int stage)
      : site_(site),
        draft_(draft),
        copy_(draft.original()),
        stage_(stage),
        commands_(ChainOf(site, stage)) {}

  void Run() {
    ReportFlags();
    for (size_t i = 0; i + 1 < copy_.words.size(); ++i) {
      const auto text = KnownValue(site_.before.scope, copy_.words[i].text);
      if (!text) continue;
      source_ = CleanPath(absl::StrCat("/", *text));
      word_ = i;
      if (source_ == "/") {
        RefuseTop();
        continue;
      }
      FollowCopiedLink();
      ReadCopies();
      if (!RenameOddFolders()) FollowLinks();
      KeepSetuid();
      RemakePipes();
      KeepFolder();
      RemakeLinks();
      KeepOwners();
      KeepLinkOwners();
      ReportLost();
      ReportCapabilityOfBase();
    }
    KeepTarget(site_, sources_, draft_);
    if (remade_.empty()) return;
    draft_.instructions.push_back(
        MakeInstruction("RUN", absl::StrJoin(remade_, " && ")));
    draft_.Because(reason_);
  }

 private:
  void ReportFlags() const;
  // Returns whether the source is set aside.
  bool RenameOddFolders();
  // Takes what the stage copies from the context into `copies_` and `sources_`.
  void ReadCopies();
  StageCopies CopiesAt(const std::string& source) const;
  void ReadMatch(const std::string& path, const BroughtFile& file);
  void FollowCopiedLink();
  void FollowLinks();
  void KeepSetuid();
  void KeepFolder();
  void RemakePipes();
  void RemakeLinks();
  void KeepOwners();
  void KeepLinkOwners();
  bool HoldsLinks() const;
  void RefuseTop() const;
  void ReportLost() const;
  void ReportCapabilityOfBase() const;

  void Report(absl::string_view effect, absl::string_view advice) const {
    site_.Report(copy_.words[word_].span, effect, advice);
  }
  bool HasFlag(absl::string_view name) const {
    return copy_.FindFlag(name) != nullptr;
  }
  // Whether the rules before this one left the COPY a single instruction.
  Instruction* Sent() const {
    return draft_.instructions.empty() ||
                   draft_.instructions[0].words.size() != copy_.words.size()
               ? nullptr
               : &draft_.instructions[0];
  }
  bool CanAddToStage() const {
    return Sent() != nullptr && site_.earlier.CanAddTo(stage_) &&
           HasUsualShell(site_.earlier.ends.at(stage_));
  }
  // Whether a COPY takes a folder that this file is in.
  bool IsCopiedByFolder(const std::string& file) const;
  // What is sent at the end of the stage in addition, as root.
  std::vector<Instruction>& Additions();
  // Adds a RUN to the stage that copies paths aside; returns the folder.
  std::string SetAside(const std::vector<std::string>& paths,
                       absl::string_view flags, absl::string_view then = "");
  // Where a file below the source arrives; nullopt: not known.
  std::optional<std::string> ArrivalOf(const std::string& file) const;

  const Site& site_;
  Draft& draft_;
  const Instruction& copy_;
  const int stage_;
  const StageCommands commands_;
  std::string source_;
  size_t word_ = 0;
  // Of the source.
  StageCopies copies_;
  FromSources sources_;
  // What a RUN after the COPY does, and why.
  std::vector<std::string> remade_;
  std::string reason_ = "COPY --from does not keep hard links and named pipes";
};

void FromWriter::ReportFlags() const {
  for (const Flag& flag : copy_.flags) {
    const bool parents = flag.name == "parents";
    if (!parents && flag.name != "exclude") continue;
    const dockerfile::Executor& executor = *site_.request.executor;
    const Verdict verdict = executor.Of(parents ? Capability::kCopyParents
                                                : Capability::kCopyExclude);
    const std::string shown = absl::StrCat("--", flag.name);
    constexpr absl::string_view kAdvice =
        "collect the files in a folder with RUN in that stage, and copy it";
    if (verdict == Verdict::kRefused) {
      site_.sink.Handle(
          diag::KanikoRefusedFlag(flag.span, executor.name(), shown, kAdvice));
    } else if (verdict == Verdict::kIgnored) {
      site_.sink.Handle(diag::KanikoIgnoredFlag(flag.span, executor.name(),
                                                shown, "", kAdvice));
    }
  }
}

bool FromWriter::IsCopiedByFolder(const std::string& file) const {
  const dockerfile::Dockerfile& dockerfile = *site_.request.dockerfile;
  for (const int index : site_.request.stages) {
    const dockerfile::Stage& stage =
        dockerfile.stages[static_cast<size_t>(index)];
    for (const Instruction& other : stage.instructions) {
      const Flag* from = other.FindFlag("from");
      if (from == nullptr ||
          StageOfFrom(dockerfile, from->value.value_or(""), index) != stage_) {
        continue;
      }
      for (size_t i = 0; i + 1 < other.words.size(); ++i) {
        const auto below =
            Below(CleanPath(absl::StrCat("/", other.words[i].text)), file);
        if (below && !below->empty()) return true;
      }
    }
  }
  return false;
}

std::vector<Instruction>& FromWriter::Additions() {
  std::vector<Instruction>& additions = site_.earlier.additions[stage_];
  const StageState& end = site_.earlier.ends.at(stage_);
  if (additions.empty() && end.user != "root" && end.user != "0") {
    additions.push_back(MakeInstruction("USER", "0"));
  }
  return additions;
}

// A failure changes nothing: the RUN never fails.
std::string FromWriter::SetAside(const std::vector<std::string>& paths,
                                 absl::string_view flags,
                                 absl::string_view then) {
  std::vector<Instruction>& additions = Additions();
  const std::string folder = absl::StrCat(kAside, additions.size());
  std::string run = absl::StrCat("mkdir -p ", folder);
  for (const std::string& path : paths) {
    absl::StrAppend(&run, "; cp ", flags, " ", path, " ", folder,
                    "/ || cp -Rp ", path, " ", folder, "/ || true");
  }
  if (!then.empty()) {
    absl::StrAppend(&run, "; cd ", folder, " && ", then, " || true");
  }
  additions.push_back(MakeInstruction("RUN", run));
  return folder;
}

std::optional<std::string> FromWriter::ArrivalOf(
    const std::string& file) const {
  const auto target = site_.before.PathOf(copy_.words.back().text);
  const auto below = Below(source_, file);
  if (!target || !below || below->empty() || HasWildcard(source_) ||
      HasFlag("chown") || HasFlag("chmod")) {
    return std::nullopt;
  }
  std::string path = absl::StrCat(*target == "/" ? "" : *target, "/", *below);
  return IsPlainPath(path) ? std::optional(path) : std::nullopt;
}

bool FromWriter::RenameOddFolders() {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end()) return false;
  const OddFolders odd =
      FindOddFolders(site_.request.listing, end->second, source_);
  const bool plain = CanAddToStage() && IsPlain(source_, /*wildcards=*/true) &&
                     !HasFlag("parents") && !HasFlag("exclude");
  if ((odd.may_be_made || !odd.found.empty()) && plain) {
    std::vector<Instruction>& additions = Additions();
    const std::string folder = absl::StrCat(kAside, additions.size());
    additions.push_back(MakeInstruction(
        "RUN", CopyWithPlainNames(WithHiddenNames(source_), folder)));
    Sent()->words[word_].text = absl::StrCat(folder, "/*");
    draft_.Because(
        "kaniko finds no files in a folder with `[` or `\\` in its "
        "path");
    return true;
  }
  if (!odd.found.empty()) {
    Report(absl::StrCat("finds no files in the folder `", odd.found, "`"),
           "copy a folder above it that has no `[` and no backslash in its "
           "path");
  }
  return false;
}

void FromWriter::ReadMatch(const std::string& path, const BroughtFile& file) {
  const Span span = copy_.words[word_].span;
  const bool special_mode = file.mode != 0755 && !HasFlag("chmod");
  const bool is_folder = file.type == EntryType::kFolder;
  (is_folder ? sources_.all_files : sources_.all_folders) = false;
  if (is_folder) {
    if (file.owner.empty() && !special_mode) return;
    sources_.folder = path;
    sources_.folder_span = span;
  } else if (file.type == EntryType::kFile && !file.owner.empty()) {
    sources_.file = path;
    sources_.file_span = span;
  }
}

StageCopies FromWriter::CopiesAt(const std::string& source) const {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end()) return {};
  return FindStageCopies(end->second, site_.request.listing, source);
}

// A source that is a symlink of the context: names its target.
void FromWriter::FollowCopiedLink() {
  if (HasWildcard(source_) || Sent() == nullptr) return;
  std::string path = source_;
  for (int i = 0; i < kMostLinks; ++i) {
    const StageCopies copies = CopiesAt(path);
    const auto found = copies.files.find(path);
    if (found == copies.files.end()) return;
    if (found->second.type != EntryType::kSymlink) break;
    path = CleanPath(absl::StrCat(
        absl::StartsWith(found->second.link_target, "/") ? "" : FolderOf(path),
        "/", found->second.link_target));
  }
  const auto copies = CopiesAt(path);
  const auto found = copies.files.find(path);
  if (path == source_ || found == copies.files.end() ||
      found->second.type == EntryType::kSymlink) {
    return;
  }
  const Word& word = copy_.words[word_];
  const std::string& target = copy_.words.back().text;
  const bool is_folder = found->second.type == EntryType::kFolder;
  const bool keeps_name = BaseName(path) == BaseName(source_) ||
                          (copy_.words.size() == 2 && !HasSlash(target));
  if (!is_folder && !keeps_name) {
    // Its name in the folder is that of the symlink.
    if (copy_.words.size() > 2 || copy_.exec_form ||
        !absl::EndsWith(target, "/") || !IsPlain(BaseName(source_), false)) {
      return;
    }
    absl::StrAppend(&Sent()->words.back().text, BaseName(source_));
  }
  Sent()->words[word_] =
      SourceWord(absl::StrCat(path, absl::EndsWith(word.text, "/") ? "/" : ""));
  Sent()->exec_form = Sent()->exec_form || NeedsJson(path);
  draft_.Because("COPY --from copies the target of a symlink");
  source_ = path;
}

void FromWriter::ReadCopies() {
  copies_ = CopiesAt(source_);
  bool matched = false;
  for (const auto& [path, file] : copies_.files) {
    if (Below(source_, path) != "") continue;
    matched = true;
    ReadMatch(path, file);
  }
  const bool is_folder = commands_.IsFolder(source_) ||
                         absl::EndsWith(copy_.words[word_].text, "/");
  if (!matched) {
    sources_.all_files = false;
    sources_.all_folders = sources_.all_folders && is_folder;
  }
  sources_.has_wildcard = sources_.has_wildcard || HasWildcard(source_);
  sources_.may_have_folder |= copies_.may_be_special;
  sources_.may_have_file |= copies_.may_be_special && !is_folder;
}

// BuildKit copies what a source leads to; links below it stay links.
void FromWriter::FollowLinks() {
  std::set<std::string> links = commands_.symlinks();
  for (const auto& [path, file] : copies_.files) {
    if (file.type == EntryType::kSymlink) links.insert(path);
  }
  const auto link =
      std::find_if(links.begin(), links.end(), [&](const std::string& one) {
        return !commands_.IsFolder(one) && Below(source_, one) == "";
      });
  const bool wildcard = HasWildcard(BaseName(source_));
  const bool library = wildcard && absl::StrContains(BaseName(source_), ".so");
  if (link == links.end() && !library) return;
  if (CanAddToStage() && IsPlain(source_, /*wildcards=*/true)) {
    const std::string folder = SetAside(WithHiddenNames(source_), "-RpH");
    Sent()->words[word_].text =
        absl::StrCat(folder, "/", wildcard ? "*" : BaseName(source_));
    draft_.Because("COPY --from copies the target of a symlink");
  } else if (link != links.end()) {
    Report(absl::StrCat("copies the symlink `", *link, "`, not its target"),
           "name the target of the symlink");
  }
}

void FromWriter::KeepSetuid() {
  if (HasFlag("chmod") || site_.Can(Capability::kCopyFromSetuid)) {
    return;
  }
  // By the folder below the target.
  std::map<std::string, std::vector<std::string>> files;
  bool lost =
      std::any_of(commands_.setuid_trees().begin(),
                  commands_.setuid_trees().end(), [&](const std::string& tree) {
                    return Below(source_, tree).has_value();
                  });
  bool plain = !lost && CanAddToStage();
  std::set<std::string> special = commands_.setuid();
  for (const auto& [path, file] : copies_.files) {
    if (file.type == EntryType::kFile && (file.mode & 06000) != 0) {
      special.insert(path);
    }
  }
  for (const std::string& file : special) {
    const auto below = Below(source_, file);
    // A file that the source names itself keeps them, unless its folder is
    // copied, too.
    if (!below || (below->empty() && !IsCopiedByFolder(file))) continue;
    lost = true;
    plain = plain && IsPlain(file, /*wildcards=*/false);
    files[FolderOf(*below)].push_back(file);
  }
  if (!lost) return;
  const std::string& target = copy_.words.back().text;
  if (!plain || copy_.exec_form ||
      target.find_first_of("\"'\\`$") != target.npos) {
    Report(absl::StrCat("loses setuid and setgid bits below `", source_, "`"),
           "set them in a RUN after this COPY");
    return;
  }
  if (files.count("") > 0 && !HasWildcard(source_) &&
      files[""] == std::vector<std::string>{source_}) {
    Sent()->words[word_].text =
        absl::StrCat(SetAside({source_}, "-p"), "/", BaseName(source_));
    files.clear();
  }
  for (const auto& [folder, paths] : files) {
    Instruction again = *Sent();
    std::string below = target;
    if (!absl::EndsWith(below, "/")) below += '/';
    if (!folder.empty()) absl::StrAppend(&below, folder, "/");
    again.words = {{absl::StrCat(SetAside(paths, "-p"), "/*"), {}},
                   {below, {}}};
    draft_.instructions.push_back(std::move(again));
  }
  draft_.Because("COPY --from keeps the setuid bits of files that it names");
}

// The executor gives the target what the source has: a copy of it has what the
// target has to have.
void FromWriter::KeepFolder() {
  if (HasFlag("chown") || !commands_.IsSpecialFolder(source_)) return;
  const auto target = site_.before.PathOf(copy_.words.back().text);
  const auto folder =
      target ? TargetFolderOf(site_, *target, HasFlag("link")) : std::nullopt;
  const bool keeps_owner =
      folder && (site_.Can(Capability::kCopyFromOwner) ||
                 (folder->user == 0 && folder->group == 0));
  if (keeps_owner && CanAddToStage() && IsPlain(source_, /*wildcards=*/false)) {
    const std::string name = BaseName(source_);
    const std::string owner =
        FormatText("chown %d:%d %s && chmod %o %s", folder->user, folder->group,
                   name, folder->mode, name);
    Sent()->words[word_].text =
        absl::StrCat(SetAside({source_}, "-al", owner), "/", name);
    draft_.Because(
        "COPY --from gives the target the owner and mode of the source");
    return;
  }
  sources_.folder = source_;
  sources_.folder_span = copy_.words[word_].span;
}

// An error: old executors copy /dev/zero, too, until the disk of the node is
// full.
void FromWriter::RefuseTop() const {
  diag::Diagnostic problem = diag::KanikoDiffers(
      copy_.words[word_].span, site_.request.executor->name(),
      "fails to copy the whole file system of a stage",
      "name the folders to copy");
  problem.severity = diag::Severity::kError;
  site_.sink.Handle(std::move(problem));
}

// COPY would wait for a writer: the stage ends without them.
void FromWriter::RemakePipes() {
  for (const std::string& pipe : commands_.fifos()) {
    if (!Below(source_, pipe)) continue;
    const auto arrival = ArrivalOf(pipe);
    const std::string command =
        arrival && CanAddToStage() && IsPlain(pipe, /*wildcards=*/false) &&
                CanRunAsRoot(site_, {"mkfifo"})
            ? RemakePipe(site_.earlier.ends.at(stage_), pipe, *arrival)
            : "";
    if (command.empty()) {
      Report(absl::StrCat("hangs at the named pipe `", pipe, "`"),
             "create it with mkfifo in a RUN after this COPY");
      continue;
    }
    Additions().push_back(MakeInstruction("RUN", absl::StrCat("rm -f ", pipe)));
    remade_.push_back(command);
  }
}

void FromWriter::RemakeLinks() {
  for (const auto& [one, other] : commands_.hard_links()) {
    const auto below = Below(source_, one);
    if (!below || below->empty() || !Below(source_, other)) continue;
    const auto first = ArrivalOf(one);
    const auto second = ArrivalOf(other);
    if (first && second &&
        CanRunAsRoot(site_, {"cmp", "ln", "sleep", "touch"})) {
      remade_.push_back(Relink(*first, *second));
      continue;
    }
    Report(absl::StrCat("copies the hard links `", one, "` and `", other,
                        "` as two files"),
           "make one of them a symlink, or run ln after this COPY");
  }
  for (const std::string& tree : commands_.hard_link_trees()) {
    // target, a folder above it, or a profile's folder, e.g. target/release.
    if (!IsAtOrBelow(tree, source_) && FolderOf(source_) != tree) continue;
    Report(absl::StrCat("copies the hard links that `cargo` makes in `", tree,
                        "` as several files"),
           "copy the files that you need by name");
    return;
  }
}

bool FromWriter::HoldsLinks() const {
  const auto is_below = [this](const std::string& path) {
    return IsAtOrBelow(path, source_);
  };
  return absl::c_any_of(commands_.link_trees(), is_below) ||
         absl::c_any_of(copies_.files,
                        [&](const auto& item) {
                          return item.second.type == EntryType::kSymlink &&
                                 item.first != source_;
                        }) ||
         absl::c_any_of(commands_.symlinks(), [&](const std::string& link) {
           return link != source_ && is_below(link) &&
                  !commands_.IsFolder(link);
         });
}

// --chown: the executor gives it to an existing target, too, but not to
// symlinks.
void FromWriter::KeepOwners() {
  const Flag* chown = copy_.FindFlag("chown");
  if (chown == nullptr || HasWildcard(source_)) return;
  const auto owner = KnownValue(site_.before.scope, chown->value.value_or(""));
  const auto target = site_.before.PathOf(copy_.words.back().text);
  if (!owner || IsRoot(*owner) || !target) return;
  CopyOfFolder copied = {*owner, *target, HoldsLinks()};
  const bool named_as_folder = absl::EndsWith(copy_.words[word_].text, "/");
  copied.is_folder =
      copied.holds_links || named_as_folder || commands_.IsFolder(source_);
  copied.may_be_folder = !absl::StrContains(BaseName(source_).substr(1), '.');
  const OwnersAfter after = OwnersAfterCopy(site_, copied);
  if (!after.problem.empty())
    Report(after.problem, "correct it with chown in a RUN after this COPY");
  if (after.commands.empty()) return;
  if (remade_.empty()) {
    reason_ =
        "COPY --from --chown does not change the owner of symlinks, and "
        "changes that of an existing target";
  }
  remade_.insert(remade_.end(), after.commands.begin(), after.commands.end());
}

// The executor makes root the owner of every symlink.
void FromWriter::KeepLinkOwners() {
  if (HasFlag("chown")) return;
  for (const auto& [path, file] : copies_.files) {
    if (file.type != EntryType::kSymlink || file.owner.empty() ||
        Below(source_, path) == "") {
      continue;
    }
    const auto arrival = ArrivalOf(path);
    if (arrival && IsNumbers(file.owner) && CanRunAsRoot(site_, {"chown"}) &&
        site_.request.snapshot_mode != "time") {
      if (remade_.empty()) {
        reason_ = "COPY --from makes root the owner of symlinks";
      }
      remade_.push_back(absl::StrCat("chown -h ", file.owner, " ", *arrival));
      continue;
    }
    Report(absl::StrCat("makes root the owner of the symlink `", path, "`"),
           "add a `RUN chown -h` for it");
    return;
  }
}

void FromWriter::ReportLost() const {
  const auto target = site_.before.PathOf(copy_.words.back().text);
  for (const std::string& link : commands_.symlinks()) {
    const auto below = Below(source_, link);
    if (HasFlag("chown") || !below || below->empty() ||
        commands_.IsFolder(link) || !target ||
        !IsSetgidFolder(site_, *target)) {
      continue;
    }
    ReportGroupOfLink(site_, copy_.words.back().span, link);
    break;
  }
  for (const std::string& file : commands_.capabilities()) {
    // BuildKit loses them, too, when the owner changes.
    if (HasFlag("chown") || !Below(source_, file)) continue;
    Report(absl::StrCat("loses the capabilities of `", file, "`"),
           "set them with setcap in a RUN after this COPY");
  }
}

// Capabilities are hardly elsewhere; looking at the files of an image is slow.
bool MayHoldCommandsOfBase(const std::string& source) {
  for (const char* folder : {"/bin", "/sbin", "/usr/bin", "/usr/sbin"}) {
    if (IsAtOrBelow(source, folder) || IsAtOrBelow(folder, source)) return true;
  }
  return false;
}

void FromWriter::ReportCapabilityOfBase() const {
  const auto end = site_.earlier.ends.find(stage_);
  if (HasFlag("chown") || HasWildcard(source_) ||
      !MayHoldCommandsOfBase(source_) || end == site_.earlier.ends.end() ||
      end->second.base.empty() || site_.request.base_image == nullptr) {
    return;
  }
  for (const StageChange& change : end->second.changes) {
    if (absl::StrContains(change.text, source_) || change.path == source_) {
      return;
    }
  }
  const auto base = site_.request.base_image(end->second.base, /*files=*/true);
  if (base == nullptr || base->files == nullptr) return;
  const auto source = base->files->Resolve(source_, /*follow_last=*/true);
  if (!source) return;
  for (const auto& [path, file] : base->files->entries) {
    if (!file.has_capability || !IsAtOrBelow(path, *source)) continue;
    Report(absl::StrCat("loses the capabilities of `", path, "`"),
           "set them with setcap in a RUN after this COPY");
    return;
  }
}

}  // namespace

void RewriteCopyFrom(const Site& site, Draft& draft) {
  const Instruction& copy = draft.original();
  const Flag* from = copy.FindFlag("from");
  if (from == nullptr || copy.words.size() < 2) return;
  const auto name = KnownValue(site.before.scope, from->value.value_or(""));
  if (!name) return;
  const int stage =
      StageOfFrom(*site.request.dockerfile, *name, site.stage.index);
  if (stage >= 0) {
    FromWriter(site, draft, stage).Run();
  } else {
    RewriteCopyFromImage(site, *name, draft);
  }
}

}  // namespace ovenbird::rewrite
