#include "runtime/rewrite/from.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/diag/catalog.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stages.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Verdict;
using dockerfile::Word;

// In the stage that is copied from.
constexpr absl::string_view kAside = "/.ovenbird/from/";

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(slash == path.npos ? "" : path.substr(0, slash));
}

std::string BaseName(absl::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// Returns where a path is below what the source matches; "": the source matches
// it itself. nullopt: it is not copied.
std::optional<std::string> Below(const std::string& source,
                                 const std::string& path) {
  if (source == "/") return path.substr(1);
  const auto depth = std::count(source.begin(), source.end(), '/');
  size_t end = 0;
  for (long i = 0; i < depth && end != path.npos; ++i) {
    end = path.find('/', end + 1);
  }
  const std::string top = path.substr(0, end);
  if (std::count(top.begin(), top.end(), '/') != depth ||
      fnmatch(source.c_str(), top.c_str(), FNM_PATHNAME) != 0) {
    return std::nullopt;
  }
  return end == path.npos ? "" : path.substr(end + 1);
}

// A shell reads it as the executor does.
bool IsPlain(absl::string_view path, bool wildcards) {
  for (size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    const bool wildcard = c == '*' || c == '?';
    // It would hide names that start with a dot.
    if (wildcard && (!wildcards || i == 0 || path[i - 1] == '/')) return false;
    if (!wildcard && !absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        !absl::StrContains("/._-+@:,", c)) {
      return false;
    }
  }
  return true;
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
        commands_(*site.request.dockerfile, stage) {}

  void Run() {
    ReportFlags();
    for (size_t i = 0; i + 1 < copy_.words.size(); ++i) {
      const auto text = KnownValue(site_.before.scope, copy_.words[i].text);
      if (!text) continue;
      source_ = CleanPath(absl::StrCat("/", *text));
      word_ = i;
      if (source_ == "/") {
        Report("fails to copy the whole file system of a stage",
               "name the folders to copy");
        continue;
      }
      FollowLinks();
      KeepSetuid();
      ReportFolder();
      ReportLost();
    }
  }

 private:
  void ReportFlags() const;
  void FollowLinks();
  void KeepSetuid();
  void ReportFolder() const;
  void ReportLost() const;

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
  // Adds a RUN to the stage that copies paths aside; returns the folder.
  std::string SetAside(const std::vector<std::string>& paths,
                       absl::string_view flags);

  const Site& site_;
  Draft& draft_;
  const Instruction& copy_;
  const int stage_;
  const StageCommands commands_;
  std::string source_;
  size_t word_ = 0;
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

// A failure changes nothing: the RUN never fails.
std::string FromWriter::SetAside(const std::vector<std::string>& paths,
                                 absl::string_view flags) {
  std::vector<Instruction>& additions = site_.earlier.additions[stage_];
  const StageState& end = site_.earlier.ends.at(stage_);
  if (additions.empty() && end.user != "root" && end.user != "0") {
    additions.push_back(MakeInstruction("USER", "0"));
  }
  const std::string folder = absl::StrCat(kAside, additions.size());
  std::string run = absl::StrCat("mkdir -p ", folder);
  for (const std::string& path : paths) {
    absl::StrAppend(&run, "; cp ", flags, " ", path, " ", folder,
                    "/ || cp -Rp ", path, " ", folder, "/ || true");
  }
  additions.push_back(MakeInstruction("RUN", run));
  return folder;
}

// BuildKit copies what a source leads to; links below it stay links.
void FromWriter::FollowLinks() {
  const std::set<std::string>& links = commands_.symlinks();
  const auto link =
      std::find_if(links.begin(), links.end(), [&](const std::string& one) {
        return !commands_.IsFolder(one) && Below(source_, one) == "";
      });
  const bool wildcard = HasWildcard(BaseName(source_));
  const bool library = wildcard && absl::StrContains(BaseName(source_), ".so");
  if (link == links.end() && !library) return;
  if (CanAddToStage() && IsPlain(source_, /*wildcards=*/true)) {
    const std::string folder = SetAside({source_}, "-RpH");
    Sent()->words[word_].text =
        absl::StrCat(folder, "/", wildcard ? "*" : BaseName(source_));
    draft_.Because("COPY --from takes what a symlink leads to");
  } else if (link != links.end()) {
    Report(
        absl::StrCat("copies the symlink `", *link, "`, not what it leads to"),
        "name what it leads to");
  }
}

void FromWriter::KeepSetuid() {
  if (HasFlag("chmod")) return;
  // By the folder below the target.
  std::map<std::string, std::vector<std::string>> files;
  bool lost =
      std::any_of(commands_.setuid_trees().begin(),
                  commands_.setuid_trees().end(), [&](const std::string& tree) {
                    return Below(source_, tree).has_value();
                  });
  bool plain = !lost && CanAddToStage();
  for (const std::string& file : commands_.setuid()) {
    const auto below = Below(source_, file);
    // A file that the source names itself keeps them.
    if (!below || below->empty()) continue;
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

void FromWriter::ReportFolder() const {
  if (HasFlag("chown") || !commands_.IsSpecialFolder(source_)) return;
  Report(absl::StrCat("gives the target the owner and mode of `", source_, "`"),
         "set them in a RUN after this COPY");
}

void FromWriter::ReportLost() const {
  for (const std::string& fifo : commands_.fifos()) {
    if (!Below(source_, fifo)) continue;
    Report(absl::StrCat("hangs at the named pipe `", fifo, "`"),
           "create it with mkfifo in a RUN after this COPY");
  }
  for (const std::string& file : commands_.capabilities()) {
    // BuildKit loses them, too, when the owner changes.
    if (HasFlag("chown") || !Below(source_, file)) continue;
    Report(absl::StrCat("loses the capabilities of `", file, "`"),
           "set them with setcap in a RUN after this COPY");
  }
  for (const auto& [one, other] : commands_.hard_links()) {
    const auto below = Below(source_, one);
    if (!below || below->empty() || !Below(source_, other)) continue;
    Report(absl::StrCat("copies the hard links `", one, "` and `", other,
                        "` as two files"),
           "make one of them a symlink, or run ln after this COPY");
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
  if (stage >= 0) FromWriter(site, draft, stage).Run();
}

}  // namespace ovenbird::rewrite
