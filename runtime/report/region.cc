#include "runtime/report/region.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/report/visible.h"

namespace ovenbird::report {

Span Clamped(Span span) {
  const auto size = static_cast<uint32_t>(span.file->text().size());
  span.begin = std::min(span.begin, size);
  span.end = std::clamp(span.end, span.begin, size);
  return span;
}

Region RegionOf(Span span) {
  span = Clamped(span);
  return {span.file->PositionAt(span.begin), span.file->PositionAt(span.end)};
}

bool IsInFile(Span span) {
  return span.file && !absl::StartsWith(span.file->name(), "-");
}

bool HasRegion(Span span) { return IsInFile(span) && span.file->is_readable(); }

std::string LocationText(Span span) {
  if (!span.file) return "";
  if (!HasRegion(span)) return Visible(span.file->name());
  const Position start = RegionOf(span).start;
  return absl::StrCat(Visible(span.file->name()), ":", start.line, ":",
                      start.column);
}

}  // namespace ovenbird::report
