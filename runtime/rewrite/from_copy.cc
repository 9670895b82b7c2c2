#include "runtime/rewrite/from_copy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stages.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

bool HasUsualShell(const StageState& state) {
  if (!state.has_shell) return false;
  if (state.shell.empty()) return true;
  static const auto& usual =
      *new std::set<std::string>{"ash", "bash", "dash", "ksh", "sh", "zsh"};
  return usual.count(std::string(BaseName(state.shell[0]))) > 0;
}

// Folders of images, of which a stage copies what it did not make.
bool IsInFolderOfImages(absl::string_view path) {
  static const auto& folders =
      *new std::set<std::string>{"bin",  "etc", "home", "lib", "lib64", "opt",
                                 "root", "run", "sbin", "tmp", "usr",   "var"};
  const absl::string_view rest = path.substr(1);
  return folders.count(std::string(rest.substr(0, rest.find('/')))) > 0;
}

bool IsBelowMadeLink(const StageState& end, const std::string& path) {
  return absl::c_any_of(end.changes, [&](const StageChange& change) {
    return absl::c_any_of(change.made, [&](const auto& made) {
      return made.second.type == ImageFile::kSymlink && path != made.first &&
             IsAtOrBelow(path, made.first);
    });
  });
}

// Whether the text has the path, and not only one below it.
bool NamesPath(absl::string_view text, const std::string& path) {
  for (size_t at = text.find(path); at != text.npos;
       at = text.find(path, at + 1)) {
    const size_t end = at + path.size();
    if (end == text.size() || text[end] != '/') return true;
  }
  return false;
}

// Whether the files of the base image may tell what the path is: no line of the
// stage makes it, or a folder that it is in.
bool BaseMayTell(const StageState& end, const std::string& path) {
  if (IsBelowMadeLink(end, path)) return true;
  const bool is_made = absl::c_any_of(end.changes, [&](const auto& change) {
    // A COPY keeps a folder that is there.
    const bool is_copy = change.kind == StageChange::kCopy;
    const bool is_of_images = !change.path || *change.path == "/" ||
                              IsUsualFolder(*change.path) ||
                              (is_copy && *change.path == path);
    return (!is_copy && NamesPath(change.text, path)) ||
           (!is_of_images && IsAtOrBelow(path, *change.path));
  });
  return !is_made && IsInFolderOfImages(path);
}

}  // namespace

FromCopy::FromCopy(const Site& site, Draft& draft, int stage)
    : site_(site),
      draft_(draft),
      copy_(draft.original()),
      stage_(stage),
      commands_(ChainOf(site, stage)) {}

bool FromCopy::Next() {
  while (next_ + 1 < copy_.words.size()) {
    word_ = next_++;
    const auto text = KnownValue(site_.before.scope, copy_.words[word_].text);
    if (!text) continue;
    SetSource(CleanPath(absl::StrCat("/", *text)));
    return true;
  }
  return false;
}

void FromCopy::SetSource(const std::string& path) {
  source_ = path;
  copies_ = CopiesAt(path);
}

StageCopies FromCopy::CopiesAt(const std::string& source) const {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end()) return {};
  return FindStageCopies(end->second, site_.request.listing, source);
}

std::optional<StageFiles> FromCopy::FilesOfStage() const {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end() || HasWildcard(source_)) {
    return std::nullopt;
  }
  if (!end->second.from_scratch && !BaseMayTell(end->second, source_)) {
    return std::nullopt;
  }
  return AllFilesOfStage();
}

std::optional<StageFiles> FromCopy::AllFilesOfStage() const {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end()) return std::nullopt;
  const dockerfile::Stage& stage =
      site_.request.dockerfile->stages[static_cast<size_t>(stage_)];
  const Site at_end{site_.request,        stage,        end->second,
                    site_.executor_scope, site_.at_end, site_.sink,
                    site_.earlier};
  return std::optional<StageFiles>(std::in_place, at_end);
}

