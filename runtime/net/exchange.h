// Internal to net: one request and its response on one connection.
#ifndef OVENBIRD_RUNTIME_NET_EXCHANGE_H_
#define OVENBIRD_RUNTIME_NET_EXCHANGE_H_

#include <functional>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/net/cancellation.h"
#include "runtime/net/dial.h"
#include "runtime/net/message.h"

namespace ovenbird::net {

// A connection together with the bytes that were read from it after the last
// response.
class HttpConnection {
 public:
  // Returns a new connection for requests over `connection`.
  static std::unique_ptr<HttpConnection> New(Connection connection);
  virtual ~HttpConnection() = default;
  // Returns false if the server has closed the connection, or has sent
  // something without a request.
  virtual bool LooksIdle() = 0;

  // Limits of one request: for all of it, for each wait for data, and for the
  // whole response once the request was sent.
  struct Limits {
    Deadline total = Deadline::max();
    absl::Duration idle = absl::InfiniteDuration();
    absl::Duration response = absl::InfiniteDuration();
    Cancellation* cancel = nullptr;
  };
  // The result of one request.
  struct Outcome {
    absl::StatusOr<Response> response;
    bool reusable = false;  // for the next request
    bool answered = false;  // at least one byte came
  };
  // Sends the request and reads its response. Calls `on_data` with an empty
  // piece and then with the pieces of the body, for a 2xx status or, with
  // `all_bodies`, for any; stops if it returns false. Other bodies are returned
  // in the response, up to 1 MiB.
  virtual Outcome Run(const Dialer& dialer, const Request& request,
                      const Limits& limits, bool all_bodies,
                      absl::FunctionRef<bool(absl::string_view)> on_data) = 0;
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_EXCHANGE_H_
