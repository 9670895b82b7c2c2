#include "runtime/lsp/uri.h"

#include <cstddef>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::lsp {
namespace {

// What RFC 3986 leaves as it is in a path.
bool IsPlain(char c) {
  static constexpr absl::string_view kMarks = "-._~/";
  return absl::ascii_isalnum(c) || kMarks.find(c) != kMarks.npos;
}

// `%41` -> `A`; what is not an escape stays.
std::string Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() &&
        absl::ascii_isxdigit(text[i + 1]) &&
        absl::ascii_isxdigit(text[i + 2])) {
      out += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> PathOfUri(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, "file://")) return std::nullopt;
  absl::ConsumePrefix(&uri, "localhost");
  const std::string path = Unescape(uri.substr(0, uri.find_first_of("?#")));
  if (!absl::StartsWith(path, "/") || path.find('\0') != path.npos) {
    return std::nullopt;
  }
  return std::filesystem::path(path).lexically_normal().string();
}

std::string UriOfPath(absl::string_view path) {
  std::string uri = "file://";
  for (const char c : path) {
    if (IsPlain(c)) {
      uri += c;
    } else {
      absl::StrAppend(&uri, "%",
                      absl::AsciiStrToUpper(
                          absl::BytesToHexString(absl::string_view(&c, 1))));
    }
  }
  return uri;
}

}  // namespace ovenbird::lsp