void FromCopy::ForEachFileOfBase(
    absl::FunctionRef<void(const std::string& path, const ImageFile& file)>
        visit) const {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end() || end->second.base.empty() ||
      site_.request.base_image == nullptr ||
      !BaseMayTell(end->second, source_)) {
    return;
  }
  const auto base = site_.request.base_image(end->second.base, /*files=*/true);
  if (base == nullptr || base->files == nullptr) return;
  const auto files = FilesOfStage();
  // The pattern may name a symlink to the folder: /bin/* where /bin is usr/bin.
  const std::string folder(FolderOf(source_));
  std::string real = folder;
  if (HasWildcard(source_) && !HasWildcard(folder)) {
    real = base->files->Resolve(folder, /*follow_last=*/true).value_or(folder);
  }
  for (const auto& [real_path, file] : base->files->entries) {
    std::string path = real_path;
    if (real != folder) {
      if (!absl::StartsWith(path, real + "/")) continue;
      path.replace(0, real.size(), folder);
    }
    if (!Below(source_, path)) continue;
    // A line of the stage may have removed or changed it.
    if (files && files->Lookup(path).kind != StageFile::kEntry) continue;
    visit(path, file);
  }
}

void FromCopy::ForEachMovedFile(
    absl::FunctionRef<void(const std::string& path, const ImageFile& file)>
        visit) const {
  const auto end = site_.earlier.ends.find(stage_);
  if (end == site_.earlier.ends.end() || end->second.base.empty() ||
      site_.request.base_image == nullptr) {
    return;
  }
  for (const auto& [from, to] : commands_.moves()) {
    const bool is_taken = Below(source_, to) || IsAtOrBelow(source_, to);
    if (!is_taken || !IsInFolderOfImages(from)) continue;
    const auto base =
        site_.request.base_image(end->second.base, /*files=*/true);
    if (base == nullptr || base->files == nullptr) return;
    const ImageFile* there = base->files->Find(to);
    const bool into = there != nullptr && there->type == ImageFile::kFolder;
    const std::string target =
        into ? absl::StrCat(to, "/", BaseName(from)) : to;
    const auto& entries = base->files->entries;
    for (auto at = entries.lower_bound(from);
         at != entries.end() && absl::StartsWith(at->first, from); ++at) {
      if (!IsAtOrBelow(at->first, from)) continue;
      ImageFile file = at->second;
      if (IsAtOrBelow(file.hard_link, from)) {
        file.hard_link.replace(0, from.size(), target);
      }
      const std::string path =
          absl::StrCat(target, at->first.substr(from.size()));
      if (Below(source_, path)) visit(path, file);
    }
  }
}

