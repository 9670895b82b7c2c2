#include "runtime/context/needed.h"

#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/suggest.h"
#include "runtime/context/glob.h"
#include "runtime/context/walk.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::context {
namespace {

using dockerfile::Source;

// What one source looks for.
class Finder {
 public:
  Finder(Source::Kind kind, std::string text, size_t source)
      : kind_(kind), text_(std::move(text)), source_(source) {
    if (kind_ != Source::kPattern) return;
    // It takes a little more than Go's filepath.Match, which Docker uses here
    // (a class matches a slash): which does no harm.
    absl::StatusOr<Glob> glob = Glob::Compile(text_);
    if (glob.ok()) {
      glob_ = *std::move(glob);
    } else {
      kind_ = Source::kAll;
    }
  }

  bool Matches(absl::string_view path) const {
    switch (kind_) {
      case Source::kPath:
        return path == text_;
      case Source::kPattern:
        return glob_->Match(path);
      case Source::kPrefix:
        return absl::StartsWith(path, text_);
      case Source::kAll:
        return true;
    }
    return true;
  }

  // The way to what is looked for leads through `path`.
  bool PassesThrough(absl::string_view path) const {
    const absl::string_view fixed =
        kind_ == Source::kPattern ? glob_->prefix() : text_;
    return kind_ != Source::kAll && fixed.size() > path.size() &&
           absl::StartsWith(fixed, path) && fixed[path.size()] == '/';
  }

  // The same behind the symlink at `path`, which leads to `target`.
  Finder Behind(absl::string_view path, absl::string_view target) const {
    absl::string_view rest = absl::string_view(text_).substr(path.size());
    if (target.empty()) rest.remove_prefix(1);
    return Finder(kind_, absl::StrCat(target, rest), source_);
  }
  // What lies at the end of a symlink that was found.
  Finder At(std::string target) const {
    const Source::Kind kind = target.empty() ? Source::kAll : Source::kPath;
    return Finder(kind, std::move(target), source_);
  }

  size_t source() const { return source_; }
  // Two sources may well name the same path.
  std::tuple<int, std::string, size_t> key() const {
    return {kind_, text_, source_};
  }

 private:
  Source::Kind kind_;
  std::string text_;
  size_t source_;
  std::optional<Glob> glob_;
};

// Where a symlink leads, seen from the context's top; an absolute target starts
// there, as in an image.
std::string Target(const Listing& listing, size_t link,
                   absl::string_view path) {
  const absl::string_view target = listing.LinkTarget(link);
  const size_t slash = path.rfind('/');
  const absl::string_view folder =
      slash == path.npos || absl::StartsWith(target, "/")
          ? ""
          : path.substr(0, slash);
  return CleanPath(absl::StrCat("/", folder, "/", target)).substr(1);
}

// The path with the symlinks of the context followed.
std::string FollowLinks(const Listing& listing, std::string path) {
  constexpr int kMostLinks = 40;
  for (int n = 0; n < kMostLinks; ++n) {
    PathCursor cursor(listing);
    size_t i = 0;
    for (; i < listing.size(); ++i) {
      const std::string link(cursor.At(i));
      if (listing[i].type != EntryType::kSymlink ||
          !absl::StartsWith(path + "/", link + "/")) {
        continue;
      }
      path = CleanPath(absl::StrCat("/", Target(listing, i, link),
                                    path.substr(link.size())))
                 .substr(1);
      break;
    }
    if (i == listing.size()) break;
  }
  return path;
}

// The folders of an optional pattern that no wildcard names; "": the context's
// top, or another source.
std::string FolderOf(const Source& source) {
  if (!source.optional) return "";
  const size_t wildcard = source.text.find_first_of("*?[\\");
  const size_t slash = source.text.rfind('/', wildcard);
  return slash == std::string::npos ? "" : source.text.substr(0, slash);
}

// BuildKit sends what the path names as a pattern, in which a backslash
// escapes, and then looks for the path as it is: it is there only if another
// source sends it.
bool SendsNothing(const Source& source) {
  return source.kind == Source::kPath && absl::StrContains(source.text, '\\');
}

class Search {
 public:
  Search(const Listing& listing, const std::vector<Source>& sources)
      : listing_(listing), found_(sources.size()) {
    result_.keep.resize(listing.size());
    for (size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].kind == Source::kAll && result_.everything == nullptr) {
        result_.everything = &sources[i];
      }
      if (SendsNothing(sources[i])) continue;
      Add(Finder(sources[i].kind, sources[i].text, i));
    }
  }

  Needed Run(const std::vector<Source>& sources) {
    // Symlinks on the way add more to look for.
    while (!todo_.empty()) {
      const std::vector<Finder> finders = std::move(todo_);
      todo_.clear();
      LookFor(finders);
    }
    for (size_t i = 0; i < sources.size(); ++i) {
      if (SendsNothing(sources[i])) found_[i] = IsSent(sources[i].text);
      if (found_[i]) continue;
      result_.missing.push_back(&sources[i]);
      const std::string folder = FolderOf(sources[i]);
      if (!folder.empty() && !IsFolderSent(folder)) {
        result_.unsent_folders[&sources[i]] = folder;
      }
    }
    return std::move(result_);
  }

 private:
  void Add(Finder finder) {
    if (seen_.insert(finder.key()).second) todo_.push_back(std::move(finder));
  }

  // Whether another source sends the path.
  bool IsSent(absl::string_view path) const {
    PathCursor cursor(listing_);
    for (size_t i = 0; i < listing_.size(); ++i) {
      if (cursor.At(i) != path) continue;
      return result_.everything != nullptr || result_.keep[i];
    }
    return false;
  }

  // Whether a source takes the folder, or anything in it.
  bool IsFolderSent(absl::string_view folder) const {
    if (result_.everything != nullptr) return true;
    const std::string real = FollowLinks(listing_, std::string(folder));
    PathCursor cursor(listing_);
    for (size_t i = 0; i < listing_.size(); ++i) {
      const absl::string_view path = cursor.At(i);
      if (result_.keep[i] && (real.empty() || path == real ||
                              absl::StartsWith(path, real + "/"))) {
        return true;
      }
    }
    return real.empty();
  }

  void LookFor(const std::vector<Finder>& finders) {
    PathCursor cursor(listing_);
    std::vector<bool> matched(listing_.size());
    for (size_t i = 0; i < listing_.size(); ++i) {
      const uint32_t parent = listing_[i].parent;
      const absl::string_view path = cursor.At(i);
      matched[i] = parent != Entry::kTop && matched[parent];
      for (const Finder& finder : finders) Try(finder, path, i, matched);
      if (matched[i]) result_.keep[i] = true;
    }
  }

  void Try(const Finder& finder, absl::string_view path, size_t entry,
           std::vector<bool>& matched) {
    const bool is_link = listing_[entry].type == EntryType::kSymlink;
    if (finder.Matches(path)) {
      matched[entry] = true;
      found_[finder.source()] = true;
      if (is_link) Add(finder.At(Target(listing_, entry, path)));
    } else if (is_link && finder.PassesThrough(path)) {
      result_.keep[entry] = true;
      Add(finder.Behind(path, Target(listing_, entry, path)));
    }
  }

  const Listing& listing_;
  Needed result_;
  std::vector<bool> found_;
  std::vector<Finder> todo_;
  std::set<std::tuple<int, std::string, size_t>> seen_;
};

