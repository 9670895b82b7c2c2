#include "runtime/net/http.h"

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/mutex.h"
#include "runtime/net/dial.h"
#include "runtime/net/exchange.h"

namespace ovenbird::net {
namespace {

constexpr size_t kMaxIdleConnections = 8;

using OnData = absl::FunctionRef<bool(absl::string_view)>;

bool MaySendTwice(const Request& request) {
  return !request.body_source &&
         (request.method == "GET" || request.method == "HEAD" ||
          request.method == "PUT" || request.method == "DELETE" ||
          request.method == "OPTIONS");
}

// What a TLS server says to those who come without TLS.
bool SaysUseTls(const Response& response) {
  return response.status == 400 &&
         (absl::StrContains(response.body, "HTTP request to an HTTPS server") ||
          absl::StrContains(response.body,
                            "plain HTTP request was sent to HTTPS port"));
}

class ClientImpl : public Client {
 public:
  explicit ClientImpl(Dialer dialer) : dialer_(std::move(dialer)) {}

  absl::StatusOr<Response> Send(const Request& request, absl::Duration timeout,
                                Cancellation* cancel) override {
    HttpConnection::Limits limits;
    limits.cancel = cancel;
    if (request.body_source || request.may_be_slow) {
      limits.idle = timeout;
      limits.response = timeout;
    } else {
      limits.total = DeadlineIn(timeout);
    }
    std::string body;
    absl::StatusOr<Response> response =
        Run(request, limits, /*all_bodies=*/true, [&](absl::string_view data) {
          body.append(data.data(), data.size());
          return body.size() <= request.max_answer;
        });
    if (!response.ok()) return response;
    if (body.size() > request.max_answer) {
      return absl::OutOfRangeError(
          absl::StrCat(dialer_.url.Origin(), ": the response is longer than ",
                       request.max_answer >> 20, " MiB"));
    }
    response->body = std::move(body);
    return Checked(*std::move(response));
  }

  absl::StatusOr<Response> Stream(
      const Request& request, std::function<bool(absl::string_view)> on_data,
      absl::Duration idle, Cancellation* cancel) override {
    HttpConnection::Limits limits;
    limits.cancel = cancel;
    limits.idle = idle;
    absl::StatusOr<Response> response =
        Run(request, limits, /*all_bodies=*/false, on_data);
    if (!response.ok()) return response;
    return Checked(*std::move(response));
  }

 private:
  absl::StatusOr<Response> Checked(Response response) const {
    if (dialer_.tls != nullptr || !SaysUseTls(response)) return response;
    return absl::FailedPreconditionError(absl::StrCat(
        dialer_.url.Origin(), ": it speaks TLS on this port; use https://"));
  }

  std::unique_ptr<HttpConnection> TakeIdle() {
    MutexLock lock(&mutex_);
    while (!idle_.empty()) {
      std::unique_ptr<HttpConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->LooksIdle()) return connection;
    }
    return nullptr;
  }

  void PutBack(std::unique_ptr<HttpConnection> connection) {
    MutexLock lock(&mutex_);
    if (idle_.size() < kMaxIdleConnections) {
      idle_.push_back(std::move(connection));
    }
  }

  absl::StatusOr<Response> Run(const Request& request,
                               const HttpConnection::Limits& limits,
                               bool all_bodies, OnData on_data) {
    for (;;) {
      std::unique_ptr<HttpConnection> connection = TakeIdle();
      const bool reused = connection != nullptr;
      if (!reused) {
        const Deadline deadline =
            std::min(limits.total, DeadlineIn(limits.idle));
        auto dialed = Dial(dialer_, deadline, limits.cancel);
        if (!dialed.ok()) return dialed.status();
        connection = HttpConnection::New(*std::move(dialed));
      }
      HttpConnection::Outcome outcome =
          connection->Run(dialer_, request, limits, all_bodies, on_data);
      if (outcome.reusable) PutBack(std::move(connection));
      const bool went_stale = reused && !outcome.answered &&
                              absl::IsUnavailable(outcome.response.status());
      if (went_stale && MaySendTwice(request)) continue;
      return std::move(outcome.response);
    }
  }

  const Dialer dialer_;
  Mutex mutex_;
  std::vector<std::unique_ptr<HttpConnection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base,
                                                  ClientOptions options) {
  absl::StatusOr<Dialer> dialer = NewDialer(base, options);
  if (!dialer.ok()) return dialer.status();
  return std::make_unique<ClientImpl>(*std::move(dialer));
}

absl::StatusOr<std::unique_ptr<Client>> NewClient(const Url& base,
                                                  const TlsOptions& tls) {
  ClientOptions options;
  options.tls = tls;
  return NewClient(base, std::move(options));
}

bool WasNeverSent(const absl::Status& status) {
  return status.GetPayload(kUnsentPayload).has_value();
}

bool IsCertificateError(const absl::Status& status) {
  return status.GetPayload(kCertificatePayload).has_value();
}

}  // namespace ovenbird::net
