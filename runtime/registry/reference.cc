#include "runtime/registry/reference.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/registry/digest.h"

namespace ovenbird::registry {
namespace {

constexpr absl::string_view kHub = "docker.io";
constexpr absl::string_view kOfficial = "library/";
constexpr size_t kMaxPath = 255;
constexpr size_t kMaxTag = 128;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
  });
}

absl::Status Bad(absl::string_view image, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("image name `", image, "`: ", why));
}

// Whether the part before the first slash names a registry.
bool LooksLikeDomain(absl::string_view first) {
  return absl::StrContains(first, '.') || absl::StrContains(first, ':') ||
         first == "localhost";
}

// Letters, digits and inner hyphens.
bool IsDomainLabel(absl::string_view label) {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsIpv6Literal(absl::string_view host) {
  return absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]") &&
         !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
           return absl::ascii_isxdigit(c) || c == ':';
         });
}

// The text of the error, or empty.
std::string CheckDomain(absl::string_view domain) {
  absl::string_view host = domain;
  const size_t colon = domain.rfind(':');
  if (colon != absl::string_view::npos && !absl::EndsWith(domain, "]")) {
    const absl::string_view port = domain.substr(colon + 1);
    host = domain.substr(0, colon);
    if (port.empty() ||
        !std::all_of(port.begin(), port.end(), absl::ascii_isdigit)) {
      return absl::StrCat("`", port, "` is not a port number");
    }
  }
  if (IsIpv6Literal(host)) return "";
  for (absl::string_view label : absl::StrSplit(host, '.')) {
    if (!IsDomainLabel(label)) {
      return absl::StrCat("`", host, "` is not a host name");
    }
  }
  return "";
}

// a-z and 0-9, with one of ".", "_", "__" or any number of "-" in between.
bool IsPathComponent(absl::string_view part) {
  const auto is_alnum = [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c);
  };
  size_t at = 0;
  while (at < part.size()) {
    const size_t word = at;
    while (at < part.size() && is_alnum(part[at])) ++at;
    if (at == word) return false;
    if (at == part.size()) return true;
    const size_t separator = at;
    while (at < part.size() && part[at] == part[separator]) ++at;
    const size_t length = at - separator;
    const char c = part[separator];
    if (!(c == '-' || (c == '.' && length == 1) || (c == '_' && length <= 2))) {
      return false;
    }
  }
  return false;
}

std::string CheckPath(absl::string_view path) {
  if (path.empty()) return "the name of the repository is missing";
  if (path.size() > kMaxPath) {
    return absl::StrCat("the name of the repository has ", path.size(),
                        " characters; ", kMaxPath, " are allowed");
  }
  if (std::any_of(path.begin(), path.end(), absl::ascii_isupper)) {
    return absl::StrCat("`", path,
                        "` has upper-case letters; names of repositories are "
                        "lower case: `",
                        absl::AsciiStrToLower(path), "`");
  }
  for (absl::string_view part : absl::StrSplit(path, '/')) {
    if (part.empty()) return "two slashes have no name between them";
    if (!IsPathComponent(part)) {
      return absl::StrCat("`", part,
                          "` is not a part of a name: a-z and 0-9, with `.`, "
                          "`_`, `__` or `-` between them");
    }
  }
  return "";
}

bool IsTagStart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

std::string TagProblem(absl::string_view tag) {
  if (tag.empty()) return "the tag is empty";
  if (tag.size() > kMaxTag) {
    return absl::StrCat("the tag has ", tag.size(), " characters; ", kMaxTag,
                        " are allowed");
  }
  if (!IsTagStart(tag[0])) {
    return absl::StrCat("tag `", tag,
                        "` starts with neither letter, digit nor `_`");
  }
  for (char c : tag) {
    if (!IsTagStart(c) && c != '.' && c != '-') {
      return absl::StrCat("`", std::string(1, c), "` in tag `", tag,
                          "` is not a letter, a digit, `_`, `.` or `-`");
    }
  }
  return "";
}

}  // namespace

