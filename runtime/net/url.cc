#include "runtime/net/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace ovenbird::net {
namespace {

int DefaultPort(absl::string_view scheme) {
  if (scheme == "http") return 80;
  if (scheme == "https") return 443;
  if (absl::StartsWith(scheme, "socks5")) return 1080;
  return 0;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = absl::ascii_tolower(c);
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexValue(text[i + 1]) >= 0 &&
        HexValue(text[i + 2]) >= 0) {
      out +=
          static_cast<char>(HexValue(text[i + 1]) * 16 + HexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Whether it is an address, with or without a zone ("fe80::1%eth0").
bool IsIpv6(absl::string_view text) {
  in6_addr address;
  const std::string plain(text.substr(0, text.find('%')));
  return inet_pton(AF_INET6, plain.c_str(), &address) == 1;
}

// Splits "host", "host:port", "[v6]:port" into `url`; false when it is none.
bool SplitHostPort(absl::string_view text, Url& url) {
  absl::string_view port;
  bool has_port = false;
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return false;
    port = text.substr(end + 1);
    text = text.substr(0, end);
    if (!IsIpv6(text)) return false;
    has_port = absl::ConsumePrefix(&port, ":");
    if (!has_port && !port.empty()) return false;
  } else if (const size_t colon = text.find(':');
             colon != absl::string_view::npos) {
    port = text.substr(colon + 1);
    text = text.substr(0, colon);
    has_port = true;
  }
  if (text.empty() || text.find_first_of("[]") != text.npos) return false;
  url.host = std::string(text);
  url.port = DefaultPort(url.scheme);
  if (!has_port || port.empty()) return true;
  const std::optional<int> number = ParsePort(port);
  if (number) url.port = *number;
  return number.has_value();
}

bool HasControlOrBlank(absl::string_view text) {
  for (const char c : text) {
    if (absl::ascii_iscntrl(c) || c == ' ') return true;
  }
  return false;
}

}  // namespace

bool Url::IsLoopback() const {
  if (host == "localhost") return true;
  constexpr uint8_t kLoopbackNet = 127;
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return ntohl(v4.s_addr) >> 24 == kLoopbackNet;
  }
  in6_addr v6;
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) ||
         (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == kLoopbackNet);
}

std::string Url::HostPort() const {
  if (absl::StrContains(host, ':')) return absl::StrCat("[", host, "]:", port);
  return absl::StrCat(host, ":", port);
}

std::string Url::Origin() const {
  if (scheme == "unix") return absl::StrCat("unix:", socket_path);
  return absl::StrCat(scheme, "://", HostPort());
}

absl::StatusOr<Url> ParseUrl(absl::string_view text) {
  Url url;
  const size_t scheme_end = text.find("://");
  if (scheme_end == absl::string_view::npos || scheme_end == 0) {
    return absl::InvalidArgumentError(
        "a URL starts with http://, https:// or unix://");
  }
  url.scheme = absl::AsciiStrToLower(text.substr(0, scheme_end));
  absl::string_view rest = text.substr(scheme_end + 3);
  if (HasControlOrBlank(text)) {
    return absl::InvalidArgumentError(
        "the URL contains a space or a control character");
  }
  if (url.scheme == "unix") {
    url.socket_path = std::string(rest);
    url.host = "localhost";
    if (!absl::StartsWith(rest, "/")) {
      return absl::InvalidArgumentError(
          "unix:// needs an absolute path, as in unix:///run/docker.sock");
    }
    return url;
  }
  if (DefaultPort(url.scheme) == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown URL scheme `", url.scheme,
                     "`; it must be http, https or unix"));
  }
  rest = rest.substr(0, rest.find('#'));
  const size_t path = rest.find_first_of("/?");
  absl::string_view authority = rest.substr(0, path);
  if (path != absl::string_view::npos) {
    url.target = std::string(rest.substr(path));
    if (url.target[0] == '?') url.target.insert(0, "/");
  }
  const size_t at = authority.rfind('@');
  if (at != absl::string_view::npos) {
    const absl::string_view login = authority.substr(0, at);
    const size_t colon = login.find(':');
    url.user = Unescape(login.substr(0, colon));
    if (colon != absl::string_view::npos) {
      url.password = Unescape(login.substr(colon + 1));
    }
    authority.remove_prefix(at + 1);
  }
  if (!SplitHostPort(authority, url)) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", authority, "` is not a host with an optional port"));
  }
  return url;
}

std::optional<int> ParsePort(absl::string_view text) {
  int port = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c)) return std::nullopt;
  }
  if (!absl::SimpleAtoi(text, &port) || port < 1 || port > 65535) {
    return std::nullopt;
  }
  return port;
}

std::string EscapeUrlPart(absl::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || absl::StrContains("-._~", c)) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace ovenbird::net
