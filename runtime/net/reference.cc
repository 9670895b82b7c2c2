#include "runtime/net/reference.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::net {
namespace {

// "https:..." but not "/path?to=https:..."
bool HasScheme(absl::string_view reference) {
  const absl::string_view scheme = reference.substr(0, reference.find(':'));
  return scheme.size() < reference.size() && !scheme.empty() &&
         absl::ascii_isalpha(scheme[0]) &&
         std::all_of(scheme.begin(), scheme.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '+' || c == '-' || c == '.';
         });
}

std::string Absolute(const Url& from, absl::string_view reference) {
  if (HasScheme(reference)) return std::string(reference);
  if (absl::StartsWith(reference, "//")) {
    return absl::StrCat(from.scheme, ":", reference);
  }
  if (absl::StartsWith(reference, "/")) {
    return absl::StrCat(from.Origin(), reference);
  }
  absl::string_view path = from.target;
  path = path.substr(0, path.find('?'));
  if (!absl::StartsWith(reference, "?")) {
    path = path.substr(0, path.rfind('/') + 1);
  }
  return absl::StrCat(from.Origin(), path, reference);
}

}  // namespace

absl::StatusOr<Url> ResolveReference(const Url& from,
                                     absl::string_view reference) {
  return ParseUrl(Absolute(from, reference));
}

}  // namespace ovenbird::net
