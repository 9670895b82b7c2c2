// HTTP requests and responses.
#ifndef OVENBIRD_RUNTIME_NET_MESSAGE_H_
#define OVENBIRD_RUNTIME_NET_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ovenbird::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Returns the value of the first header of that name, case-insensitive; empty
// if there is none.
absl::string_view FindHeader(const Headers& headers, absl::string_view name);

// Fills the front of `buffer` and returns how many bytes it has written; 0 is
// the end. May block. An error ends the request with that error.
using BodySource = std::function<absl::StatusOr<size_t>(absl::Span<char>)>;

// An HTTP request.
struct Request {
  std::string method = "GET";
  std::string target = "/";
  // Host, Content-Length, Transfer-Encoding and User-Agent are added.
  Headers headers;
  std::string body;
  // Used instead of `body` if set. Sent with Content-Length if `body_size` is
  // set, else chunked. If the server answers with an error before the end, the
  // rest is not sent.
  BodySource body_source;
  std::optional<uint64_t> body_size;
  // In bytes: Client::Send fails with kOutOfRange if the answer is longer.
  uint64_t max_answer = 512 << 20;
  // Lets Client::Send send `body` for as long as something moves.
  bool may_be_slow = false;
};

// An HTTP response.
struct Response {
  int status = 0;
  Headers headers;
  std::string body;
  // Returns FindHeader's result for the response's headers.
  absl::string_view Header(absl::string_view name) const {
    return FindHeader(headers, name);
  }
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_MESSAGE_H_
