#include "runtime/rewrite/copy.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/format_text.h"
#include "runtime/context/archive.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copy_sources.h"
#include "runtime/rewrite/empty_folder.h"
#include "runtime/rewrite/folder_modes.h"
#include "runtime/rewrite/heredoc.h"
#include "runtime/rewrite/link_names.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/moved_ignore_file.h"
#include "runtime/rewrite/obstacles.h"
#include "runtime/rewrite/own_folder.h"
#include "runtime/rewrite/owner.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/root_user.h"
#include "runtime/rewrite/setgid.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"
#include "runtime/rewrite/stage_files.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Word;

// The folder that the target needs: itself, or the one that it is in.
std::string FolderNeeded(const std::string& target, bool is_file) {
  const std::string folder =
      is_file ? target.substr(0, target.rfind('/')) : target;
  return folder.empty() ? "/" : folder;
}

class CopyWriter {
 public:
  CopyWriter(const Site& site, const ContextTree& tree,
             const CopySources& sources, const Instruction& copy, Draft& draft)
      : site_(site),
        tree_(tree),
        sources_(sources),
        copy_(copy),
        draft_(draft),
        sent_(copy) {}

  // What to send in place of the instruction.
  std::vector<Instruction> Run() {
    if (sources_.items.empty() && sources_.includes.empty()) {
      draft_.Because("no file matches: nothing is copied");
      return {};
    }
    if (NeedsOwnFolder()) return WithOwnFolder();
    CleanSources();
    std::vector<Instruction> sent =
        WithoutFolderModes(site_, tree_, sources_, sent_, draft_);
    if (!sent.empty()) NameLinks(site_, tree_, sources_, draft_, sent.back());
    AddMovedIgnoreFile(site_, tree_, sources_, copy_, draft_, sent);
    return sent;
  }

 private:
  // The sources are named one by one.
  bool IsWrittenOut() const {
    return sources_.empty_match || sources_.matches_top || sources_.dots;
  }
  bool NeedsOwnFolder();
  std::vector<Instruction> WithOwnFolder();
  std::optional<std::string> TakeInNewFolders(OwnFolder& own);
  bool IsNewTarget() const;
  Instruction NewTarget() const;
  void DropFlags();
  void CleanSources();

  const Site& site_;
  const ContextTree& tree_;
  const CopySources& sources_;
  const Instruction& copy_;
  Draft& draft_;
  Instruction sent_;
};

bool CopyWriter::NeedsOwnFolder() {
  const bool links =
      std::any_of(sources_.items.begin(), sources_.items.end(),
                  [](const Item& item) { return item.through_link; });
  const bool odd_names = std::any_of(
      sources_.items.begin(), sources_.items.end(), [this](const Item& item) {
        return (sources_.wildcard || sources_.dots) && HasWildcard(item.path);
      });
  const bool lost = std::any_of(
      sources_.items.begin(), sources_.items.end(), [this](const Item& item) {
        return tree_.IsFolder(item.entry) && MissesItself(item.path);
      });
  const bool ignore_file = NamesMovedIgnoreFile(site_, sources_, draft_);
  if (links) draft_.Because("COPY copies the target of a symlink");
  if (lost)
    draft_.Because(
        "kaniko finds no files in a folder with `[` or `\\` in its path");
  if (!sources_.includes.empty())
    draft_.Because("the executor has no --parents");
  if (!sources_.excludes.empty())
    draft_.Because("the executor has no --exclude");
  if (!sources_.mode_words.empty())
    draft_.Because("--chmod accepts only octal digits");
  if (sources_.mode) {
    draft_.Because(!site_.Can(Capability::kCopyChmod)
                       ? "the executor has no --chmod"
                   : *sources_.mode > 0777
                       ? "--chmod does not set setuid, setgid and sticky"
                       : "--chmod applies to the created folders, too");
  }
  if (sources_.owner) {
    draft_.Because("the executor knows only the users in /etc/passwd");
  }
  return links || lost || ignore_file || (odd_names && IsWrittenOut()) ||
         !sources_.includes.empty() || !sources_.excludes.empty() ||
         !sources_.mode_words.empty() || sources_.mode.has_value() ||
         sources_.owner.has_value() || sources_.whole_path ||
         sources_.contents != nullptr;
}

