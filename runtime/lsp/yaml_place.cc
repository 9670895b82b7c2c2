#include "runtime/lsp/yaml_place.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace ovenbird::lsp {
namespace {

// One line: its dashes, and its key.
struct Line {
  bool blank = true;  // or a comment
  std::vector<size_t> dashes;
  size_t content = 0;      // column after the dashes
  std::string key;         // empty: the line has none
  size_t key_end = 0;      // column
  size_t value_begin = 0;  // column after the colon

  size_t first() const { return dashes.empty() ? content : dashes.front(); }
};

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

// Returns where the quoted string at `begin` ends, its quote included.
size_t QuoteEnd(absl::string_view text, size_t begin) {
  const size_t end = text.find(text[begin], begin + 1);
  return end == text.npos ? text.size() : end + 1;
}

// Sets the key if the content is `key:`, plain or quoted.
void ReadKey(absl::string_view text, Line& line) {
  size_t end = line.content;
  if (end < text.size() && (text[end] == '"' || text[end] == '\'')) {
    end = QuoteEnd(text, end);
    line.key = std::string(text.substr(
        line.content + 1, std::max(end, line.content + 2) - line.content - 2));
  } else if (end < text.size() &&
             absl::StrContains("{[&*!|>%@", text.substr(end, 1))) {
    return;
  } else {
    while (end < text.size() &&
           !(text[end] == ':' &&
             (end + 1 == text.size() || IsSpace(text[end + 1]))) &&
           !(text[end] == '#' && end > 0 && IsSpace(text[end - 1]))) {
      ++end;
    }
    line.key = std::string(absl::StripTrailingAsciiWhitespace(
        text.substr(line.content, end - line.content)));
  }
  while (end < text.size() && IsSpace(text[end])) ++end;
  const bool is_key = end < text.size() && text[end] == ':';
  if (!is_key) line.key.clear();
  line.key_end = is_key ? end : 0;
  line.value_begin = is_key ? end + 1 : 0;
}

Line ReadLine(absl::string_view text) {
  Line line;
  while (line.content < text.size() && IsSpace(text[line.content])) {
    ++line.content;
  }
  line.blank = line.content == text.size() || text[line.content] == '#';
  if (line.blank) return line;
  while (line.content < text.size() && text[line.content] == '-' &&
         (line.content + 1 == text.size() || IsSpace(text[line.content + 1]))) {
    line.dashes.push_back(line.content++);
    while (line.content < text.size() && IsSpace(text[line.content])) {
      ++line.content;
    }
  }
  ReadKey(text, line);
  return line;
}

// Walks from the cursor's line to the top of the file.
class Climber {
 public:
  Climber(const SourceFile& file, int line, size_t bound)
      : file_(file), line_(line), bound_(bound) {}

  // `dashes`: those of the cursor's line before the bound.
  void Climb(const std::vector<size_t>& dashes, YamlPlace& place) {
    if (dashes.empty()) {
      ReadSiblingsBelow(place);
    } else {
      Enter(dashes);
    }
    for (int above = line_ - 1; above > 0 && !AtTop(); --above) {
      Step(ReadLine(file_.Line(above)), place);
    }
    std::reverse(path_.begin(), path_.end());
    place.path = path_;
  }

 private:
  bool AtTop() const { return bound_ == 0 && !is_dash_ && has_parent_; }

  // Goes to the list items that these dashes begin.
  void Enter(const std::vector<size_t>& dashes) {
    for (size_t i = 0; i < dashes.size(); ++i) path_.emplace_back();
    bound_ = dashes.front();
    is_dash_ = true;
    is_outer_ = true;
  }

  bool IsParent(const Line& line) const {
    if (line.key.empty()) return false;
    return line.content < bound_ ||
           (is_dash_ && line.content == bound_ && line.dashes.empty());
  }

  void Step(const Line& line, YamlPlace& place) {
    if (line.blank) return;
    if (IsParent(line)) {
      path_.push_back(line.key);
      bound_ = line.content;
      is_dash_ = false;
      is_outer_ = true;
      has_parent_ = true;
      if (!line.dashes.empty()) Enter(line.dashes);
      return;
    }
    if (line.content == bound_ && !is_dash_) {
      if (!is_outer_ && !line.key.empty()) place.siblings.insert(line.key);
      if (!line.dashes.empty()) Enter(line.dashes);
      return;
    }
    // An item whose content is further to the right than the cursor.
    std::vector<size_t> outer;
    for (const size_t dash : line.dashes) {
      if (dash < bound_) outer.push_back(dash);
    }
    if (!outer.empty()) Enter(outer);
  }

  void ReadSiblingsBelow(YamlPlace& place) const {
    for (int below = line_ + 1; below <= file_.line_count(); ++below) {
      const Line line = ReadLine(file_.Line(below));
      if (line.blank) continue;
      if (line.first() < bound_ || !line.dashes.empty()) {
        if (line.first() <= bound_) return;
        continue;
      }
      if (line.content == bound_ && !line.key.empty()) {
        place.siblings.insert(line.key);
      }
    }
  }