bool FromCopy::IsCopiedByFolder(const std::string& file) const {
  const dockerfile::Dockerfile& dockerfile = *site_.request.dockerfile;
  for (const int index : site_.request.stages) {
    const dockerfile::Stage& stage =
        dockerfile.stages[static_cast<size_t>(index)];
    for (const Instruction& other : stage.instructions) {
      const dockerfile::Flag* from = other.FindFlag("from");
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

bool FromCopy::GoesThroughMadeLink() const {
  const auto end = site_.earlier.ends.find(stage_);
  return end != site_.earlier.ends.end() &&
         IsBelowMadeLink(end->second, source_);
}

Instruction* FromCopy::Sent() const {
  return draft_.instructions.empty() ||
                 draft_.instructions[0].words.size() != copy_.words.size()
             ? nullptr
             : &draft_.instructions[0];
}

std::optional<std::string> FromCopy::ArrivalOf(const std::string& file) const {
  const auto target = site_.before.PathOf(copy_.words.back().text);
  const auto below = Below(source_, file);
  if (!target || !below || below->empty() || HasWildcard(source_) ||
      HasFlag("chown") || HasFlag("chmod")) {
    return std::nullopt;
  }
  std::string path = absl::StrCat(*target == "/" ? "" : *target, "/", *below);
  return IsPlainPath(path) ? std::optional(path) : std::nullopt;
}

bool FromCopy::CanAddToStage() const {
  if (Sent() == nullptr || !site_.earlier.CanAddTo(stage_)) return false;
  const StageState& end = site_.earlier.ends.at(stage_);
  return HasUsualShell(end) || (!end.has_shell && BaseHasShell(end));
}

bool FromCopy::BaseHasShell(const StageState& end) const {
  if (!end.shell.empty() || end.base.empty() ||
      site_.request.base_image == nullptr || !IsInFolderOfImages(source_)) {
    return false;
  }
  const auto base = site_.request.base_image(end.base, /*files=*/true);
  return base != nullptr && base->files != nullptr &&
         absl::c_all_of(std::vector<absl::string_view>{"cp", "mkdir", "sh"},
                        [&](absl::string_view program) {
                          return HasProgram(*base->files, program);
                        });
}

std::vector<Instruction>& FromCopy::Additions() {
  std::vector<Instruction>& additions = site_.earlier.additions[stage_];
  const StageState& end = site_.earlier.ends.at(stage_);
  if (additions.empty() && end.user != "root" && end.user != "0") {
    additions.push_back(MakeInstruction("USER", "0"));
  }
  return additions;
}

std::string FromCopy::SetAside(const std::vector<std::string>& paths,
                               absl::string_view flags,
                               absl::string_view then) {
  std::vector<Instruction>& additions = Additions();
  const std::string folder = AsideFolder(additions.size());
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

void FromCopy::ReplaceLink() {
  constexpr absl::string_view kBegin =
      "mkdir -p /.ovenbird-from; n=0; for p in";
  std::vector<Instruction>& additions = Additions();
  const std::string paths =
      absl::StrCat(" ", absl::StrJoin(WithHiddenNames(source_), " "));
  // One RUN for all of them.
  for (Instruction& run : additions) {
    if (run.keyword != "RUN" || !absl::StartsWith(run.text, kBegin)) continue;
    if (!absl::StrContains(run.text, absl::StrCat(paths, " ")) &&
        !absl::StrContains(run.text, absl::StrCat(paths, ";"))) {
      run.text.insert(kBegin.size(), paths);
    }
    return;
  }
  // Takes what it leads to aside: the symlink may lead to a folder that it is
  // in.
  const std::string take =
      absl::StrCat(kBegin, paths,
                   "; do [ ! -L \"$p\" ] || { n=$((n+1)); cp -RpH \"$p\" "
                   "/.ovenbird-from/link$n && rm \"$p\" && echo \"$p\" > "
                   "/.ovenbird-from/path$n; } || exit 1; done");
  // Old executors expand it for their cache keys, and know no modifiers.
  constexpr absl::string_view kPut =
      "n=1; while [ -f /.ovenbird-from/path$n ]; do "
      "mv /.ovenbird-from/link$n \"$(cat /.ovenbird-from/path$n)\" && "
      "rm /.ovenbird-from/path$n || exit 1; n=$((n+1)); done";
  if (!site_.request.cache) {
    additions.push_back(MakeInstruction("RUN", absl::StrCat(take, "; ", kPut)));
    return;
  }
  // A layer from the cache that makes a folder of a symlink leaves the symlink:
  // it has to be gone before.
  additions.push_back(MakeInstruction("RUN", take));
  additions.push_back(MakeInstruction("RUN", kPut));
}

void FromCopy::Remake(std::string command, absl::string_view why) {
  if (remade_.empty()) reason_ = std::string(why);
  remade_.push_back(std::move(command));
}

void FromCopy::AddRemaking() {
  if (remade_.empty()) return;
  draft_.instructions.push_back(
      MakeInstruction("RUN", absl::StrJoin(remade_, " && ")));
  draft_.Because(reason_);
}

std::string AsideFolder(size_t number) {
  return absl::StrCat("/.ovenbird-from/", number);
}

bool IsPlain(absl::string_view path, bool wildcards) {
  return std::all_of(path.begin(), path.end(), [&](char c) {
    return c == '*' || c == '?'
               ? wildcards
               : absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                     absl::StrContains("/._-+@:,", c);
  });
}

std::vector<std::string> WithHiddenNames(const std::string& pattern) {
  const std::string name(BaseName(pattern));
  std::vector<std::string> patterns = {pattern};
  if (absl::StartsWith(name, "*") || absl::StartsWith(name, "?")) {
    patterns.push_back(absl::StrCat(FolderOf(pattern), "/.[!.]",
                                    name[0] == '*' ? name : name.substr(1)));
  }
  return patterns;
}

}  // namespace ovenbird::rewrite
