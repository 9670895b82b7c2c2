#include "runtime/context/assemble.h"

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/walk.h"
#include "runtime/report/visible.h"

namespace ovenbird::context {
namespace {

constexpr absl::string_view kIgnoreFile = ".dockerignore";

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

class Assembler {
 public:
  Assembler(const Folder& folder, const AssembleOptions& options,
            diag::Sink& sink)
      : folder_(folder),
        options_(options),
        sink_(sink),
        ignore_file_(FindAtTop(folder.listing, kIgnoreFile)) {}

  Assembled Run() {
    Assembled result{Select(), options_.files, std::move(because_)};
    result.files.push_back(
        {options_.dockerfile_name, options_.dockerfile_text});
    if (std::string text = IgnoreText(); !text.empty()) {
      result.files.push_back({std::string(kIgnoreFile), std::move(text)});
    }
    return result;
  }

 private:
  bool HasIgnoreFile() const { return ignore_file_ < folder_.listing.size(); }

  Listing Select() {
    const Listing& listing = folder_.listing;
    if (options_.sources == nullptr) {
      return listing.Select(std::vector<bool>(listing.size(), true));
    }
    Needed needed = FindNeeded(listing, *options_.sources);
    ReportMissing(needed, listing, folder_.ignore, sink_);
    if (needed.everything != nullptr) because_ = needed.everything->why;
    // kaniko reads it, too.
    if (HasIgnoreFile()) needed.keep[ignore_file_] = true;
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

  // kaniko applies /context/.dockerignore once more when it copies. Its
  // matcher is an old one of Docker's and takes fewer files back in than
  // Docker does today, so it should find no more rules than it must. "": what
  // lies in the folder, if anything, is right.
  std::string IgnoreText() const {
    std::string rules;
    if (HidesDockerfile()) {
      absl::StrAppend(&rules, AsRule(options_.dockerfile_name), "\n");
    }
    if (folder_.ignore.is_default && HasIgnoreFile()) {
      for (const MemoryFile& file : options_.files) {
        if (!folder_.ignore.rules.Match(file.path).ignored) continue;
        absl::StrAppend(&rules, "!", AsRule(file.path), "\n");
      }
      if (rules.empty()) return "";
      return absl::StrCat(folder_.ignore.file->text(), "\n", rules);
    }
    // Here the folder's own one, if COPY sees any, is not the one in force.
    if (HasIgnoreFile()) return rules.empty() ? "# none\n" : rules;
    return rules.empty() ? "" : absl::StrCat(kIgnoreFile, "\n", rules);
  }

  const Folder& folder_;
  const AssembleOptions& options_;
  diag::Sink& sink_;
  const size_t ignore_file_;
  std::string because_;
};

}  // namespace

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
        report::Visible(skipped), " is left out of the build context"));
  }
  return folder;
}

Assembled Assemble(const Folder& folder, const AssembleOptions& options,
                   diag::Sink& sink) {
  return Assembler(folder, options, sink).Run();
}

}  // namespace ovenbird::context
