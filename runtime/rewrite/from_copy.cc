#include "runtime/rewrite/from_copy.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/clean_path.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/root_run.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stages.h"

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
  return Sent() != nullptr && site_.earlier.CanAddTo(stage_) &&
         HasUsualShell(site_.earlier.ends.at(stage_));
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
