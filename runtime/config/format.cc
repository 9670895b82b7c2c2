#include "runtime/config/format.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/platform.h"

namespace ovenbird::config {
namespace {

using absl::string_view;

bool IsLower(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c);
}

std::string Quoted(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == ' ') return "a space";
  if (byte >= 0x80) return "a non-ASCII character";
  if (byte < 0x20 || byte == 0x7f) return "a control character";
  return absl::StrCat("`", string_view(&c, 1), "`");
}

std::string TooLong(size_t limit) {
  return absl::StrCat("longer than ", limit, " characters");
}

// Says of the first character that `good` refuses.
template <typename Good>
std::string BadCharacter(string_view text, Good good) {
  for (const char c : text) {
    if (good(c)) continue;
    if (absl::ascii_isupper(c)) return absl::StrCat("upper case ", Quoted(c));
    return absl::StrCat(Quoted(c), " in it");
  }
  return "";
}

// Begins and ends with a letter or digit.
std::string BadEnds(string_view text) {
  if (!absl::ascii_isalnum(text.front())) {
    return absl::StrCat("starts with ", Quoted(text.front()));
  }
  if (!absl::ascii_isalnum(text.back())) {
    return absl::StrCat("ends with ", Quoted(text.back()));
  }
  return "";
}

std::string Label(string_view text) {
  if (text.empty()) return "empty";
  std::string problem =
      BadCharacter(text, [](char c) { return IsLower(c) || c == '-'; });
  if (problem.empty()) problem = BadEnds(text);
  if (problem.empty() && text.size() > 63) problem = TooLong(63);
  return problem;
}

std::string Subdomain(string_view text) {
  if (text.empty()) return "empty";
  std::string problem = BadCharacter(
      text, [](char c) { return IsLower(c) || c == '-' || c == '.'; });
  for (string_view part : absl::StrSplit(text, '.')) {
    if (!problem.empty()) return problem;
    problem = part.empty() ? "two dots or a dot at an end" : BadEnds(part);
  }
  if (problem.empty() && text.size() > 253) problem = TooLong(253);
  return problem;
}

// One part of an image's path: words of [a-z0-9]+ with ".", "_", "__" or any
// number of "-" between.
std::string PathComponent(string_view text) {
  if (text.empty()) return "two slashes or a slash at an end";
  std::string problem = BadCharacter(text, [](char c) {
    return IsLower(c) || c == '-' || c == '.' || c == '_';
  });
  if (problem.empty()) problem = BadEnds(text);
  if (!problem.empty()) return problem;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && !absl::ascii_isalnum(text[end])) ++end;
    const string_view between = text.substr(i, end - i);
    const bool dashes = between.find_first_not_of('-') == string_view::npos;
    if (!dashes && between != "." && between != "_" && between != "__") {
      return absl::StrCat("`", between, "` between two words");
    }
    i = end + (end == i ? 1 : 0);
  }
  return "";
}

// The part before the first slash is a registry when it has a dot or a port, or
// is "localhost". (To newer versions of Docker, an upper case letter makes it
// one, too; kaniko refuses such a name, and so does Docker 20.10.)
bool IsRegistry(string_view text) {
  return text == "localhost" || text.find('.') != string_view::npos ||
         text.find(':') != string_view::npos;
}

