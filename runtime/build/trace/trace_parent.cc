#include "runtime/build/trace/trace_parent.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace ovenbird::build {
namespace {

constexpr absl::string_view kHex = "0123456789abcdef";

bool IsHex(absl::string_view text, size_t size) {
  return text.size() == size &&
         text.find_first_not_of(kHex) == absl::string_view::npos;
}

bool IsId(absl::string_view text, size_t size) {
  return IsHex(text, size) &&
         text.find_first_not_of('0') != absl::string_view::npos;
}

}  // namespace

std::optional<TraceParent> ParseTraceParent(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '-');
  // Later versions may have more parts.
  if (parts.size() < 4 || !IsHex(parts[0], 2) || parts[0] == "ff" ||
      (parts[0] == "00" && parts.size() > 4) || !IsId(parts[1], 32) ||
      !IsId(parts[2], 16) || !IsHex(parts[3], 2)) {
    return std::nullopt;
  }
  TraceParent parent;
  parent.trace_id = parts[1];
  parent.span_id = parts[2];
  // The flag is the lowest bit.
  parent.is_sampled = kHex.find(parts[3][1]) % 2 == 1;
  return parent;
}

}  // namespace ovenbird::build