std::string Reference::Repository() const {
  return absl::StrCat(domain, "/", path);
}

std::string Reference::Familiar() const {
  std::string name = Repository();
  if (domain == kHub) {
    name = std::string(absl::StripPrefix(path, kOfficial));
    // "library/a/b" is not official: its prefix must stay.
    if (absl::StrContains(name, '/')) name = path;
  }
  if (!tag.empty()) absl::StrAppend(&name, ":", tag);
  if (!digest.empty()) absl::StrAppend(&name, "@", digest);
  return name;
}

std::string Reference::ToString() const {
  std::string name = Repository();
  if (!tag.empty()) absl::StrAppend(&name, ":", tag);
  if (!digest.empty()) absl::StrAppend(&name, "@", digest);
  return name;
}

std::string Reference::TagOrDigest() const {
  if (!digest.empty()) return digest;
  return tag.empty() ? "latest" : tag;
}

absl::StatusOr<Reference> ParseReference(absl::string_view text) {
  if (text.empty()) {
    return absl::InvalidArgumentError("the image name is empty");
  }
  if (absl::StrContains(text, "://")) {
    return Bad(text, absl::StrCat("write it without `",
                                  text.substr(0, text.find("://") + 3), "`"));
  }
  Reference result;
  absl::string_view name = text;
  const size_t at = name.find('@');
  if (at != absl::string_view::npos) {
    result.digest = std::string(name.substr(at + 1));
    name = name.substr(0, at);
    if (absl::Status why = CheckDigest(result.digest); !why.ok()) {
      return Bad(text, why.message());
    }
  }
  absl::string_view path = name;
  const size_t slash = name.find('/');
  result.domain = std::string(kHub);
  if (slash != absl::string_view::npos &&
      LooksLikeDomain(name.substr(0, slash))) {
    result.domain = std::string(name.substr(0, slash));
    path = name.substr(slash + 1);
    if (std::string why = CheckDomain(result.domain); !why.empty()) {
      return Bad(text, why);
    }
    if (result.domain == "index.docker.io") result.domain = std::string(kHub);
  }
  const size_t colon = path.find(':');
  if (colon != absl::string_view::npos) {
    result.tag = std::string(path.substr(colon + 1));
    path = path.substr(0, colon);
    if (std::string why = TagProblem(result.tag); !why.empty()) {
      return Bad(text, why);
    }
  }
  if (std::string why = CheckPath(path); !why.empty()) return Bad(text, why);
  if (path.size() == 64 && slash == absl::string_view::npos && IsHex(path)) {
    return Bad(text, "64 hexadecimal digits are an image ID, not a name");
  }
  const bool official = result.domain == kHub && !absl::StrContains(path, '/');
  result.path = absl::StrCat(official ? kOfficial : "", path);
  return result;
}

absl::Status CheckTag(absl::string_view tag) {
  std::string why = TagProblem(tag);
  if (why.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(why);
}

std::string NormalizeDomain(absl::string_view registry) {
  absl::ConsumePrefix(&registry, "https://") ||
      absl::ConsumePrefix(&registry, "http://");
  const absl::string_view host = registry.substr(0, registry.find('/'));
  if (host == "index.docker.io" || host == "registry-1.docker.io") {
    return std::string(kHub);
  }
  return std::string(host);
}

std::string ApiHost(absl::string_view domain) {
  return domain == kHub ? "registry-1.docker.io" : std::string(domain);
}

bool IsLoopback(absl::string_view domain) {
  if (absl::StartsWith(domain, "[::1]")) return true;
  const absl::string_view host = domain.substr(0, domain.find(':'));
  return host == "localhost" || absl::EndsWith(host, ".localhost") ||
         (absl::StartsWith(host, "127.") &&
          std::count(host.begin(), host.end(), '.') == 3 &&
          std::all_of(host.begin(), host.end(), [](char c) {
            return absl::ascii_isdigit(c) || c == '.';
          }));
}

}  // namespace ovenbird::registry
