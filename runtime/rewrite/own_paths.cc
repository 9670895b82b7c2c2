#include "runtime/rewrite/own_paths.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/kube/handover.h"
#include "runtime/rewrite/context_tree.h"
#include "runtime/rewrite/copied.h"
#include "runtime/rewrite/run_commands.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/stage_commands.h"
#include "runtime/rewrite/stages.h"
#include "runtime/rewrite/target_folder.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;
using dockerfile::ShellCommand;

constexpr absl::string_view kOwnPaths[] = {"/kaniko", kube::kContextPath,
                                           "/etc/mtab", "/etc/hostname"};
// Mount points of every container, which the executor leaves out of the image.
constexpr absl::string_view kMountedFiles[] = {"/etc/hosts", "/etc/resolv.conf",
                                               "/etc/hostname", "/etc/mtab"};

bool IsMountedFile(absl::string_view path) {
  return absl::c_linear_search(kMountedFiles, path);
}

bool MatchesMountedFile(const std::string& pattern) {
  return absl::c_any_of(kMountedFiles, [&](absl::string_view file) {
    return Below(pattern, std::string(file)) == "";
  });
}

// The own path that this one is, or is below; "".
absl::string_view OwnPathOf(absl::string_view path) {
  for (const absl::string_view own : kOwnPaths) {
    if (IsAtOrBelow(path, own)) return own;
  }
  return "";
}

// Whether something that a command prints ends in a file.
bool WritesFile(const std::vector<ShellCommand>& commands) {
  return absl::c_any_of(commands, [](const ShellCommand& command) {
    return absl::c_any_of(command.outputs, [](const std::string& output) {
      return !absl::StartsWith(output, "/dev/");
    });
  });
}

// `grep` for certain names; `grep -v` lets all others through.
bool Selects(const ShellCommand& command) {
  return command.name == "grep" &&
         absl::c_none_of(command.arguments, [](const std::string& argument) {
           return absl::StartsWith(argument, "-") &&
                  absl::StrContains(argument, "v");
         });
}

bool ListsTop(const ShellCommand& command) {
  if (command.name != "ls" && command.name != "tree") return false;
  bool named = false;
  for (const std::string& argument : command.arguments) {
    if (absl::StartsWith(argument, "-")) continue;
    named = true;
    if (dockerfile::ResolvePath(argument, command.folder) == "/") return true;
  }
  return !named && command.folder == "/";
}

// The effects of one RUN on own paths, the temporary ones left out.
class RunReader {
 public:
  struct Effect {
    std::string path;
    std::string text;
    Span span;
  };

  RunReader(const Instruction& run, const std::vector<ShellCommand>& commands)
      : run_(run),
        keeps_lists_(WritesFile(commands) &&
                     absl::c_none_of(commands, Selects)) {
    for (const ShellCommand& command : commands) Read(command);
  }

  const std::vector<Effect>& effects() const { return effects_; }

 private:
  void Read(const ShellCommand& command) {
    for (const std::string& path : dockerfile::DeletionsOf(command)) {
      if (Forget(path) || OwnPathOf(path).empty()) continue;
      Add(command, path, absl::StrCat("leaves `", path, "` in the image"));
    }
    for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
      if (OwnPathOf(write.path).empty() && !IsMountedFile(write.path)) continue;
      // `mkdir -p` makes the own path, too.
      const absl::string_view made =
          write.parents ? OwnPathOf(write.path) : write.path;
      Add(command, std::string(made),
          absl::StrCat("omits from the image the files that RUN writes to `",
                       write.path, "`"));
    }
    for (const std::string& argument : command.arguments) {
      const std::string path =
          dockerfile::ResolvePath(argument, command.folder);
      if (OwnPathOf(path) != path || path.empty()) continue;
      Add(command, path, absl::StrCat("has its own files in `", path, "`"));
    }
    if (keeps_lists_ && ListsTop(command)) {
      Add(command, "/",
          "shows its own folders, such as `/workspace`, in the list of `/`");
    }
    if (!dockerfile::IsUnderstood(command) &&
        !OwnPathOf(command.folder).empty()) {
      Add(command, command.folder,
          absl::StrCat("omits from the image what `", command.name,
                       "` writes to `", command.folder, "`"));
    }
  }

  void Add(const ShellCommand& command, const std::string& path,
           std::string text) {
    const Span span = run_.exec_form
                          ? run_.text_span
                          : run_.SpanOfText(command.begin, command.end);
    effects_.push_back({path, std::move(text), span});
  }

  // True if the RUN has made the path itself.
  bool Forget(const std::string& path) {
    const auto last = std::remove_if(
        effects_.begin(), effects_.end(),
        [&](const Effect& effect) { return IsAtOrBelow(effect.path, path); });
    const bool any = last != effects_.end();
    effects_.erase(last, effects_.end());
    return any;
  }

  const Instruction& run_;
  // A list that a command prints ends in a file.
  const bool keeps_lists_;
  std::vector<Effect> effects_;
};

