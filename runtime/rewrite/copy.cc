#include "runtime/rewrite/copy.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/sha256.h"
#include "runtime/base/source_file.h"
#include "runtime/context/door.h"
#include "runtime/context/ignore.h"
#include "runtime/diag/catalog.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

using context::EntryType;
using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Verdict;
using dockerfile::Word;

constexpr uint16_t kUsualFolderMode = 0755;

absl::string_view BaseName(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// Folders that images have already.
bool IsUsualFolder(absl::string_view path) {
  static const auto& usual = *new std::set<std::string>{
      "/",          "/bin",           "/dev",       "/etc",     "/home",
      "/lib",       "/media",         "/mnt",       "/opt",     "/root",
      "/run",       "/sbin",          "/srv",       "/tmp",     "/usr",
      "/usr/bin",   "/usr/lib",       "/usr/local", "/usr/src", "/usr/sbin",
      "/usr/share", "/usr/local/bin", "/var",       "/var/lib", "/var/log",
      "/var/run",   "/var/tmp",       "/var/cache"};
  return usual.count(std::string(path)) > 0;
}

// One thing that a source brings.
struct Item {
  // The name that it was found by: a file keeps it.
  std::string path;
  uint32_t entry = ContextTree::kTop;
  bool through_link = false;
};

// What arrives in the image below the target, as a folder of our own.
struct Arrival {
  uint32_t entry = 0;
  std::optional<uint16_t> mode;
};

class CopyWriter {
 public:
  CopyWriter(const Site& site, const Instruction& copy, Draft& draft)
      : site_(site),
        tree_(site.request.listing),
        copy_(copy),
        draft_(draft),
        sent_(copy) {}

  // What to send in place of the instruction.
  std::vector<Instruction> Run() {
    if (!Read()) {
      ReportFlags();
      return {copy_};
    }
    if (items_.empty() && includes_.empty()) {
      draft_.Because("no file matches: nothing is copied");
      return {};
    }
    if (NeedsOwnFolder()) return WithOwnFolder();
    CleanSources();
    AddSlash();
    return WithoutFolderModes();
  }

 private:
  // False: it is sent as it is.
  bool Read();
  bool ReadWord(const Word& word);
  // What a mount brings is not in the listing.
  bool MayBeMounted(absl::string_view path) const;
  bool ReadParents(absl::string_view text);
  bool ReadModes();
  // What it has to be sent without being written out.
  void ReportFlags() const;

  bool NeedsOwnFolder();
  std::vector<Instruction> WithOwnFolder();
  void Collect(const Item& item);
  void CollectFolder(uint32_t folder);
  void CollectParents(const std::string& base, const context::Ignore& include);
  void Put(const std::string& path, uint32_t entry);
  std::string NameOfOwnFolder() const;

  void CleanSources();
  void AddSlash();
  std::vector<Instruction> WithoutFolderModes();
  bool KeepsMode(uint32_t folder) const;
  bool TargetMayBeThere() const;
  bool TargetMayBeSpecial() const;
  bool WasChanged(bool only_attributes) const;
  std::optional<uint32_t> FirstFile(uint32_t folder) const;

  Word SourceWord(absl::string_view path) const {
    return {EscapeWord(path, '\\'), {}};
  }
  Word DoorWord(absl::string_view path, absl::string_view end) const {
    return SourceWord(
        absl::StrCat(context::kDoorSource, path.empty() ? "" : "/", path, end));
  }

  const Site& site_;
  const ContextTree tree_;
  const Instruction& copy_;
  Draft& draft_;
  Instruction sent_;

  std::vector<Item> items_;
  // --parents: folder and pattern below it.
  std::vector<std::pair<std::string, std::string>> includes_;
  std::vector<std::string> excludes_;
  bool wildcard_ = false;     // in some source
  bool empty_match_ = false;  // a wildcard matches nothing
  bool dots_ = false;         // `..` in a source
  std::optional<std::string> target_;
  // Modes that the executor's --chmod cannot set.
  std::string mode_words_;
  std::optional<uint16_t> mode_;
  std::map<std::string, Arrival> arrivals_;
};

bool CopyWriter::Read() {
  if (copy_.words.size() < 2) return false;
  if (copy_.FindFlag("parents") != nullptr &&
      site_.Can(Capability::kCopyParents)) {
    return false;
  }
  if (copy_.FindFlag("exclude") != nullptr &&
      site_.Can(Capability::kCopyExclude)) {
    return false;
  }
  for (const Flag& flag : copy_.flags) {
    if (flag.name != "exclude") continue;
    if (!flag.value.has_value()) return false;
    const auto pattern = KnownValue(site_.before.scope, *flag.value);
    if (!pattern) return false;
    excludes_.push_back(*pattern);
  }
  for (size_t i = 0; i + 1 < copy_.words.size(); ++i) {
    if (!ReadWord(copy_.words[i])) return false;
  }
  target_ = KnownValue(site_.before.scope, copy_.words.back().text);
  if (target_ && !absl::StartsWith(*target_, "/")) {
    target_ =
        site_.before.folder
            ? std::optional(absl::StrCat(*site_.before.folder, "/", *target_))
            : std::nullopt;
  }
  if (target_) target_ = CleanPath(*target_);
  return ReadModes();
}

void CopyWriter::ReportFlags() const {
  for (const Flag& flag : copy_.flags) {
    const bool parents = flag.name == "parents";
    if (!parents && flag.name != "exclude") continue;
    const dockerfile::Executor& executor = *site_.request.executor;
    const Verdict verdict = executor.Of(parents ? Capability::kCopyParents
                                                : Capability::kCopyExclude);
    const std::string shown = absl::StrCat("--", flag.name);
    constexpr absl::string_view kAdvice =
        "use no variable whose value is not in this file, or name the files";
    if (verdict == Verdict::kRefused) {
      site_.sink.Handle(
          diag::KanikoRefusedFlag(flag.span, executor.name(), shown, kAdvice));
    } else if (verdict == Verdict::kIgnored) {
      site_.sink.Handle(diag::KanikoIgnoredFlag(flag.span, executor.name(),
                                                shown, "", kAdvice));
    }
  }
}

bool CopyWriter::ReadWord(const Word& word) {
  const auto text = KnownValue(site_.before.scope, word.text);
  if (!text || (copy_.keyword == "ADD" && IsRemote(*text))) return false;
  if (copy_.FindFlag("parents") != nullptr) return ReadParents(*text);
  const std::string path = CleanSource(*text);
  dots_ = dots_ || absl::StrContains(absl::StrCat("/", *text, "/"), "/../");
  if (MayBeMounted(path)) return false;
  std::vector<std::string> paths = {path};
  if (HasWildcard(path)) {
    wildcard_ = true;
    paths = tree_.Expand(path);
    empty_match_ = empty_match_ || paths.empty();
  }
  for (std::string& one : paths) {
    const auto found = tree_.Follow(one);
    // Reported where the context is put together.
    if (!found) return false;
    items_.push_back({std::move(one), found->entry, found->through_link});
  }
  return true;
}

bool CopyWriter::MayBeMounted(absl::string_view path) const {
  const auto is_in = [](absl::string_view one, absl::string_view folder) {
    return folder.empty() || one == folder ||
           absl::StartsWith(one, absl::StrCat(folder, "/"));
  };
  const std::vector<std::string>& mounts = site_.request.mounts;
  return std::any_of(mounts.begin(), mounts.end(), [&](const auto& mount) {
    return HasWildcard(path) || is_in(path, mount) || is_in(mount, path);
  });
}

bool CopyWriter::ReadParents(absl::string_view text) {
  std::string base, pattern(text);
  if (const size_t pivot = text.find("/./"); pivot != text.npos) {
    base = CleanSource(text.substr(0, pivot));
    pattern = std::string(text.substr(pivot + 3));
  }
  pattern = CleanSource(pattern);
  if (HasWildcard(base)) return false;
  includes_.emplace_back(base, pattern);
  return true;
}

bool CopyWriter::ReadModes() {
  const Flag* chmod = copy_.FindFlag("chmod");
  if (chmod == nullptr || !chmod->value.has_value()) return true;
  const auto text = KnownValue(site_.before.scope, *chmod->value);
  if (!text) return true;  // As written: octal digits are what is usual.
  const bool octal = !text->empty() &&
                     text->find_first_not_of("01234567") == std::string::npos;
  if (!octal) {
    mode_words_ = *text;
    return ApplyModeWords(mode_words_, 0, false).has_value();
  }
  const auto mode =
      static_cast<uint16_t>(std::strtoul(text->c_str(), nullptr, 8));
  if (mode > 0777 && mode <= 07777) mode_ = mode;
  return true;
}

bool CopyWriter::NeedsOwnFolder() {
  const bool links =
      std::any_of(items_.begin(), items_.end(),
                  [](const Item& item) { return item.through_link; });
  const bool odd_names =
      std::any_of(items_.begin(), items_.end(), [this](const Item& item) {
        return (wildcard_ || dots_) && HasWildcard(item.path);
      });
  if (links) draft_.Because("COPY takes what a symlink leads to");
  if (!includes_.empty()) draft_.Because("the executor has no --parents");
  if (!excludes_.empty()) draft_.Because("the executor has no --exclude");
  if (!mode_words_.empty()) draft_.Because("--chmod takes octal digits only");
  if (mode_) draft_.Because("--chmod does not set setuid, setgid and sticky");
  return links || (odd_names && (empty_match_ || dots_)) ||
         !includes_.empty() || !excludes_.empty() || !mode_words_.empty() ||
         mode_.has_value();
}

void CopyWriter::Put(const std::string& path, uint32_t entry) {
  Arrival arrival{entry, std::nullopt};
  const context::Entry& what = (*site_.request.listing)[entry];
  if (what.type != EntryType::kSymlink) {
    if (mode_) arrival.mode = mode_;
    if (!mode_words_.empty()) {
      arrival.mode = ApplyModeWords(mode_words_, what.mode,
                                    what.type == EntryType::kFolder);
    }
  }
  arrivals_[path] = arrival;
}

void CopyWriter::Collect(const Item& item) {
  if (tree_.IsFolder(item.entry)) {
    CollectFolder(item.entry);
  } else {
    Put(std::string(BaseName(item.path)), item.entry);
  }
}

context::Ignore RulesOf(const SourceFile& file) {
  diag::Collector ignored;
  return context::Ignore::Parse(file, ignored);
}

// A folder that is left out comes back with what a later `!` takes in.
void CopyWriter::CollectFolder(uint32_t folder) {
  const SourceFile file("--exclude", absl::StrJoin(excludes_, "\n"));
  const context::Ignore exclude = RulesOf(file);
  const std::string top = tree_.Path(folder);
  const size_t skip = top.empty() ? 0 : top.size() + 1;
  for (uint32_t i = tree_.FirstBelow(folder); i < tree_.EndOf(folder); ++i) {
    const std::string path = tree_.Path(i).substr(skip);
    if (!exclude.Match(path).ignored) Put(path, i);
  }
}

// Folders on the way come along, with their modes.
void CopyWriter::CollectParents(const std::string& base,
                                const context::Ignore& include) {
  const SourceFile file("--exclude", absl::StrJoin(excludes_, "\n"));
  const context::Ignore exclude = RulesOf(file);
  const auto found = tree_.Follow(base);
  if (!found || !tree_.IsFolder(found->entry)) return;
  const std::string top = tree_.Path(found->entry);
  const size_t skip = top.empty() ? 0 : top.size() + 1;
  std::vector<uint32_t> way;
  for (uint32_t i = tree_.FirstBelow(found->entry);
       i < tree_.EndOf(found->entry); ++i) {
    const std::string path = tree_.Path(i).substr(skip);
    while (!way.empty() && tree_.EndOf(way.back()) <= i) way.pop_back();
    if (include.Match(path).ignored && !exclude.Match(path).ignored) {
      for (const uint32_t parent : way) {
        Put(tree_.Path(parent).substr(skip), parent);
      }
      Put(path, i);
    }
    if (tree_.IsFolder(i)) way.push_back(i);
  }
}

// The same sources have the same name in every build: kaniko's cache keys hold
// it.
std::string CopyWriter::NameOfOwnFolder() const {
  std::string text;
  for (const auto& [path, arrival] : arrivals_) {
    absl::StrAppend(&text, path, "\n", tree_.Path(arrival.entry), "\n",
                    arrival.mode.value_or(0), "\n");
  }
  return absl::StrCat(context::kOwnFolder, "/",
                      ToHex(Sha256Of(text)).substr(0, 12));
}

std::vector<Instruction> CopyWriter::WithOwnFolder() {
  for (const Item& item : items_) Collect(item);
  for (const auto& [base, pattern] : includes_) {
    const SourceFile file("--parents", pattern);
    CollectParents(base, RulesOf(file));
  }
  if (arrivals_.empty()) return {};
  const std::string folder = NameOfOwnFolder();
  for (const auto& [path, arrival] : arrivals_) {
    context::MemoryFile file;
    file.path = absl::StrCat(folder, "/", path);
    file.copy_of = tree_.Path(arrival.entry);
    file.copy_mode = arrival.mode;
    draft_.files.push_back(std::move(file));
  }
  sent_.flags.erase(std::remove_if(sent_.flags.begin(), sent_.flags.end(),
                                   [this](const Flag& flag) {
                                     return flag.name == "exclude" ||
                                            flag.name == "parents" ||
                                            (flag.name == "chmod" &&
                                             (mode_ || !mode_words_.empty()));
                                   }),
                    sent_.flags.end());
  const Word target = sent_.words.back();
  const std::string first = arrivals_.begin()->first;
  const auto& first_entry =
      (*site_.request.listing)[arrivals_.begin()->second.entry];
  if (items_.size() == 1 && !tree_.IsFolder(items_[0].entry)) {
    sent_.words = {DoorWord(absl::StrCat(folder, "/", first), ""), target};
    sent_.exec_form = copy_.exec_form || NeedsJson(first);
    draft_.content_only.push_back(folder);
    return {sent_};
  }
  sent_.words = {DoorWord(folder, "/"), target};
  AddSlash();
  draft_.content_only.push_back(folder);
  // The first entry makes a new target folder, and only a file makes it with
  // the right owner and mode.
  if (first_entry.type == EntryType::kFile) return {sent_};
  for (const auto& [path, arrival] : arrivals_) {
    if (absl::StrContains(path, "/") ||
        (*site_.request.listing)[arrival.entry].type != EntryType::kFile) {
      continue;
    }
    Instruction before = sent_;
    before.words[0] = DoorWord(absl::StrCat(folder, "/", path), "");
    before.exec_form = copy_.exec_form || NeedsJson(path);
    return {before, sent_};
  }
  return {sent_};
}

void CopyWriter::CleanSources() {
  if (!empty_match_ && !dots_) return;
  draft_.Because(dots_ ? "kaniko takes `..` out of the build context"
                       : "kaniko takes other files when a wildcard matches "
                         "nothing");
  const Word target = sent_.words.back();
  sent_.words.clear();
  for (const Item& item : items_) {
    sent_.words.push_back(SourceWord(item.path.empty() ? "." : item.path));
    sent_.exec_form = sent_.exec_form || NeedsJson(item.path);
  }
  sent_.words.push_back(target);
}

// With several sources kaniko needs a slash after the target.
void CopyWriter::AddSlash() {
  std::string& target = sent_.words.back().text;
  const bool has_slash = absl::EndsWith(target, "/") ||
                         absl::EndsWith(target, "/\"") ||
                         absl::EndsWith(target, "/'") || target == "." ||
                         absl::EndsWith(target, "/.");
  const bool several =
      items_.size() > 1 || copy_.words.size() > 2 || !arrivals_.empty();
  if (has_slash || !several) return;
  if (arrivals_.empty()) {
    draft_.Because("kaniko needs a slash after the target of several sources");
  }
  target += '/';
}

// Whether an instruction of this stage before this one names the target.
bool CopyWriter::WasChanged(bool only_attributes) const {
  for (const Instruction& other : site_.stage.instructions) {
    if (other.span.begin >= copy_.span.begin) break;
    if (!absl::StrContains(other.text, *target_)) continue;
    if (!only_attributes) return true;
    for (absl::string_view word :
         {"chmod", "chown", "chgrp", "install", "-m", "--chown", "--chmod",
          "useradd", "adduser", "setfacl"}) {
      if (absl::StrContains(other.text, word) ||
          std::any_of(other.flags.begin(), other.flags.end(),
                      [&](const Flag& flag) {
                        return absl::StrCat("--", flag.name) == word;
                      })) {
        return true;
      }
    }
  }
  return false;
}

bool CopyWriter::TargetMayBeThere() const {
  if (!target_) return true;
  if (IsUsualFolder(*target_)) return true;
  if (site_.before.folder &&
      absl::StartsWith(absl::StrCat(*site_.before.folder, "/"),
                       absl::StrCat(*target_, "/"))) {
    return true;
  }
  return WasChanged(/*only_attributes=*/false);
}

// It may be there with another owner than root or another mode than 0755.
bool CopyWriter::TargetMayBeSpecial() const {
  if (!target_) return true;
  for (absl::string_view path : {"/root", "/tmp", "/var/tmp"}) {
    if (*target_ == path) return true;
  }
  return WasChanged(/*only_attributes=*/true);
}

bool CopyWriter::KeepsMode(uint32_t folder) const {
  const bool usual = folder == ContextTree::kTop ||
                     (*site_.request.listing)[folder].mode == kUsualFolderMode;
  if (copy_.FindFlag("chmod") != nullptr) return !TargetMayBeThere();
  if (copy_.FindFlag("chown") != nullptr) return false;
  return usual && !TargetMayBeSpecial();
}

// Its name is no wildcard.
std::optional<uint32_t> CopyWriter::FirstFile(uint32_t folder) const {
  for (const uint32_t child : tree_.Children(folder)) {
    if ((*site_.request.listing)[child].type == EntryType::kFile &&
        !HasWildcard(site_.request.listing->Name(child))) {
      return child;
    }
  }
  return std::nullopt;
}

std::vector<Instruction> CopyWriter::WithoutFolderModes() {
  std::vector<Instruction> sent;
  std::vector<Word> words;
  bool changed = false;
  for (const Item& item : items_) {
    // Kaniko takes it for a wildcard.
    if (HasWildcard(item.path)) return {sent_};
  }
  for (const Item& item : items_) {
    words.push_back(SourceWord(item.path.empty() ? "." : item.path));
    if (!tree_.IsFolder(item.entry) || KeepsMode(item.entry)) continue;
    const std::vector<uint32_t> children = tree_.Children(item.entry);
    if (children.empty()) continue;
    const context::Entry& first = (*site_.request.listing)[children[0]];
    const bool chown = copy_.FindFlag("chown") != nullptr;
    const bool first_makes_it = first.type == EntryType::kFile ||
                                (!chown && (first.type == EntryType::kSymlink ||
                                            first.mode == kUsualFolderMode));
    if (!first_makes_it) {
      const std::optional<uint32_t> file = FirstFile(item.entry);
      if (!file) continue;
      Instruction before = sent_;
      const std::string path = tree_.Path(*file);
      before.words = {SourceWord(path), sent_.words.back()};
      before.exec_form = sent_.exec_form || NeedsJson(path);
      if (!absl::EndsWith(before.words[1].text, "/")) {
        before.words[1].text += '/';
      }
      sent.push_back(std::move(before));
    }
    words.back() = DoorWord(item.path, "/");
    draft_.content_only.push_back(item.path);
    changed = true;
  }
  if (!changed) return {sent_};
  draft_.Because(
      "kaniko gives an existing folder the mode and owner of the source");
  for (const Item& item : items_) {
    sent_.exec_form = sent_.exec_form || NeedsJson(item.path);
  }
  words.push_back(sent_.words.back());
  sent_.words = std::move(words);
  if (sent_.words.size() > 2) AddSlash();
  sent.push_back(sent_);
  return sent;
}

}  // namespace

void RewriteCopy(const Site& site, Draft& draft) {
  if (site.request.listing == nullptr) return;
  std::vector<Instruction> sent;
  for (const Instruction& instruction : draft.instructions) {
    const bool copy =
        instruction.keyword == "COPY" || instruction.keyword == "ADD";
    if (!copy || instruction.FindFlag("from") != nullptr ||
        !instruction.heredocs.empty()) {
      sent.push_back(instruction);
      continue;
    }
    for (Instruction& one : CopyWriter(site, instruction, draft).Run()) {
      sent.push_back(std::move(one));
    }
  }
  draft.instructions = std::move(sent);
}

}  // namespace ovenbird::rewrite