// Flags that the folder has done.
void CopyWriter::DropFlags() {
  sent_.flags.erase(
      std::remove_if(sent_.flags.begin(), sent_.flags.end(),
                     [this](const Flag& flag) {
                       return flag.name == "exclude" ||
                              flag.name == "parents" ||
                              (flag.name == "chown" && sources_.owner) ||
                              (flag.name == "chmod" &&
                               (sources_.mode || !sources_.mode_words.empty()));
                     }),
      sent_.flags.end());
}

// Folders that are made for the target have --chown's owner and --chmod's mode,
// too. Returns where to copy our folder to; nullopt: to the target.
std::optional<std::string> CopyWriter::TakeInNewFolders(OwnFolder& own) {
  const bool is_file = CopiesToFile(tree_, sources_, copy_.words.back().text);
  if (sources_.whole_path) {
    own.TakeIn(sources_.target->substr(1), is_file);
    return "/";
  }
  // Without it the executor makes them with 0755.
  const bool new_mode = sources_.mode && (*sources_.mode & 0777) != 0755;
  if (!sources_.owner && !new_mode) return std::nullopt;
  std::string needed;
  std::optional<std::string> parent;
  if (sources_.target) {
    needed = FolderNeeded(*sources_.target, is_file);
    parent = LastThere(site_, needed);
  }
  // What the executor does with --chmod, it does where folders are there.
  if (!parent && !sources_.owner && site_.Can(Capability::kCopyChmod)) {
    return std::nullopt;
  }
  if (!parent) {
    const Flag* flag = copy_.FindFlag(sources_.owner ? "chown" : "chmod");
    site_.Report(flag->span,
                 absl::StrCat("does not apply it to the folder `", needed,
                              "` that it creates"),
                 "create the folder in a RUN before");
    return std::nullopt;
  }
  if (*parent == needed || *parent == absl::StrCat(needed, "/")) {
    return std::nullopt;
  }
  own.TakeIn(sources_.target->substr(parent->size()), is_file);
  return parent;
}

std::vector<Instruction> CopyWriter::WithOwnFolder() {
  OwnFolder own(tree_, sources_);
  const auto& arrivals = own.arrivals();
  if (arrivals.empty()) {
    const bool folder = !sources_.items.empty() && IsNewTarget();
    DropFlags();
    return folder ? std::vector<Instruction>{NewTarget()}
                  : std::vector<Instruction>();
  }
  const std::optional<std::string> parent = TakeInNewFolders(own);
  const std::string folder = own.Name();
  std::vector<context::MemoryFile> files = own.Files(folder);
  draft_.files.insert(draft_.files.end(),
                      std::make_move_iterator(files.begin()),
                      std::make_move_iterator(files.end()));
  draft_.content_only.push_back(folder);
  DropFlags();
  const auto send = [&](absl::string_view name, absl::string_view end) {
    Instruction one = sent_;
    one.words[0] =
        DoorWord(name.empty() ? folder : absl::StrCat(folder, "/", name), end);
    one.exec_form = copy_.exec_form || NeedsJson(name);
    return one;
  };
  if (parent) {
    sent_.words = {DoorWord(folder, "/"), SourceWord(*parent)};
    return {sent_};
  }
  const std::string& first = arrivals.begin()->first;
  sent_.words.erase(sent_.words.begin(), sent_.words.end() - 2);
  if (sources_.items.size() == 1 && !tree_.IsFolder(sources_.items[0].entry)) {
    return {send(first, "")};
  }
  std::string& target = sent_.words.back().text;
  if (!HasSlash(target)) target += '/';
  // The first entry makes a new target folder, and only a file makes it with
  // the right owner and mode.
  std::vector<Instruction> sent = {send("", "/")};
  const OwnFolder::Arrival& made_first = arrivals.begin()->second;
  const context::Entry& entry = tree_.listing()[made_first.entry];
  if (entry.type == EntryType::kFile) return sent;
  for (const auto& [path, arrival] : arrivals) {
    if (!absl::StrContains(path, "/") &&
        tree_.listing()[arrival.entry].type == EntryType::kFile) {
      sent.insert(sent.begin(), send(path, ""));
      return sent;
    }
  }
  const bool usual_mode = entry.type == EntryType::kSymlink ||
                          made_first.mode.value_or(entry.mode) == kUsualMode;
  if (IsNewTarget() && (!usual_mode || sent_.FindFlag("chown") != nullptr)) {
    sent.insert(sent.begin(), NewTarget());
  }
  return sent;
}

bool CopyWriter::IsNewTarget() const {
  if (!sources_.target) return false;
  const StageFiles files(site_);
  const auto real = files.Follow(*sources_.target);
  return real && files.Lookup(*real).kind == StageFile::kAbsent;
}

