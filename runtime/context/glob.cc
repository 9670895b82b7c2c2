#include "runtime/context/glob.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "runtime/base/utf8.h"
#include "runtime/context/text.h"
#include "runtime/dockerfile/pattern.h"

namespace ovenbird::context {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
// Backtracking is faster than an automaton for a few gaps only.
constexpr int kMaxGaps = 3;

absl::Status Bad(absl::string_view why) {
  return absl::InvalidArgumentError(why);
}

// The pattern read character by character, as a regular expression.
class Translation {
 public:
  explicit Translation(absl::string_view pattern) : rest_(pattern) {
    for (first_ = true; !rest_.empty(); first_ = false) Next();
    regex += "$";
  }

  std::string regex = "^";
  bool is_exact = true;
  bool is_prefix = false;
  bool is_suffix = false;

 private:
  bool Take(absl::string_view text) {
    if (!absl::StartsWith(rest_, text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void NeedRegex() { is_exact = is_prefix = is_suffix = false; }

  void Next() {
    if (Take("**")) {
      Folders();
    } else if (Take("*")) {
      regex += "[^/]*";
      NeedRegex();
    } else if (Take("?")) {
      regex += "[^/]";
      NeedRegex();
    } else if (Take("\\")) {
      regex += "\\";
      TakeCharacter();
      NeedRegex();
    } else {
      if (rest_[0] == '[' || rest_[0] == ']') NeedRegex();
      if (absl::StrContains(".+()|{}$", rest_[0])) regex += "\\";
      TakeCharacter();
    }
  }

  void TakeCharacter() {
    const size_t length = DecodeUtf8(rest_).size;
    absl::StrAppend(&regex, rest_.substr(0, length));
    rest_.remove_prefix(length);
  }

  void Folders() {
    Take("/");
    if (!rest_.empty()) {
      regex += "(.*/)?";
      NeedRegex();
    } else if (is_exact) {
      is_exact = false;
      is_prefix = true;
    } else {
      regex += ".*";
      NeedRegex();
    }
    if (first_) {
      is_exact = is_prefix = false;
      is_suffix = true;
    }
  }

  absl::string_view rest_;
  bool first_ = true;
};

int CountSlashes(absl::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '/'));
}

}  // namespace

Glob::Glob(absl::string_view pattern) : pattern_(pattern) {}
Glob::Glob(Glob&&) noexcept = default;
Glob& Glob::operator=(Glob&&) noexcept = default;
Glob::~Glob() = default;

Glob Glob::Literal(absl::string_view path) {
  Glob glob(path);
  glob.prefix_ = glob.pattern_;
  return glob;
}

absl::StatusOr<Glob> Glob::Compile(absl::string_view pattern) {
  if (std::string problem = dockerfile::PatternProblem(pattern);
      !problem.empty()) {
    return Bad(problem);
  }
  Glob glob(pattern);
  const Translation translation(pattern);
  if (translation.is_exact) {
    glob.prefix_ = glob.pattern_;
  } else if (translation.is_prefix) {
    glob.kind_ = Kind::kPrefix;
    glob.prefix_ = glob.pattern_.substr(0, pattern.size() - 2);
  } else if (translation.is_suffix) {
    glob.kind_ = Kind::kSuffix;
  } else if (!glob.SplitAtStars()) {
    if (absl::Status status = glob.CompileRegex(); !status.ok()) return status;
  }
  return glob;
}

bool Glob::SplitAtStars() {
  if (pattern_.find_first_of("?[]\\^") != std::string::npos ||
      absl::StartsWith(pattern_, kByteOrderMark) || !IsUtf8(pattern_)) {
    return false;
  }
  pieces_.push_back({Piece::kNone, ""});
  for (size_t i = 0; i < pattern_.size();) {
    if (pattern_[i] != '*') {
      pieces_.back().text += pattern_[i++];
    } else if (pattern_.compare(i, 2, "**") != 0) {
      pieces_.push_back({Piece::kStar, ""});
      ++i;
    } else {
      i += pattern_.compare(i, 3, "**/") == 0 ? 3 : 2;
      const bool last = i == pattern_.size();
      pieces_.push_back({last ? Piece::kAnything : Piece::kFolders, ""});
    }
  }
  if (pieces_.size() > kMaxGaps + 1) return false;
  kind_ = Kind::kStars;
  prefix_ = pieces_[0].text;
  fixed_depth_ =
      std::all_of(pieces_.begin() + 1, pieces_.end(),
                  [](const Piece& piece) { return piece.gap == Piece::kStar; });
  return true;
}

absl::Status Glob::CompileRegex() {
  absl::string_view text = pattern_;
  // Go's scanner reads over it; nobody means it.
  if (absl::StartsWith(text, kByteOrderMark)) text.remove_prefix(3);
  RE2::Options options;
  options.set_log_errors(false);
  const std::string utf8 = ToUtf8(text);
  regex_ = std::make_unique<RE2>(Translation(utf8).regex, options);
  if (!regex_->ok()) return Bad(regex_->error());
  if (absl::StrContains(utf8, "\\C")) return Bad("invalid escape `\\C`");
  kind_ = Kind::kRegex;
  const size_t literal =
      std::min(pattern_.find_first_of("*?[]\\^"), pattern_.size());
  prefix_ = pattern_.substr(0, literal);
  if (!IsUtf8(prefix_) || absl::StartsWith(pattern_, kByteOrderMark)) {
    prefix_.clear();
  }
  return absl::OkStatus();
}

bool Glob::Match(absl::string_view path) const {
  switch (kind_) {
    case Kind::kExact:
      return path == pattern_;
    case Kind::kPrefix:
      return absl::StartsWith(path, prefix_);
    case Kind::kSuffix:
      return MatchSuffix(path);
    case Kind::kStars:
      return absl::EndsWith(path, pieces_.back().text) && MatchPieces(0, path);
    case Kind::kRegex:
      return absl::StartsWith(path, prefix_) && MatchRegex(path);
  }
  return false;
}

bool Glob::MatchSuffix(absl::string_view path) const {
  absl::string_view suffix(pattern_);
  suffix.remove_prefix(2);
  if (absl::EndsWith(path, suffix)) return true;
  return suffix[0] == '/' && path == suffix.substr(1);
}

bool Glob::MatchPieces(size_t index, absl::string_view path) const {
  if (index == pieces_.size()) return path.empty();
  const Piece& piece = pieces_[index];
  const bool last = index + 1 == pieces_.size();
  switch (piece.gap) {
    case Piece::kNone:
      return absl::StartsWith(path, piece.text) &&
             MatchPieces(index + 1, path.substr(piece.text.size()));
    case Piece::kStar:
      if (last) {
        return absl::EndsWith(path, piece.text) &&
               !absl::StrContains(
                   path.substr(0, path.size() - piece.text.size()), '/');
      }
      for (size_t i = 0; i <= path.size(); ++i) {
        if (absl::StartsWith(path.substr(i), piece.text) &&
            MatchPieces(index + 1, path.substr(i + piece.text.size()))) {
          return true;
        }
        if (i < path.size() && path[i] == '/') return false;
      }
      return false;
    case Piece::kFolders:
      for (size_t i = 0;;) {
        if (absl::StartsWith(path.substr(i), piece.text) &&
            MatchPieces(index + 1, path.substr(i + piece.text.size()))) {
          return true;
        }
        const size_t end = path.find_first_of("/\n", i);
        // `.` of a regular expression is anything but a line feed.
        if (end == path.npos || path[end] == '\n') return false;
        i = end + 1;
      }
    case Piece::kAnything:
      return !absl::StrContains(path, '\n');
  }
  return false;
}

bool Glob::MatchRegex(absl::string_view path) const {
  if (IsUtf8(path)) {
    return RE2::PartialMatch(re2::StringPiece(path.data(), path.size()),
                             *regex_);
  }
  return RE2::PartialMatch(ToUtf8(path), *regex_);
}

bool Glob::MayMatchBelow(absl::string_view folder) const {
  if (kind_ == Kind::kExact) return absl::StartsWith(prefix_, folder);
  if (fixed_depth_ && CountSlashes(folder) > CountSlashes(pattern_)) {
    return false;
  }
  return absl::StartsWith(prefix_, folder) || absl::StartsWith(folder, prefix_);
}

}  // namespace ovenbird::context