  const SourceFile& file_;
  const int line_;
  size_t bound_;  // column of the current object's keys, or of the dash
  bool is_dash_ = false;
  bool is_outer_ = false;  // an object around that of the cursor
  bool has_parent_ = false;
  std::vector<std::string> path_;  // the innermost first
};

// Where the value of a line ends: before a comment.
size_t ValueEnd(absl::string_view text, size_t begin) {
  size_t end = begin;
  while (end < text.size()) {
    if ((text[end] == '"' || text[end] == '\'') &&
        (end == begin || IsSpace(text[end - 1]))) {
      end = QuoteEnd(text, end);
    } else if (text[end] == '#' && end > 0 && IsSpace(text[end - 1])) {
      break;
    } else {
      ++end;
    }
  }
  while (end > begin && IsSpace(text[end - 1])) --end;
  return end;
}

size_t SkipSpaces(absl::string_view text, size_t at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
  return at;
}

// Reads `{a: {b: ...` of a line up to the cursor.
class FlowReader {
 public:
  FlowReader(absl::string_view text, size_t begin, size_t cursor)
      : text_(text), at_(begin), cursor_(cursor) {}

  // Adds the place in the collections to `place`; false if the cursor is not in
  // one. `start` is where the line begins in the file.
  bool Read(size_t start, YamlPlace& place) {
    for (word_ = at_; at_ < cursor_; Take()) {
    }
    if (open_.empty()) return false;
    place.in_flow = true;
    for (const Frame& frame : open_) {
      if (frame.is_list) {
        place.path.emplace_back();
      } else if (frame.has_key) {
        place.path.push_back(frame.key);
      }
    }
    const Frame& last = open_.back();
    place.part =
        !last.is_list && last.has_key ? YamlPlace::kValue : YamlPlace::kKey;
    const size_t begin = SkipSpaces(text_.substr(0, cursor_), word_);
    size_t end = cursor_;
    while (end < text_.size() &&
           !absl::StrContains(",]}: \t", text_.substr(end, 1)))
      ++end;
    place.begin = start + begin;
    place.end = start + end;
    return true;
  }

 private:
  struct Frame {
    bool is_list;
    bool has_key = false;
    std::string key;
  };

  void Take() {
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      at_ = std::min(QuoteEnd(text_, at_), cursor_);
      return;
    }
    if (c == '{' || c == '[') {
      open_.push_back({c == '[', false, ""});
      word_ = at_ + 1;
    } else if ((c == '}' || c == ']') && !open_.empty()) {
      open_.pop_back();
    } else if (c == ',' && !open_.empty()) {
      open_.back().has_key = false;
      word_ = at_ + 1;
    } else if (c == ':' && !open_.empty() && !open_.back().is_list &&
               !open_.back().has_key) {
      open_.back().has_key = true;
      open_.back().key = std::string(
          absl::StripAsciiWhitespace(text_.substr(word_, at_ - word_)));
      word_ = at_ + 1;
    }
    ++at_;
  }

  const absl::string_view text_;
  size_t at_;
  const size_t cursor_;
  size_t word_ = 0;
  std::vector<Frame> open_;
};

}  // namespace

YamlPlace FindPlace(const SourceFile& file, size_t offset) {
  YamlPlace place;
  const int number = file.PositionAt(offset).line;
  const size_t start = file.LineStart(number);
  const absl::string_view text = file.Line(number);
  const size_t cursor = std::min(offset - start, text.size());
  Line line = ReadLine(text);
  if (line.blank) {
    if (line.content < text.size() && cursor > line.content) return place;
    line.content = cursor;
  } else if (cursor < line.first()) {
    return place;
  }
  // Between the dashes of a line, or right after them.
  while (!line.dashes.empty() && line.dashes.back() >= cursor) {
    line.content = line.dashes.back();
    line.dashes.pop_back();
  }
  place.column = line.content;
  place.part = YamlPlace::kKey;
  Climber(file, number, line.content).Climb(line.dashes, place);
  const bool is_value = !line.key.empty() && cursor >= line.value_begin;
  if (is_value) {
    place.part = YamlPlace::kValue;
    place.path.push_back(line.key);
    place.siblings.clear();
  }
  const size_t begin =
      SkipSpaces(text, is_value ? line.value_begin : line.content);
  const size_t end =
      line.key.empty() || is_value ? ValueEnd(text, begin) : line.key_end;
  if ((is_value || line.key.empty()) &&
      FlowReader(text, begin, cursor).Read(start, place)) {
    return place;
  }
  // Between a colon and the value nothing is there yet.
  place.begin = start + std::min(begin, cursor);
  place.end = cursor < begin ? place.begin : start + std::max(begin, end);
  if (cursor > std::max(end, begin) && text.find('#', end) < cursor) {
    place.part = YamlPlace::kNone;
  }
  return place;
}

}  // namespace ovenbird::lsp
