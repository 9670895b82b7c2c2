// Whatever frames a server sends: the messages are the same whether they come
// in one piece or byte by byte, and no longer than what was sent.
//
// An input is what follows the handshake.
#include <boost/beast/websocket/detail/hybi13.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/net/dial.h"
#include "runtime/net/loop.h"
#include "runtime/net/memory_stream.h"
#include "runtime/net/start_websocket.h"
#include "runtime/net/websocket.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::net {
namespace {

using fuzz::Require;
namespace hybi = boost::beast::websocket::detail;

// The answer to a handshake, in front of `frames`.
void Accept(absl::string_view request, std::string& frames) {
  constexpr absl::string_view kKey = "Sec-WebSocket-Key: ";
  const size_t at = request.find(kKey);
  if (at == request.npos) return;
  request.remove_prefix(at + kKey.size());
  const std::string key(request.substr(0, request.find('\r')));
  hybi::sec_ws_accept_type accept;
  hybi::make_sec_ws_accept(accept, key);
  frames.insert(0, absl::StrCat("HTTP/1.1 101 Switching Protocols\r\n"
                                "Upgrade: websocket\r\n"
                                "Connection: upgrade\r\n"
                                "Sec-WebSocket-Accept: ",
                                absl::string_view(accept.data(), accept.size()),
                                "\r\n\r\n"));
}

struct Heard {
  std::vector<std::string> messages;
  bool closed = false;  // with a close frame
  std::string reason;
};

Heard Listen(absl::string_view frames, size_t piece) {
  Connection connection;
  connection.loop = std::make_unique<Loop>();
  asio::io_context& context = connection.loop->context();
  auto stream =
      std::make_unique<MemoryStream>(context, std::string(frames), piece);
  stream->OnWrite(Accept);
  connection.stream = std::make_unique<AnyStream>(context, std::move(stream));
  Dialer dialer;
  dialer.url.scheme = "http";
  dialer.url.host = "fuzz";
  dialer.url.port = 80;
  absl::StatusOr<WebSocketReply> reply = StartWebSocket(
      std::move(dialer), std::move(connection), {}, Deadline::max(), nullptr);
  Require(reply.ok() && reply->socket != nullptr, "the handshake succeeds");
  Heard heard;
  for (;;) {
    absl::StatusOr<std::optional<std::string>> message = reply->socket->Read();
    heard.closed = message.ok();
    if (!message.ok()) break;
    if (!message->has_value()) break;
    heard.messages.push_back(**std::move(message));
  }
  heard.reason = reply->socket->close_reason();
  Require(!reply->socket->Write("", "x").ok(), "it is over");
  return heard;
}

void Check(absl::string_view frames) {
  const Heard whole = Listen(frames, frames.size() + 1024);
  const Heard bytes = Listen(frames, 1);
  Require(whole.messages == bytes.messages, "pieces do not change messages");
  Require(whole.closed == bytes.closed && whole.reason == bytes.reason,
          "pieces do not change the end");
  size_t size = whole.reason.size();
  for (const std::string& message : whole.messages) size += message.size();
  Require(size <= frames.size(), "no more is heard than was said");
  Require(whole.reason.size() <= 123, "a reason is short");
}

}  // namespace
}  // namespace ovenbird::net

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::net::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