// Creates the target as BuildKit does; --chmod with letters does not apply.
Instruction CopyWriter::NewTarget() const {
  Instruction made = sent_;
  made.words = {EmptyFolder(sources_.mode.value_or(kUsualMode),
                            sources_.owner.value_or(context::Owner()), draft_),
                SourceWord(absl::StrCat(*sources_.target, "/"))};
  made.exec_form = NeedsJson(*sources_.target);
  return made;
}

void CopyWriter::CleanSources() {
  if (!IsWrittenOut()) return;
  draft_.Because(
      sources_.matches_top
          ? "kaniko matches the whole build context, too, with this wildcard"
      : sources_.dots ? "kaniko follows `..` out of the build context"
                      : "kaniko copies different files when a wildcard matches "
                        "nothing");
  const Word target = sent_.words.back();
  sent_.words.clear();
  for (const Item& item : sources_.items) {
    sent_.words.push_back(SourceWord(item.path.empty() ? "." : item.path));
    sent_.exec_form = sent_.exec_form || NeedsJson(item.path);
  }
  sent_.words.push_back(target);
}

// The symlinks that arrive as they are, by their paths below the target.
std::vector<std::string> LinksOf(const ContextTree& tree,
                                 const CopySources& sources) {
  std::vector<std::string> links;
  const OwnFolder arriving(tree, sources);
  for (const auto& [path, arrival] : arriving.arrivals()) {
    if (tree.listing()[arrival.entry].type == EntryType::kSymlink) {
      links.push_back(path);
    }
  }
  return links;
}

// A RUN that gives the symlinks their owner; nullopt: impossible.
std::optional<Instruction> OwnLinks(const Site& site,
                                    const CopySources& sources,
                                    const std::string& owner,
                                    const std::vector<std::string>& links) {
  constexpr size_t kMostLinks = 100;
  if (!sources.target || links.size() > kMostLinks ||
      !CanSetAsRoot(site, {"chown"})) {
    return std::nullopt;
  }
  std::vector<std::string> paths;
  for (const std::string& link : links) {
    paths.push_back(
        absl::StrCat(*sources.target == "/" ? "" : *sources.target, "/", link));
  }
  const std::string value = OwnerForChown(site, owner);
  if (!IsPlainPath(value) || !absl::c_all_of(paths, IsPlainPath)) {
    return std::nullopt;
  }
  return MakeInstruction(
      "RUN", absl::StrCat("chown -h ", value, " ", absl::StrJoin(paths, " "),
                          TouchForTimeMode(site, "-h ", paths)));
}

// Returns what to send after the COPY for the owners of its symlinks.
std::optional<Instruction> KeepLinkOwners(const Site& site,
                                          const ContextTree& tree,
                                          const CopySources& sources,
                                          const Instruction& copy,
                                          Draft& draft) {
  const Flag* chown = copy.FindFlag("chown");
  const bool has_owner = chown != nullptr && chown->value.has_value();
  const auto owner =
      has_owner ? KnownValue(site.before.scope, *chown->value) : std::nullopt;
  if (owner && IsRoot(*owner)) return std::nullopt;
  const bool setgid =
      !has_owner && sources.target && IsSetgidFolder(site, *sources.target);
  if (!has_owner && !setgid) return std::nullopt;
  const std::vector<std::string> links = LinksOf(tree, sources);
  if (links.empty()) return std::nullopt;
  if (setgid) {
    ReportGroupOfLink(site, copy.words.back().span, links[0]);
    return std::nullopt;
  }
  auto run = owner ? OwnLinks(site, sources, *owner, links) : std::nullopt;
  if (run) {
    draft.Because("--chown does not apply to symlinks");
  } else {
    site.Report(chown->span,
                absl::StrCat("does not change the owner of the symlink `",
                             links[0], "`"),
                "add a `RUN chown -h` for it");
  }
  return run;
}

// One instruction for each source: where the target is no folder, each of them
// becomes the target.
std::vector<Instruction> OneByOne(const Site& site, const ContextTree& tree,
                                  const CopySources& sources,
                                  const Instruction& copy, Draft& draft) {
  draft.Because("kaniko needs a slash after the target of several sources");
  std::vector<Instruction> sent;
  for (const Item& item : sources.items) {
    CopySources source = sources;
    source.items = {item};
    source.wildcard = source.empty_match = source.matches_top = false;
    Instruction one = copy;
    one.words = {SourceWord(item.path.empty() ? "." : item.path),
                 copy.words.back()};
    one.exec_form = copy.exec_form || NeedsJson(item.path);
    for (Instruction& each : CopyWriter(site, tree, source, one, draft).Run()) {
      sent.push_back(std::move(each));
    }
  }
  return sent;
}

