// Whatever a server sends: the answer is read or refused, the same whether it
// comes in one piece or byte by byte, and it is no longer than what was sent.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/net/dial.h"
#include "runtime/net/exchange.h"
#include "runtime/net/loop.h"
#include "runtime/net/memory_stream.h"
#include "runtime/net/message.h"
#include "tools/testing/fuzz.h"

namespace ovenbird::net {
namespace {

using fuzz::Require;

struct Answer {
  bool ok = false;
  Response response;
  std::string pieces;  // handed to on_data
};

Answer Read(absl::string_view sent, size_t piece, const char* method) {
  Connection connection;
  connection.loop = std::make_unique<Loop>();
  asio::io_context& context = connection.loop->context();
  connection.stream = std::make_unique<AnyStream>(
      context,
      std::make_unique<MemoryStream>(context, std::string(sent), piece));
  Dialer dialer;
  dialer.url.scheme = "http";
  dialer.url.host = "fuzz";
  dialer.url.port = 80;
  Request request;
  request.method = method;
  Answer out;
  HttpConnection::Outcome outcome =
      HttpConnection::New(std::move(connection))
          ->Run(dialer, request, {}, /*all_bodies=*/false,
                [&](absl::string_view data) {
                  out.pieces.append(data.data(), data.size());
                  return true;
                });
  out.ok = outcome.response.ok();
  Require(out.ok || !outcome.response.status().message().empty(),
          "an error says what is wrong");
  Require(!outcome.reusable || out.ok, "a broken connection is not used again");
  if (out.ok) out.response = *std::move(outcome.response);
  return out;
}

void CheckHead(const Response& response) {
  Require(response.status >= 100 && response.status <= 999, "a status");
  for (const auto& [name, value] : response.headers) {
    Require(!name.empty(), "a header has a name");
    for (const absl::string_view text : {name, value}) {
      for (const char c : {'\r', '\n', '\0'}) {
        Require(!absl::StrContains(text, c), "a header is one line");
      }
    }
  }
}

void Check(absl::string_view sent) {
  const Answer whole = Read(sent, sent.size(), "GET");
  const Answer bytes = Read(sent, 1, "GET");
  Require(whole.ok == bytes.ok, "pieces do not change the result");
  Require(whole.pieces == bytes.pieces, "pieces do not change the body");
  Require(whole.pieces.size() + whole.response.body.size() <= sent.size(),
          "a body is not longer than what was sent");
  if (whole.ok) {
    CheckHead(whole.response);
    Require(whole.response.status == bytes.response.status &&
                whole.response.headers == bytes.response.headers &&
                whole.response.body == bytes.response.body,
            "pieces do not change the answer");
  }
  const Answer head = Read(sent, sent.size(), "HEAD");
  Require(head.pieces.empty() && head.response.body.empty(),
          "an answer to HEAD has no body");
}

}  // namespace
}  // namespace ovenbird::net

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::net::Check(ovenbird::fuzz::Text(data, size));
  return 0;
}
