// Whatever a proxy answers: the connection is open or refused, and after it is
// open, not one byte of the other side is lost.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/net/loop.h"
#include "runtime/net/memory_stream.h"
#include "runtime/net/tunnel.h"
#include "runtime/net/url.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::net {
namespace {

using fuzz::Require;

Url HostUrl(const char* scheme, const char* user) {
  Url url;
  url.scheme = scheme;
  url.host = "host";
  url.port = 443;
  url.user = user;
  return url;
}

// Bytes of the answer that opening has read; 0: it failed.
template <typename Open>
size_t BytesToOpen(absl::string_view sent, size_t piece, Open open,
                   const Url& proxy) {
  Loop loop;
  auto memory =
      std::make_unique<MemoryStream>(loop.context(), std::string(sent), piece);
  const MemoryStream& view = *memory;
  std::unique_ptr<Stream> stream = std::move(memory);
  const absl::Status status =
      open(loop, stream, proxy, HostUrl("https", ""), Deadline::max(), nullptr);
  Require(view.read() <= 64 * 1024 + 1, "a greeting has an end");
  if (status.ok()) return view.read();
  Require(absl::IsUnavailable(status), "a refusal is kUnavailable");
  Require(!status.message().empty(), "a refusal says why");
  return 0;
}

void Check(absl::string_view sent) {
  const Url http = HostUrl("http", "");
  const size_t size = BytesToOpen(sent, sent.size(), OpenTunnel, http);
  Require(size == BytesToOpen(sent, 1, OpenTunnel, http),
          "pieces do not change the result");
  Require(size == 0 || size == sent.find("\r\n\r\n") + 4,
          "what follows the head belongs to the other side");
  for (const char* user : {"", "user"}) {
    const Url socks = HostUrl("socks5", user);
    const size_t read = BytesToOpen(sent, sent.size(), OpenSocks5, socks);
    Require(read == BytesToOpen(sent, 1, OpenSocks5, socks),
            "pieces do not change the result");
    Require(read <= 2 + 2 + 5 + 255 + 2, "SOCKS has short answers");
  }
}

}  // namespace
}  // namespace ovenbird::net

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::net::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
