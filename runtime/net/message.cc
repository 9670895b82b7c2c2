#include "runtime/net/message.h"

#include "absl/strings/match.h"

namespace ovenbird::net {

absl::string_view FindHeader(const Headers& headers, absl::string_view name) {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

}  // namespace ovenbird::net