bool RunFollows(const Site& site, const Instruction& copy) {
  return absl::c_any_of(site.stage.instructions, [&](const Instruction& other) {
    return other.keyword == "RUN" && other.span.begin > copy.span.begin;
  });
}

// Whether something that the words before the target name arrives at `path`, as
// far as it is known.
class Arrivals {
 public:
  Arrivals(const Site& site, const Instruction& copy, const std::string& target)
      : site_(site), copy_(copy), target_(target) {
    const absl::string_view text = copy.words.back().text;
    into_folder_ = copy.words.size() > 2 || absl::EndsWith(text, "/") ||
                   IsUsualFolder(target);
  }

  bool Has(absl::string_view path) const {
    if (path == target_) return true;
    if (!IsAtOrBelow(path, target_)) return false;
    for (size_t i = 0; i + 1 < copy_.words.size(); ++i) {
      const auto source = KnownValue(site_.before.scope, copy_.words[i].text);
      if (source && Has(path, *source)) return true;
    }
    return false;
  }

 private:
  bool Has(absl::string_view path, absl::string_view source) const {
    const std::string below =
        std::string(path.substr(target_ == "/" ? 1 : target_.size() + 1));
    const std::string clean = CleanPath(absl::StrCat("/", source)).substr(1);
    const bool in_context =
        copy_.FindFlag("from") == nullptr && !absl::StrContains(source, "://");
    if (!in_context || site_.request.listing == nullptr) {
      return into_folder_ && clean.substr(clean.rfind('/') + 1) == below;
    }
    const ContextTree tree(site_.request.listing);
    if (copy_.FindFlag("parents") != nullptr) {
      return absl::c_linear_search(tree.Expand(clean), below);
    }
    return absl::c_any_of(tree.Expand(clean), [&](const std::string& one) {
      const auto found = tree.Follow(one);
      if (!found) return false;
      if (!tree.IsFolder(found->entry)) {
        return into_folder_ && one.substr(one.rfind('/') + 1) == below;
      }
      return copy_.FindFlag("exclude") == nullptr &&
             tree.Follow(one.empty() ? below : absl::StrCat(one, "/", below))
                 .has_value();
    });
  }

  const Site& site_;
  const Instruction& copy_;
  const std::string& target_;
  // A file keeps its name.
  bool into_folder_ = false;
};

void ReportTarget(const Site& site, const Instruction& copy) {
  if (copy.words.size() < 2) return;
  const auto target = site.before.PathOf(copy.words.back().text);
  if (!target) return;
  const Arrivals arrivals(site, copy, *target);
  for (const absl::string_view file : kMountedFiles) {
    if (!arrivals.Has(file)) continue;
    site.Report(copy.words.back().span,
                absl::StrCat("omits `", file, "` from the image"),
                "leave the file out, or create it when a container starts");
    return;
  }
  // What COPY puts below the folders arrives, but old executors delete it after
  // a RUN.
  const absl::string_view own = OwnPathOf(*target);
  if (!own.empty() && !site.Can(dockerfile::Capability::kCopyToOwnPaths) &&
      RunFollows(site, copy)) {
    site.Report(copy.words.back().span,
                absl::StrCat("deletes `", *target, "` after the next RUN"),
                absl::StrCat("use another path than `", own, "`"));
  }
}

// The executor's container has these files, as every container has.
void ReportSources(const Site& site, const Instruction& copy) {
  const dockerfile::Flag* from = copy.FindFlag("from");
  if (from == nullptr || !from->value) return;
  const auto name = KnownValue(site.before.scope, *from->value);
  if (!name ||
      StageOfFrom(*site.request.dockerfile, *name, site.stage.index) < 0) {
    return;
  }
  for (size_t i = 0; i + 1 < copy.words.size(); ++i) {
    const auto source = KnownValue(site.before.scope, copy.words[i].text);
    if (!source) continue;
    const std::string path = CleanPath(absl::StrCat("/", *source));
    if (IsMountedFile(path)) {
      site.Report(copy.words[i].span,
                  absl::StrCat("copies `", path, "` of its own container"),
                  "write the file to another path in that stage");
    } else if (path == "/etc" ||
               (HasWildcard(path) && MatchesMountedFile(path))) {
      site.Report(copy.words[i].span,
                  "copies `hosts` and `resolv.conf` of its own container, too",
                  "name the files of `/etc` that you need");
    }
  }
}

}  // namespace

void ReportOwnPaths(const Site& site, Draft& draft) {
  if (draft.original().keyword != "RUN") {
    ReportTarget(site, draft.original());
    ReportSources(site, draft.original());
    return;
  }
  const RunReader reader(draft.original(), CommandsOf(site, draft.original()));
  if (reader.effects().empty()) return;
  // Once for a RUN.
  const RunReader::Effect& first = reader.effects()[0];
  const absl::string_view own =
      IsMountedFile(first.path) ? first.path : OwnPathOf(first.path);
  site.Report(first.span, first.text,
              first.path == "/"
                  ? "name the folders that you need"
                  : absl::StrCat("use another path than `", own, "` in RUN"));
}

}  // namespace ovenbird::rewrite