bool IsImageId(string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

// [2001:db8::1]
std::string Ipv6(string_view host) {
  const string_view inside = host.substr(1, host.size() - 2);
  const bool good = host.size() > 2 && host.back() == ']' &&
                    std::all_of(inside.begin(), inside.end(), [](char c) {
                      return absl::ascii_isxdigit(c) || c == ':';
                    });
  return good ? "" : "no IPv6 address in the brackets";
}

std::string Registry(string_view text) {
  // A colon inside of brackets is not that of a port.
  const size_t bracket = text.find(']');
  const size_t colon =
      text.find(':', bracket == string_view::npos ? 0 : bracket);
  string_view host = text.substr(0, colon);
  if (colon != string_view::npos) {
    const string_view port = text.substr(colon + 1);
    if (port.empty() ||
        !std::all_of(port.begin(), port.end(), absl::ascii_isdigit)) {
      return absl::StrCat("port `", port, "` of the registry");
    }
  }
  if (absl::StartsWith(host, "[")) return Ipv6(host);
  for (string_view part : absl::StrSplit(host, '.')) {
    if (part.empty()) return "two dots or a dot at an end of the registry";
    std::string problem = BadCharacter(
        part, [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
    if (problem.empty()) problem = BadEnds(part);
    if (!problem.empty()) return absl::StrCat(problem, " (registry)");
  }
  return "";
}

std::string ImageName(string_view text) {
  if (text.empty()) return "empty";
  if (text.size() > 255) return TooLong(255);
  if (IsImageId(text)) return "64 hexadecimal digits are the ID of an image";
  const size_t scheme = text.find("://");
  if (scheme != string_view::npos) {
    return absl::StrCat("`", text.substr(0, scheme + 3), "` before it");
  }
  const size_t slash = text.find('/');
  if (slash != string_view::npos && IsRegistry(text.substr(0, slash))) {
    std::string problem = Registry(text.substr(0, slash));
    if (!problem.empty()) return problem;
    text.remove_prefix(slash + 1);
  }
  for (string_view part : absl::StrSplit(text, '/')) {
    std::string problem = PathComponent(part);
    if (!problem.empty()) return problem;
  }
  return "";
}

bool IsTagCharacter(char c) {
  return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
}

std::string Tag(string_view text) {
  if (text.empty()) return "empty";
  if (text.front() == '.' || text.front() == '-') {
    return absl::StrCat("starts with ", Quoted(text.front()));
  }
  if (text.size() > 128) return TooLong(128);
  std::string problem = BadCharacter(text, IsTagCharacter);
  // `app-####`: DevSpace 5 puts random characters there.
  if (problem == "`#` in it") problem += "; `${DEVSPACE_RANDOM}` is random";
  return problem;
}

std::string Digest(string_view text) {
  const size_t colon = text.find(':');
  const string_view hex =
      colon == string_view::npos ? "" : text.substr(colon + 1);
  const bool known = absl::StartsWith(text, "sha256:") && hex.size() == 64;
  const bool known512 = absl::StartsWith(text, "sha512:") && hex.size() == 128;
  const bool lower = std::all_of(hex.begin(), hex.end(), [](char c) {
    return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
  });
  if ((known || known512) && lower) return "";
  return "digest is not sha256: and 64 hexadecimal digits";
}

std::string ImageReference(string_view text) {
  const size_t at = text.find('@');
  if (at != string_view::npos) {
    std::string problem = Digest(text.substr(at + 1));
    if (!problem.empty()) return problem;
    text = text.substr(0, at);
  }
  const size_t colon = text.rfind(':');
  if (colon != string_view::npos &&
      text.find('/', colon) == string_view::npos) {
    std::string problem = Tag(text.substr(colon + 1));
    if (!problem.empty()) return absl::StrCat("tag: ", problem);
    text = text.substr(0, colon);
  }
  return ImageName(text);
}

// Digits with an optional fraction; the number of bytes they take.
size_t Decimal(string_view text) {
  size_t i = 0;
  size_t digits = 0;
  for (; i < text.size() && absl::ascii_isdigit(text[i]); ++i) ++digits;
  if (i < text.size() && text[i] == '.') {
    for (++i; i < text.size() && absl::ascii_isdigit(text[i]); ++i) ++digits;
  }
  return digits > 0 ? i : 0;
}

bool ConsumeSign(string_view* text) {
  if (text->empty() || (text->front() != '+' && text->front() != '-')) {
    return false;
  }
  text->remove_prefix(1);
  return true;
}

std::string Quantity(string_view text) {
  if (text.empty()) return "empty";
  ConsumeSign(&text);
  const size_t number = Decimal(text);
  if (number == 0) return "does not start with a number";
  const string_view unit = text.substr(number);
  for (const char* known : {"", "n", "u", "m", "k", "M", "G", "T", "P", "E",
                            "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}) {
    if (unit == known) return "";
  }
  string_view exponent = unit;
  if (absl::ConsumePrefix(&exponent, "e") ||
      absl::ConsumePrefix(&exponent, "E")) {
    ConsumeSign(&exponent);
    if (!exponent.empty() &&
        std::all_of(exponent.begin(), exponent.end(), absl::ascii_isdigit)) {
      return "";
    }
  }
  return absl::StrCat("unit `", unit, "`");
}

std::string Duration(string_view text) {
  if (text.empty()) return "empty";
  ConsumeSign(&text);
  if (text == "0") return "";
  if (text.empty()) return "has no number";
  while (!text.empty()) {
    const size_t number = Decimal(text);
    if (number == 0) return absl::StrCat("no number before `", text, "`");
    text.remove_prefix(number);
    bool found = false;
    // Longer units first.
    for (const char* unit :
         {"ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h"}) {
      if (absl::ConsumePrefix(&text, unit)) {
        found = true;
        break;
      }
    }
    if (!found) {
      return text.empty() ? "unit is missing"
                          : absl::StrCat("unit `", text, "`");
    }
  }
  return "";
}

bool HasDotDot(string_view path) {
  for (string_view part : absl::StrSplit(path, '/')) {
    if (part == "..") return true;
  }
  return false;
}

std::string AbsolutePath(string_view text) {
  if (!absl::StartsWith(text, "/")) return "does not start with `/`";
  if (text.find(':') != string_view::npos) return "`:` in it";
  return HasDotDot(text) ? "`..` in it" : "";
}

std::string RelativePath(string_view text) {
  if (text.empty()) return "empty";
  if (text.front() == '/') return "starts with `/`";
  return HasDotDot(text) ? "`..` in it" : "";
}

std::string FileMode(string_view text) {
  if (text.empty() || text.size() > 4 ||
      !std::all_of(text.begin(), text.end(),
                   [](char c) { return c >= '0' && c <= '7'; })) {
    return "not up to four octal digits";
  }
  return text.size() == 4 && text.front() != '0' ? "above 0777" : "";
}

std::string NamePart(string_view text) {
  if (text.empty()) return "empty";
  std::string problem = BadCharacter(text, IsTagCharacter);
  if (problem.empty()) problem = BadEnds(text);
  if (problem.empty() && text.size() > 63) problem = TooLong(63);
  return problem;
}

std::string QualifiedName(string_view text) {
  const size_t slash = text.find('/');
  if (slash != string_view::npos) {
    std::string problem = Subdomain(text.substr(0, slash));
    if (!problem.empty()) return absl::StrCat("prefix: ", problem);
    text.remove_prefix(slash + 1);
  }
  return NamePart(text);
}

std::string EnvName(string_view text) {
  if (text.empty()) return "empty";
  if (absl::ascii_isdigit(text.front())) return "starts with a digit";
  return BadCharacter(text, IsTagCharacter);
}

std::string DataKey(string_view text) {
  if (text.empty()) return "empty";
  if (text == "." || text == ".." || absl::StartsWith(text, "..")) {
    return "starts with `..` or is `.`";
  }
  if (text.size() > 253) return TooLong(253);
  return BadCharacter(text, IsTagCharacter);
}

std::string PlatformProblem(string_view text) {
  const absl::StatusOr<Platform> platform = ParsePlatform(text);
  return platform.ok() ? "" : std::string(platform.status().message());
}

struct Row {
  std::string (*problem)(string_view);
  const char* name;
  const char* advice;
};

std::string Nothing(string_view) { return ""; }

// In the order of the enum.
const Row kRows[kFormats] = {
    {Nothing, "", ""},
    {Label, "a DNS label",
     "use at most 63 of a-z, 0-9 and `-`, with a letter or digit at both ends"},
    {Subdomain, "a DNS name",
     "use at most 253 of a-z, 0-9, `-` and `.`, with a letter or digit at both "
     "ends"},
    {ImageName, "an image name",
     "write [REGISTRY[:PORT]/]PATH in lower case, without a tag, such as "
     "`registry.example.com/team/app`"},
    {ImageReference, "an image reference",
     "write [REGISTRY[:PORT]/]PATH[:TAG][@DIGEST], such as "
     "`registry.example.com/team/app:v1`"},
    {Tag, "an image tag",
     "use at most 128 of A-Z, a-z, 0-9, `_`, `.` and `-`, with neither `.` nor "
     "`-` first"},
    {Quantity, "a Kubernetes quantity",
     "write a number with a unit, such as `500m`, `2` or `1Gi`"},
    {Duration, "a duration",
     "write numbers with the units h, m, s or ms, such as `30s` or `1h30m`"},
    {AbsolutePath, "an absolute path",
     "start with `/`, and use no `..` and no `:`"},
    {RelativePath, "a relative path", "use no `/` at the start and no `..`"},
    {FileMode, "a file mode", "write it in octal, from `0` to `0777`"},
    {QualifiedName, "a Kubernetes name",
     "write [PREFIX/]NAME, such as `app` or `example.com/team`; NAME has at "
     "most 63 of A-Z, a-z, 0-9, `-`, `_` and `.`"},
    {[](string_view text) { return text.empty() ? "" : NamePart(text); },
     "the value of a label",
     "use at most 63 of A-Z, a-z, 0-9, `-`, `_` and `.`, with a letter or "
     "digit at both ends"},
    {EnvName, "the name of an environment variable",
     "use A-Z, a-z, 0-9, `_`, `.` and `-`, with no digit first"},
    {DataKey, "a key of a Secret or ConfigMap",
     "use A-Z, a-z, 0-9, `-`, `_` and `.`"},
    {PlatformProblem, "a platform",
     "write linux/ARCHITECTURE[/VARIANT], such as `linux/amd64`, `linux/arm64` "
     "or `linux/arm/v7`"},
};

const Row& RowOf(Format format) { return kRows[static_cast<size_t>(format)]; }

}  // namespace

std::string FormatProblem(Format format, absl::string_view text) {
  return RowOf(format).problem(text);
}

absl::string_view FormatName(Format format) { return RowOf(format).name; }

absl::string_view FormatAdvice(Format format) { return RowOf(format).advice; }

}  // namespace ovenbird::config
