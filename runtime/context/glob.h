// One pattern of a .dockerignore file, as BuildKit (moby/patternmatcher) reads
// it: `*`, `?`, `[a-z]`, `\x`, and `**` for any number of folders. Several
// forms behave in undocumented ways; they are the same here, because users'
// files were tried against them.
#ifndef OVENBIRD_RUNTIME_CONTEXT_GLOB_H_
#define OVENBIRD_RUNTIME_CONTEXT_GLOB_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace re2 {
class RE2;
}

namespace ovenbird::context {

// A compiled pattern.
class Glob {
 public:
  // Compiles the pattern; kInvalidArgument for one that Docker rejects, too:
  // the message says what is wrong with it ("`[` is not closed").
  static absl::StatusOr<Glob> Compile(absl::string_view pattern);

  // Returns a pattern that matches just this path.
  static Glob Literal(absl::string_view path);

  Glob(Glob&&) noexcept;
  Glob& operator=(Glob&&) noexcept;
  ~Glob();

  // Returns whether the pattern matches the whole of `path`: relative, elements
  // separated by single slashes, any bytes.
  bool Match(absl::string_view path) const;

  // Returns bytes that every matching path starts with; may be empty.
  absl::string_view prefix() const { return prefix_; }
  // Returns false only if no path below the folder matches. `folder` ends with
  // a slash.
  bool MayMatchBelow(absl::string_view folder) const;

  const std::string& pattern() const { return pattern_; }

 private:
  enum class Kind {
    kExact,   // the pattern itself
    kPrefix,  // "text**"
    kSuffix,  // "**text"
    kStars,   // only `*`, `**/` and literal text
    kRegex,
  };
  // A literal text and the gap before it: none, `*`, `**/`, or `**` at the
  // pattern's end.
  struct Piece {
    enum Gap { kNone, kStar, kFolders, kAnything } gap;
    std::string text;
  };

  explicit Glob(absl::string_view pattern);
  // Returns false if the pattern has more than literal text and a few stars.
  bool SplitAtStars();
  absl::Status CompileRegex();
  bool MatchSuffix(absl::string_view path) const;
  // Matches the pieces from `index` on against the whole `path`.
  bool MatchPieces(size_t index, absl::string_view path) const;
  bool MatchRegex(absl::string_view path) const;

  std::string pattern_;
  std::string prefix_;
  Kind kind_ = Kind::kExact;
  std::vector<Piece> pieces_;  // kStars
  // Matching paths have as many slashes as the pattern.
  bool fixed_depth_ = false;
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_GLOB_H_
