#include "runtime/report/visible.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/format_text.h"
#include "runtime/base/utf8.h"

namespace ovenbird::report {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// Unicode's East Asian Width W and F, in the blocks that people write in.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x26A1, 0x26A1},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
    {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},
    {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},
    {0x2B50, 0x2B50},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FC}, {0x1F7E0, 0x1F7EB},
    {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

// Marks that are written onto the character before them.
constexpr Range kZeroWidth[] = {
    {0x0300, 0x036F},   {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
    {0x064B, 0x065F},   {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D},
    {0x0E31, 0x0E31},   {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF},   {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xE0100, 0xE01EF},
};

// What shows nothing, or changes how the rest is shown.
constexpr Range kHidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x061C, 0x061C},
    {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
};

bool IsIn(uint32_t code_point, const Range* begin, const Range* end) {
  const Range* found = std::lower_bound(
      begin, end, code_point,
      [](const Range& range, uint32_t c) { return range.last < c; });
  return found != end && found->first <= code_point;
}

// The escape of a character that cannot be shown; empty for others.
std::string Escape(absl::string_view text, const Utf8Char& c) {
  if (!c.valid) {
    return FormatText("\\x%02X", static_cast<unsigned char>(text[0]));
  }
  if (!IsIn(c.code_point, std::begin(kHidden), std::end(kHidden))) return "";
  switch (c.code_point) {
    case '\t':
      return "    ";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    default:
      break;
  }
  return c.code_point < 0x80 ? FormatText("\\x%02X", c.code_point)
                             : FormatText("\\u%04X", c.code_point);
}

// The size of the SGR sequence (ESC [ numbers m) that the text begins with,
// else 0.
size_t ColorSize(absl::string_view text) {
  if (!absl::StartsWith(text, "\x1B[")) return 0;
  const size_t end = text.find_first_not_of("0123456789;:", 2);
  return end != absl::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

}  // namespace

int DisplayWidth(uint32_t code_point) {
  if (code_point < 0x300) return 1;
  if (IsIn(code_point, std::begin(kZeroWidth), std::end(kZeroWidth))) return 0;
  return IsIn(code_point, std::begin(kWide), std::end(kWide)) ? 2 : 1;
}

std::string Visible(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Char c = DecodeUtf8(text);
    const std::string escape = Escape(text, c);
    if (escape.empty()) {
      out.append(text.data(), c.size);
    } else {
      out += escape;
    }
    text.remove_prefix(c.size);
  }
  return out;
}

std::string VisibleLines(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, '\n'), "\n",
                       [](std::string* out, absl::string_view line) {
                         out->append(Visible(line));
                       });
}

std::string VisibleWithColors(absl::string_view line) {
  while (absl::ConsumeSuffix(&line, "\r")) {
  }
  // Not found: npos + 1 is 0.
  line.remove_prefix(line.rfind('\r') + 1);
  std::string out;
  while (!line.empty()) {
    const size_t kept = line[0] == '\t' ? 1 : ColorSize(line);
    const size_t size =
        kept > 0 ? kept : static_cast<size_t>(DecodeUtf8(line).size);
    if (kept > 0) {
      out.append(line.data(), kept);
    } else {
      out += Visible(line.substr(0, size));
    }
    line.remove_prefix(size);
  }
  return out;
}

int VisibleWidth(absl::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Utf8Char c = DecodeUtf8(text);
    const std::string escape = Escape(text, c);
    width += escape.empty() ? DisplayWidth(c.code_point)
                            : static_cast<int>(escape.size());
    text.remove_prefix(c.size);
  }
  return width;
}

}  // namespace ovenbird::report
