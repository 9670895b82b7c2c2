#include "runtime/dockerfile/secret_names.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kSecret[] = {
    "apikey", "auth",     "credential", "credentials", "key",
    "passwd", "password", "pword",      "secret",      "token"};
constexpr absl::string_view kHarmless[] = {"file", "public", "version"};

}  // namespace

bool LooksSecret(absl::string_view name) {
  bool is_secret = false;
  for (const absl::string_view part : absl::StrSplit(name, '_')) {
    const std::string word = absl::AsciiStrToLower(part);
    if (absl::c_linear_search(kHarmless, word)) return false;
    is_secret |= absl::c_linear_search(kSecret, word);
  }
  return is_secret;
}

}  // namespace ovenbird::dockerfile