// The path on the disk that the source means, whatever the ignore file says.
std::optional<std::string> FindOnDisk(const Listing& everything,
                                      const Source& source) {
  const Finder finder(source.kind, source.text, 0);
  PathCursor cursor(everything);
  for (size_t i = 0; i < everything.size(); ++i) {
    const absl::string_view path = cursor.At(i);
    if (finder.Matches(path)) return std::string(path);
  }
  return std::nullopt;
}

// Without the folders on the way to `text`: they are there, and not meant.
std::string DidYouMean(const Listing& listing, const std::string& text) {
  std::vector<std::string> paths;
  PathCursor cursor(listing);
  for (size_t i = 0; i < listing.size(); ++i) {
    const std::string path(cursor.At(i));
    if (!absl::StartsWith(text, path + "/")) paths.push_back(path);
  }
  const std::vector<absl::string_view> views(paths.begin(), paths.end());
  const absl::string_view best = Suggest(text, views);
  return best.empty() ? "" : absl::StrCat("did you mean `", best, "`?");
}

diag::Diagnostic Missing(const Source& source, const Listing& listing) {
  // Only the start of the path is known.
  const bool prefix = source.kind == Source::kPrefix;
  return diag::CopySourceMissing(source.span,
                                 prefix ? source.text + "*" : source.text,
                                 CleanPath(listing.root()),
                                 prefix ? "with any value of its variable"
                                        : DidYouMean(listing, source.text));
}

diag::Diagnostic Ignored(const Source& source, const IgnoreFile& ignore,
                         int rule_index) {
  const Ignore::Rule& rule =
      ignore.rules.rules()[static_cast<size_t>(rule_index)];
  return diag::CopySourceIgnored(
             source.span, source.text,
             absl::StrCat(rule.negated ? "!" : "", rule.glob.pattern()),
             ignore.file->name())
      .WithNote("this rule excludes it", rule.span);
}

}  // namespace

Needed FindNeeded(const Listing& listing, const std::vector<Source>& sources) {
  return Search(listing, sources).Run(sources);
}

void ReportMissing(const Needed& needed, const Listing& listing,
                   const IgnoreFile& ignore, diag::Sink& sink) {
  std::optional<WalkResult> everything;
  for (const Source* source : needed.missing) {
    const auto folder = needed.unsent_folders.find(source);
    if (folder != needed.unsent_folders.end()) {
      sink.Handle(diag::CopyFolderUnsent(source->span, source->text,
                                         folder->second,
                                         CleanPath(listing.root())));
    } else if (source->optional) {
      sink.Handle(diag::CopyPatternUnmatched(source->span, source->text,
                                             CleanPath(listing.root())));
    }
    if (!source->required) continue;
    if (!everything.has_value()) {
      absl::StatusOr<WalkResult> walk = Walk(listing.root());
      everything = walk.ok() ? *std::move(walk) : WalkResult(Listing(""));
    }
    const auto path = FindOnDisk(everything->listing, *source);
    const int rule = path.has_value() ? ignore.rules.Match(*path).rule : -1;
    if (rule >= 0 && ignore.file != nullptr) {
      sink.Handle(Ignored(*source, ignore, rule));
    } else {
      sink.Handle(Missing(*source, listing));
    }
  }
}

}  // namespace ovenbird::context