// Whether ADD unpacks one of them.
bool HoldsArchive(const Site& site, const ContextTree& tree,
                  const Instruction& copy, const CopySources& sources) {
  if (copy.keyword != "ADD") return false;
  return std::any_of(
      sources.items.begin(), sources.items.end(), [&](const Item& item) {
        if (tree.IsFolder(item.entry)) return false;
        const auto archive = context::ProbeArchive(absl::StrCat(
            site.request.listing->root(), "/", tree.Path(item.entry)));
        return !archive.ok() || archive->kind != context::ArchiveFile::kNone;
      });
}

bool NamesFolder(const Site& site, const Instruction& copy) {
  const std::string& text = copy.words.back().text;
  const auto value = KnownValue(site.before.scope, text);
  return HasSlash(value ? *value : text);
}

// The mode in octal that --chmod has, where new folders get it, too, and the
// executor gives it to nothing but what it copies; nullopt: no need.
std::optional<uint16_t> ModeOfNewFolders(const Site& site,
                                         const ContextTree& tree,
                                         const Instruction& copy,
                                         const CopySources& sources) {
  const Flag* chmod = copy.FindFlag("chmod");
  const bool is_empty = sources.items.empty() && sources.includes.empty();
  if (is_empty || chmod == nullptr || !chmod->value || !sources.target ||
      sources.mode || !sources.mode_words.empty() || sources.whole_path ||
      HoldsArchive(site, tree, copy, sources)) {
    return std::nullopt;
  }
  const auto text = KnownValue(site.before.scope, *chmod->value);
  const auto mode = OctalMode(text.value_or(""));
  return mode == kUsualMode ? std::nullopt : mode;
}

// A RUN that makes the folders which the target needs with this mode. An
// earlier RUN may have made them: those stay as they are.
std::optional<Instruction> MakeFolders(const Site& site,
                                       const Instruction& copy,
                                       const std::string& needed,
                                       uint32_t mode) {
  if (!IsPlainPath(needed) ||
      !CanRunAsRoot(site, {"chmod", "chown", "mkdir"})) {
    return std::nullopt;
  }
  std::string owner;
  if (const Flag* chown = copy.FindFlag("chown")) {
    const auto text = KnownValue(site.before.scope, chown->value.value_or(""));
    if (!text || !IsPlainPath(*text)) return std::nullopt;
    const auto numbers = NumbersOf(site, *text);
    owner = absl::StrCat(" && chown ", numbers ? *numbers : *text, " ");
  }
  std::vector<std::string> commands;
  for (size_t end = needed.find('/', 1);; end = needed.find('/', end + 1)) {
    const std::string path = needed.substr(0, end);
    if (IsThere(site, path) != true) {
      commands.push_back(
          FormatText("{ [ -e %s ] || { mkdir %s && chmod %o %s%s; }; }", path,
                     path, mode, path, owner.empty() ? "" : owner + path));
    }
    if (end == needed.npos) break;
  }
  return MakeInstruction("RUN", absl::StrJoin(commands, " && "));
}

// New folders get --chmod's mode, too: takes it into `sources`, or returns an
// instruction to send before.
std::optional<Instruction> TakeModeOfNewFolders(const Site& site,
                                                const ContextTree& tree,
                                                const Instruction& copy,
                                                CopySources& sources,
                                                Draft& draft) {
  const auto mode = ModeOfNewFolders(site, tree, copy, sources);
  if (!mode) return std::nullopt;
  const std::string needed = FolderNeeded(
      *sources.target, CopiesToFile(tree, sources, copy.words.back().text));
  const auto parent = LastThere(site, needed);
  if (!parent) {
    auto made = MakeFolders(site, copy, needed, *mode);
    if (made) draft.Because("--chmod applies to the created folders, too");
    return made;
  }
  if (*parent == needed || *parent == needed + "/") return std::nullopt;
  sources.mode = static_cast<uint16_t>(*mode);
  return std::nullopt;
}

