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

// A connection together with what was read from it beyond the last response.
class HttpConnection {
 public:
  static std::unique_ptr<HttpConnection> New(Connection connection);
  virtual ~HttpConnection() = default;
  // False when the server has closed it meanwhile.
  virtual bool LooksIdle() = 0;

  struct Limits {
    Deadline total = Deadline::max();
    absl::Duration idle = absl::InfiniteDuration();
    Cancellation* cancel = nullptr;
  };
  struct Outcome {
    absl::StatusOr<Response> response;
    bool reusable = false;  // for the next request
    bool answered = false;  // at least one byte came
  };
  // `on_data` gets the pieces of a body whose status is 2xx, or of every
  // body when `all_bodies`, after an empty piece; false stops. Other bodies are
  // kept, up to 1 MiB.
  virtual Outcome Run(const Dialer& dialer, const Request& request,
                      const Limits& limits, bool all_bodies,
                      absl::FunctionRef<bool(absl::string_view)> on_data) = 0;
};

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_EXCHANGE_H_
