#include "runtime/context/assemble.h"

#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/door.h"
#include "runtime/context/walk.h"
#include "runtime/report/visible.h"

namespace ovenbird::context {
namespace {

// Index of a file at the top of the context; size() when it is not there.
size_t FindAtTop(const Listing& listing, absl::string_view name) {
  for (size_t i = 0; i < listing.size(); ++i) {
    if (listing[i].parent == Entry::kTop && listing.Name(i) == name) return i;
  }
  return listing.size();
}

// A rule that matches just this path.
std::string AsRule(absl::string_view path) {
  std::string rule;
  for (const char c : path) {
    if (absl::StrContains("*?[]\\", c) ||
        (rule.empty() && (c == '#' || c == '!'))) {
      rule += '\\';
    }
    rule += c;
  }
  return rule;
}

// One file by two names. Names that are the same need no look at the disk.
bool IsSameFile(const std::string& a, const std::string& b) {
  if (!absl::StrContains(a, "..") && !absl::StrContains(b, "..") &&
      std::filesystem::path(a).lexically_normal() ==
          std::filesystem::path(b).lexically_normal()) {
    return true;
  }
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

bool IsOwn(absl::string_view path) {
  return absl::StartsWith(path, absl::StrCat(kOwnFolder, "/"));
}

class Assembler {
 public:
  Assembler(const Folder& folder, const AssembleOptions& options,
            diag::Sink& sink)
      : folder_(folder), options_(options), sink_(sink) {}

  Assembled Run() {
    Assembled result{Select(), options_.files, std::move(because_)};
    result.files.push_back(
        {options_.dockerfile_name, options_.dockerfile_text});
    for (const std::string& path : Doors()) {
      MemoryFile door;
      door.path = path;
      door.link_target = std::string(kDoorTarget);
      result.files.push_back(std::move(door));
    }
    std::string text = options_.for_docker ? DockersIgnoreText(result.listing)
                                           : IgnoreText(result.listing);
    if (!text.empty()) {
      result.files.push_back(
          {options_.for_docker ? std::string(kIgnoreFile) : IgnoreName(),
           std::move(text)});
    }
    return result;
  }

 private:
  Listing Select() {
    const Listing& listing = folder_.listing;
    if (options_.sources == nullptr) {
      return listing.Select(std::vector<bool>(listing.size(), true));
    }
    Needed needed = FindNeeded(listing, *options_.sources);
    ReportMissing(needed, listing, folder_.ignore, sink_);
    if (needed.everything != nullptr) because_ = needed.everything->why;
    return listing.Select(needed.keep);
  }

  // COPY must not see the Dockerfile where Docker would not show it: because a
  // rule leaves it out, or because it is not there at all.
  bool HidesDockerfile() const {
    if (folder_.ignore.rules.Match(options_.dockerfile_name).ignored) {
      return true;
    }
    return !IsSameFile(
        options_.dockerfile,
        absl::StrCat(folder_.listing.root(), "/", options_.dockerfile_name));
  }

  bool HasDoor() const { return !options_.content_only.empty(); }

  std::set<std::string> Doors() const {
    std::set<std::string> doors;
    for (const std::string& folder : options_.content_only) {
      doors.insert(DoorOf(folder));
    }
    return doors;
  }

  bool HasOwnFiles() const {
    return HasDoor() || IsOwn(options_.dockerfile_name) ||
           absl::c_any_of(options_.files, [](const MemoryFile& file) {
             return IsOwn(file.path);
           });
  }

  // The names that COPY must not see.
  std::vector<std::string> Hidden(const Listing& selected) const {
    std::vector<std::string> hidden;
    const bool own_dockerfile = IsOwn(options_.dockerfile_name);
    if (!own_dockerfile && HidesDockerfile()) {
      hidden.push_back(options_.dockerfile_name);
    }
    if (HasOwnFiles()) hidden.emplace_back(kOwnFolder);
    // Else kaniko would read the user's.
    const bool shadows = FindAtTop(selected, kIgnoreFile) < selected.size();
    if (hidden.empty() && !shadows) return {};
    if (!IsOwn(IgnoreName())) hidden.push_back(IgnoreName());
    return hidden;
  }

  // kaniko reads it instead of `.dockerignore`.
  std::string IgnoreName() const {
    return options_.ignore_at_top
               ? std::string(kIgnoreFile)
               : absl::StrCat(options_.dockerfile_name, kIgnoreFile);
  }

  // Whether COPY shows the file that the executor reads: its text has to stay.
  // Rewriting has COPY take another one where there are files of ours.
  bool KeepsIgnoreFile(const Listing& selected) const {
    return options_.ignore_at_top && !HasOwnFiles() &&
           FindAtTop(selected, kIgnoreFile) < selected.size() &&
           folder_.ignore.is_default &&
           (!HidesDockerfile() ||
            folder_.ignore.rules.Match(options_.dockerfile_name).ignored);
  }

  // The user's own rules are right once more; "": the user's file, if COPY sees
  // any, is right.
  std::string DockersIgnoreText(const Listing& selected) const {
    if (!HidesDockerfile()) return "";
    const std::string rule =
        absl::StrCat(AsRule(options_.dockerfile_name), "\n");
    if (FindAtTop(selected, kIgnoreFile) == selected.size()) {
      return absl::StrCat(kIgnoreFile, "\n", rule);
    }
    if (!folder_.ignore.is_default) return rule;
    return absl::StrCat(folder_.ignore.file->text(), "\n", rule);
  }

  // "": none is needed.
  std::string IgnoreText(const Listing& selected) const {
    if (KeepsIgnoreFile(selected)) return "";
    const std::vector<std::string> hidden = Hidden(selected);
    std::string rules;
    // Everything of ours, but not what the door leads to.
    if (HasDoor()) absl::StrAppend(&rules, kOwnFolder, "\n");
    for (const std::string& door : Doors()) {
      absl::StrAppend(&rules, "!", door, kContextInDoor, "/*\n");
    }
    // The user's own file of that name, which COPY sees.
    const bool at_top = options_.ignore_at_top && HasOwnFiles();
    const size_t own =
        at_top ? selected.size() : FindAtTop(selected, IgnoreName());
    if (own < selected.size() && folder_.ignore.file != nullptr &&
        !folder_.ignore.is_default) {
      absl::StrAppend(&rules, folder_.ignore.file->text(), "\n");
    }
    AddContentRules(/*own=*/false, rules);
    for (const std::string& name : hidden) {
      if (name == IgnoreName() && own < selected.size()) continue;
      if (!HasDoor() || name != kOwnFolder) {
        absl::StrAppend(&rules, AsRule(name), "\n");
      }
      for (const std::string& door : Doors()) {
        absl::StrAppend(&rules, door, kContextInDoor, "/", AsRule(name), "\n");
      }
    }
    AddContentRules(/*own=*/true, rules);
    return hidden.empty() ? "" : rules;
  }

  // Of the user's folders, or of ours, which are hidden otherwise.
  void AddContentRules(bool own, std::string& rules) const {
    for (const std::string& folder : options_.content_only) {
      // The context itself: only what is below the door is shown.
      if (absl::StartsWith(folder, kOwnFolder) != own || folder.empty()) {
        continue;
      }
      const std::string rule =
          absl::StrCat(ThroughDoorOf(folder), "/", AsRule(folder));
      absl::StrAppend(&rules, rule, "\n!", rule, "/*\n");
    }
  }

  const Folder& folder_;
  const AssembleOptions& options_;
  diag::Sink& sink_;
  std::string because_;
};

}  // namespace

bool ReplacesIgnoreFile(const Folder& folder, const std::string& dockerfile,
                        const std::string& name) {
  const Listing& listing = folder.listing;
  if (FindAtTop(listing, kIgnoreFile) == listing.size()) return false;
  if (!folder.ignore.is_default) return true;
  return !folder.ignore.rules.Match(name).ignored &&
         !IsSameFile(dockerfile, absl::StrCat(listing.root(), "/", name));
}

absl::StatusOr<Folder> OpenFolder(const std::string& root,
                                  absl::string_view dockerfile,
                                  diag::Sink& sink) {
  diag::Collector problems;
  ASSIGN_OR_RETURN(IgnoreFile ignore,
                   LoadIgnoreFile(root, dockerfile, problems));
  WalkOptions options;
  options.ignore = &ignore.rules;
  ASSIGN_OR_RETURN(WalkResult walk, Walk(root, options));
  for (diag::Diagnostic& problem : problems.Sorted()) {
    sink.Handle(std::move(problem));
  }
  Folder folder{std::move(walk.listing), std::move(ignore), {}};
  for (const std::string& skipped : walk.skipped) {
    folder.warnings.push_back(absl::StrCat(
        report::Visible(skipped), " is omitted from the build context"));
  }
  return folder;
}

Assembled Assemble(const Folder& folder, const AssembleOptions& options,
                   diag::Sink& sink) {
  return Assembler(folder, options, sink).Run();
}

}  // namespace ovenbird::context
