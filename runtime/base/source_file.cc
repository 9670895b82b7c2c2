#include "runtime/base/source_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace ovenbird {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsContinuationByte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

SourceFile::SourceFile(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  if (absl::StartsWith(text_, kByteOrderMark)) {
    text_.erase(0, kByteOrderMark.size());
    had_byte_order_mark_ = true;
  }
}

SourceFile::SourceFile(std::string name)
    : name_(std::move(name)), is_readable_(false) {}

const std::vector<uint32_t>& SourceFile::LineStarts() const {
  std::call_once(line_starts_built_, [this] {
    // Not grown while they are found, which would take up to three times the
    // memory.
    line_starts_.reserve(1 + std::count(text_.begin(), text_.end(), '\n'));
    line_starts_.push_back(0);
    for (size_t at = text_.find('\n'); at != std::string::npos;
         at = text_.find('\n', at + 1)) {
      line_starts_.push_back(static_cast<uint32_t>(at + 1));
    }
  });
  return line_starts_;
}

Position SourceFile::PositionAt(size_t offset) const {
  offset = std::min(offset, text_.size());
  const std::vector<uint32_t>& starts = LineStarts();
  const auto next = std::upper_bound(starts.begin(), starts.end(), offset);
  const size_t start = *(next - 1);
  Position position;
  position.line = static_cast<int>(next - starts.begin());
  for (size_t i = start; i < offset; ++i) {
    if (!IsContinuationByte(text_[i])) ++position.column;
  }
  // Inside a character: the character's own column.
  if (offset > start && offset < text_.size() &&
      IsContinuationByte(text_[offset])) {
    --position.column;
  }
  return position;
}

absl::string_view SourceFile::Line(int line) const {
  if (line < 1 || line > line_count()) return {};
  const size_t start = LineStart(line);
  const size_t end = line < line_count() ? LineStart(line + 1) : text_.size();
  absl::string_view text = absl::string_view(text_).substr(start, end - start);
  if (absl::EndsWith(text, "\n")) text.remove_suffix(1);
  if (absl::EndsWith(text, "\r")) text.remove_suffix(1);
  return text;
}

size_t SourceFile::LineStart(int line) const {
  const std::vector<uint32_t>& starts = LineStarts();
  if (line < 1) return 0;
  if (static_cast<size_t>(line) > starts.size()) return text_.size();
  return starts[line - 1];
}

int SourceFile::line_count() const {
  return static_cast<int>(LineStarts().size());
}

}  // namespace ovenbird