// A last part `.` is lost on the executor, and a relative target that ends with
// a dot, such as `v1.`, is a folder for it.
void WriteOutDot(const Site& site, Instruction& copy, Draft& draft) {
  const auto text = KnownValue(site.before.scope, copy.words.back().text);
  if (!text || *text == "." || !absl::EndsWith(*text, ".") ||
      absl::EndsWith(*text, "..")) {
    return;
  }
  std::string target = text->substr(0, text->size() - 1);
  if (!absl::EndsWith(target, "/")) {
    const auto path = site.before.PathOf(copy.words.back().text);
    if (absl::StartsWith(target, "/") || !path) return;
    target = *path;
  }
  copy.words.back() = SourceWord(target);
  copy.exec_form = copy.exec_form || NeedsJson(target);
  draft.Because("kaniko reads a dot at the end of the target differently");
}

// The executor fails where a symlink on the target's way leads to nothing.
// Returns the target that the instruction has then.
std::optional<std::string> WriteOutTarget(const Site& site, Instruction& copy,
                                          Draft& draft) {
  WriteOutDot(site, copy, draft);
  const auto target = site.before.PathOf(copy.words.back().text);
  auto real = target ? FollowDangling(site, *target) : std::nullopt;
  if (!real) return target;
  const bool slash = NamesFolder(site, copy);
  copy.words.back() = SourceWord(absl::StrCat(*real, slash ? "/" : ""));
  copy.exec_form = copy.exec_form || NeedsJson(*real);
  draft.Because("kaniko does not follow a dangling symlink");
  return real;
}

void Add(std::vector<Instruction> more, std::vector<Instruction>& all) {
  all.insert(all.end(), std::make_move_iterator(more.begin()),
             std::make_move_iterator(more.end()));
}

// `contents`: of the sources, if these are here-documents.
std::vector<Instruction> Rewrite(
    const Site& site, const ContextTree& tree, Instruction copy,
    const std::map<std::string, std::string>* contents, Draft& draft) {
  std::optional<CopySources> sources = ReadSources(site, tree, copy);
  if (!sources) {
    ReportUnknownFlags(site, copy);
    return {copy};
  }
  sources->contents = contents;
  std::vector<Instruction> sent =
      MakeIndependent(site, tree, copy, *sources, draft);
  if (sent.empty()) {
    if (!sources->whole_path) {
      sources->target = WriteOutTarget(site, copy, draft);
    }
    sent = MakeWay(site, tree, *sources, copy, draft);
  }
  if (auto made = TakeModeOfNewFolders(site, tree, copy, *sources, draft)) {
    sent.insert(sent.begin(), *std::move(made));
  }
  const bool one_by_one = sources->items.size() > 1 && !NamesFolder(site, copy);
  std::vector<Instruction> copies =
      one_by_one ? OneByOne(site, tree, *sources, copy, draft)
                 : CopyWriter(site, tree, *sources, copy, draft).Run();
  Add(std::move(copies), sent);
  if (auto owns = KeepLinkOwners(site, tree, *sources, copy, draft)) {
    sent.push_back(*std::move(owns));
  }
  return sent;
}

}  // namespace

void RewriteCopy(const Site& site, Draft& draft) {
  if (site.request.listing == nullptr) return;
  const ContextTree tree(site.request.listing);
  std::vector<Instruction> sent;
  for (const Instruction& instruction : draft.instructions) {
    const bool copy =
        instruction.keyword == "COPY" || instruction.keyword == "ADD";
    if (copy && !instruction.heredocs.empty()) {
      std::optional<HeredocCopy> parts = Split(site, instruction);
      if (!parts) {
        sent.push_back(instruction);
        continue;
      }
      const ContextTree own(&parts->listing);
      if (!ReadSources(site, own, parts->copy)) {
        site.Report(instruction.text_span,
                    "does not copy a here-document with these flags",
                    "copy a file");
        sent.push_back(instruction);
        continue;
      }
      draft.Because("kaniko does not copy here-documents");
      if (parts->rest)
        Add(Rewrite(site, tree, *parts->rest, nullptr, draft), sent);
      Add(Rewrite(site, own, parts->copy, &parts->contents, draft), sent);
      continue;
    }
    if (!copy || instruction.FindFlag("from") != nullptr) {
      sent.push_back(instruction);
      if (copy && !instruction.words.empty()) {
        WriteOutTarget(site, sent.back(), draft);
      }
      continue;
    }
    Add(Rewrite(site, tree, instruction, nullptr, draft), sent);
  }
  draft.instructions = std::move(sent);
}

}  // namespace ovenbird::rewrite
