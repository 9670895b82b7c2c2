#include "runtime/base/lines.h"

namespace ovenbird {
namespace {

constexpr size_t kMaxLine = 1 << 20;

absl::string_view WithoutCarriageReturn(absl::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

void LineSplitter::Add(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    if (end == absl::string_view::npos) {
      rest_.append(bytes.data(), bytes.size());
      if (rest_.size() < kMaxLine) return;
      // A carriage return at the cut may belong to the line's end.
      const absl::string_view piece = WithoutCarriageReturn(rest_);
      on_line_(piece);
      rest_.erase(0, piece.size());
      return;
    }
    const absl::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (rest_.empty()) {
      on_line_(WithoutCarriageReturn(line));
    } else {
      rest_.append(line.data(), line.size());
      on_line_(WithoutCarriageReturn(rest_));
      rest_.clear();
    }
  }
}

void LineSplitter::Finish() {
  if (rest_.empty()) return;
  on_line_(WithoutCarriageReturn(rest_));
  rest_.clear();
}

}  // namespace ovenbird
