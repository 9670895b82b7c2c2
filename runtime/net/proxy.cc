#include "runtime/net/proxy.h"

#include <arpa/inet.h>

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ovenbird::net {
namespace {

// An IPv4 address is kept as the IPv6 address that contains it.
using Address = std::array<uint8_t, 16>;

std::optional<Address> ParseAddress(const std::string& text) {
  Address out = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, text.c_str(), &out[12]) == 1) return out;
  if (inet_pton(AF_INET6, text.c_str(), out.data()) == 1) return out;
  return std::nullopt;
}

bool InRange(const Address& address, absl::string_view cidr) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(cidr, absl::MaxSplits('/', 1));
  const std::optional<Address> base = ParseAddress(parts.first);
  int bits = 0;
  if (!base || !absl::SimpleAtoi(parts.second, &bits) || bits < 0) return false;
  if (!absl::StrContains(parts.first, ':')) bits += 96;
  if (bits > 128) return false;
  for (int i = 0; i < bits; ++i) {
    const uint8_t mask = 0x80 >> (i % 8);
    if ((address[i / 8] & mask) != ((*base)[i / 8] & mask)) return false;
  }
  return true;
}

// Whether one entry of NO_PROXY covers the host.
bool Covers(absl::string_view entry, const Url& url) {
  if (entry == "*") return true;
  const std::string host =
      std::string(absl::StripSuffix(absl::AsciiStrToLower(url.host), "."));
  const std::optional<Address> address = ParseAddress(host);
  if (absl::StrContains(entry, '/')) {
    return address.has_value() && InRange(*address, entry);
  }
  if (std::optional<Address> plain = ParseAddress(std::string(entry))) {
    return address == plain;
  }
  if (const size_t colon = entry.rfind(':'); colon != absl::string_view::npos) {
    if (ParsePort(entry.substr(colon + 1)) != url.port) return false;
    entry = entry.substr(0, colon);
    if (absl::ConsumePrefix(&entry, "[")) absl::ConsumeSuffix(&entry, "]");
    if (std::optional<Address> plain = ParseAddress(std::string(entry))) {
      return address == plain;
    }
  }
  absl::ConsumePrefix(&entry, "*");
  // ".example.com" covers the names below only, "example.com" itself as well.
  if (absl::StartsWith(entry, ".")) return absl::EndsWith(host, entry);
  return host == entry || absl::EndsWith(host, absl::StrCat(".", entry));
}

std::string Either(Environment env, absl::string_view name) {
  std::string value = env(absl::AsciiStrToLower(name));
  return value.empty() ? env(name) : value;
}

}  // namespace

absl::StatusOr<Url> ParseProxy(absl::string_view text) {
  const std::string full = absl::StrContains(text, "://")
                               ? std::string(text)
                               : absl::StrCat("http://", text);
  absl::StatusOr<Url> url = ParseUrl(full);
  if (!url.ok()) return url;
  if (url->scheme == "socks5h") url->scheme = "socks5";
  if (url->scheme != "http" && url->scheme != "https" &&
      url->scheme != "socks5") {
    return absl::InvalidArgumentError(absl::StrCat(
        "a proxy's URL is http, https or socks5, not `", url->scheme, "`"));
  }
  return url;
}

absl::StatusOr<std::optional<Url>> ProxyFor(const Url& url, Environment env) {
  if (url.scheme == "unix" || url.IsLoopback()) return std::nullopt;
  const char* variable = url.scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const std::string value = Either(env, variable);
  if (value.empty()) return std::nullopt;
  const std::string exceptions = Either(env, "NO_PROXY");
  for (absl::string_view entry :
       absl::StrSplit(exceptions, absl::ByAnyChar(", \t"), absl::SkipEmpty())) {
    if (Covers(absl::AsciiStrToLower(entry), url)) return std::nullopt;
  }
  absl::StatusOr<Url> proxy = ParseProxy(value);
  if (!proxy.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "environment variable ", variable, ": ", proxy.status().message()));
  }
  return *proxy;
}

}  // namespace ovenbird::net
