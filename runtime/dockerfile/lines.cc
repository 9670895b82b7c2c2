#include "runtime/dockerfile/lines.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace ovenbird::dockerfile {
namespace {

bool IsComment(absl::string_view text) {
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "#");
}

}  // namespace

uint32_t LogicalLine::SourceOf(size_t offset) const {
  const auto behind = std::upper_bound(
      pieces_.begin(), pieces_.end(), offset,
      [](size_t value, const Piece& piece) { return value < piece.text; });
  const Piece& piece = *(behind - 1);
  return piece.source + static_cast<uint32_t>(offset - piece.text);
}

Span LogicalLine::SpanOf(size_t begin, size_t end) const {
  if (pieces_.empty()) return span_;
  if (begin >= end) {
    const uint32_t at = SourceOf(begin);
    return {span_.file, at, at};
  }
  return {span_.file, SourceOf(begin), SourceOf(end - 1) + 1};
}

std::optional<PhysicalLine> LineReader::NextPhysical() {
  const absl::string_view all = file_->text();
  if (position_ >= all.size()) return std::nullopt;
  PhysicalLine line;
  line.begin = position_;
  const size_t end = all.find('\n', position_);
  line.next = static_cast<uint32_t>(end == all.npos ? all.size() : end + 1);
  line.text = all.substr(line.begin, line.next - line.begin);
  while (absl::EndsWith(line.text, "\n") || absl::EndsWith(line.text, "\r")) {
    line.text.remove_suffix(1);
  }
  position_ = line.next;
  return line;
}

bool LineReader::TakeContinuation(absl::string_view& text) const {
  absl::string_view rest = text;
  while (absl::EndsWith(rest, " ") || absl::EndsWith(rest, "\t")) {
    rest.remove_suffix(1);
  }
  if (rest.empty() || rest.back() != escape_) return false;
  rest.remove_suffix(1);
  if (!rest.empty() && rest.back() == escape_) return false;
  text = rest;
  return true;
}

std::optional<LogicalLine> LineReader::Next() {
  LogicalLine line;
  bool started = false;
  while (const std::optional<PhysicalLine> physical = NextPhysical()) {
    if (IsComment(physical->text)) continue;
    absl::string_view text = physical->text;
    uint32_t begin = physical->begin;
    if (absl::StripAsciiWhitespace(text).empty()) continue;
    if (!started) {
      const size_t size = text.size();
      text = absl::StripLeadingAsciiWhitespace(text);
      begin += static_cast<uint32_t>(size - text.size());
      line.span_ = {file_, begin, begin};
      started = true;
    }
    line.span_.end =
        static_cast<uint32_t>(physical->begin + physical->text.size());
    line.open_ = TakeContinuation(text);
    if (!text.empty()) {
      line.pieces_.push_back({line.text_.size(), begin});
      line.text_.append(text.data(), text.size());
    }
    if (!line.open_) return line;
  }
  if (!started) return std::nullopt;
  return line;
}

}  // namespace ovenbird::dockerfile
