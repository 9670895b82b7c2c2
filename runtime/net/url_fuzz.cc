// Whatever the bytes are: a URL that is accepted can be printed and parsed
// again, and what requests contain of it has no space or control character.
//
// An input is a URL, and on a second line a value of NO_PROXY.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/net/proxy.h"
#include "runtime/net/url.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::net {
namespace {

using fuzz::Require;

bool FitsIntoARequest(absl::string_view text) {
  for (const char c : text) {
    if (absl::ascii_iscntrl(c) || c == ' ') return false;
  }
  return true;
}

void CheckUrl(absl::string_view text, const Url& url) {
  Require(url.scheme == "unix" || (url.port > 0 && url.port < 65536),
          "the port is a port");
  Require(!url.host.empty(), "a URL has a host");
  Require(absl::StartsWith(url.target, "/"), "the target begins with /");
  Require(FitsIntoARequest(url.HostPort()), "the host fits into a header");
  Require(FitsIntoARequest(url.target), "the target fits into a line");
  if (url.scheme == "unix") return;
  const absl::StatusOr<Url> again =
      ParseUrl(absl::StrCat(url.Origin(), url.target));
  Require(again.ok(), "a printed URL can be parsed");
  Require(again->Origin() == url.Origin() && again->host == url.host &&
              again->port == url.port && again->target == url.target,
          "a printed URL is the same URL");
  Require(again->user.empty() && again->password.empty(),
          "an origin has no user");
  Require(again->IsLoopback() == url.IsLoopback(), "loopback stays loopback");
  Require(absl::StrContains(text, "@") || url.user.empty(), "who is the user");
}

void Check(absl::string_view input) {
  const std::pair<absl::string_view, absl::string_view> lines =
      absl::StrSplit(input, absl::MaxSplits('\n', 1));
  const absl::StatusOr<Url> url = ParseUrl(lines.first);
  if (url.ok()) {
    CheckUrl(lines.first, *url);
    const auto proxy = ProxyFor(*url, [&](absl::string_view name) {
      return std::string(name == "no_proxy"      ? lines.second
                         : name == "https_proxy" ? "http://proxy:3128"
                                                 : "");
    });
    Require(proxy.ok(), "NO_PROXY is never an error");
    Require(!url->IsLoopback() || !proxy->has_value(),
            "loopback addresses have no proxy");
  }
  const absl::StatusOr<Url> proxy = ParseProxy(lines.first);
  if (proxy.ok()) CheckUrl(lines.first, *proxy);
  for (const char c : EscapeUrlPart(input)) {
    Require(absl::ascii_isalnum(c) || absl::StrContains("-._~%", c),
            "an escaped part has plain characters");
  }
}

}  // namespace
}  // namespace ovenbird::net

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::net::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
