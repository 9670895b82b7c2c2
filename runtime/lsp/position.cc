#include "runtime/lsp/position.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "runtime/base/utf8.h"

namespace ovenbird::lsp {
namespace {

constexpr uint32_t kFirstOfTwoUnits = 0x10000;

// How many units of a position a character has.
int64_t UnitsOf(const Utf8Char& character, Encoding encoding) {
  if (encoding == Encoding::kUtf8) {
    return static_cast<int64_t>(character.size);
  }
  return character.code_point >= kFirstOfTwoUnits ? 2 : 1;
}

// A byte order mark is a character of the editor's first line, but not of the
// file's text.
int64_t UnitsBefore(const SourceFile& file, int line, Encoding encoding) {
  if (line != 1 || !file.had_byte_order_mark()) return 0;
  return encoding == Encoding::kUtf8 ? 3 : 1;
}

}  // namespace

json::Value PositionToJson(const SourceFile& file, size_t offset,
                           Encoding encoding) {
  offset = std::min(offset, file.text().size());
  const int line = file.PositionAt(offset).line;
  const size_t start = file.LineStart(line);
  absl::string_view before =
      absl::string_view(file.text()).substr(start, offset - start);
  int64_t units = UnitsBefore(file, line, encoding);
  while (!before.empty()) {
    const Utf8Char character = DecodeUtf8(before);
    units += UnitsOf(character, encoding);
    before.remove_prefix(character.size);
  }
  return json::Object{{"line", line - 1}, {"character", units}};
}

json::Value RangeToJson(Span span, Encoding encoding) {
  const size_t end = std::max(span.begin, span.end);
  return json::Object{
      {"start", PositionToJson(*span.file, span.begin, encoding)},
      {"end", PositionToJson(*span.file, end, encoding)}};
}

size_t OffsetFromJson(const SourceFile& file, const json::Value& position,
                      Encoding encoding) {
  const int64_t index = position["line"].int_or(-1);
  int64_t units = position["character"].int_or(-1);
  if (index < 0 || units < 0 || index >= file.line_count()) {
    return file.text().size();
  }
  const int line = static_cast<int>(index) + 1;
  units -= UnitsBefore(file, line, encoding);
  absl::string_view rest = file.Line(line);
  size_t offset = file.LineStart(line);
  while (units > 0 && !rest.empty()) {
    const Utf8Char character = DecodeUtf8(rest);
    units -= UnitsOf(character, encoding);
    // A position inside of a character means its begin.
    if (units < 0) break;
    offset += character.size;
    rest.remove_prefix(character.size);
  }
  return offset;
}

}  // namespace ovenbird::lsp
