#include "runtime/net/exchange.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/ignore_exceptions.h"

namespace ovenbird::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr size_t kPiece = 128 * 1024;
constexpr size_t kMaxErrorBody = 1024 * 1024;
// Of responses with status 1xx before the answer; real servers send one or two.
constexpr int kMostInterim = 16;

class HttpConnectionImpl : public HttpConnection {
 public:
  explicit HttpConnectionImpl(Connection connection)
      : connection(std::move(connection)) {}

  bool LooksIdle() override { return connection.stream->stream().LooksIdle(); }
  Outcome Run(const Dialer& dialer, const Request& request,
              const Limits& limits, bool all_bodies,
              absl::FunctionRef<bool(absl::string_view)> on_data) override;

  Connection connection;
  beast::flat_buffer buffer;
};

absl::Status WrongBodySize(uint64_t sent, uint64_t announced) {
  return absl::DataLossError(absl::StrCat(
      "the request body differs in length from what was announced: ", sent,
      " instead of ", announced, " bytes"));
}

class Exchange {
 public:
  Exchange(HttpConnectionImpl& http, const Dialer& dialer,
           const Request& request, const HttpConnection::Limits& limits)
      : http_(http),
        loop_(*http.connection.loop),
        stream_(*http.connection.stream),
        dialer_(dialer),
        request_(request),
        limits_(limits) {}

  ~Exchange() {
    if (head_done_) return;
    // What an exception leaves pending ends with the connection.
    IgnoreExceptions([this] {
      Close();
      loop_.Drain(head_done_);
    });
  }

  absl::Status SendAndReadHead();
  absl::Status ReadBody(absl::FunctionRef<bool(absl::string_view)> on_data);

  Response TakeHead();
  int status() const { return parser_->get().result_int(); }
  bool answered() const { return answered_; }
  // After the whole body: may the connection serve another request?
  bool reusable() const {
    return parser_->is_done() && !stopped_ && parser_->keep_alive() &&
           http_.buffer.size() == 0;
  }

 private:
  using Parser = http::response_parser<http::buffer_body>;
  using Message = http::request<http::buffer_body>;

  void Close() { stream_.Close(); }
  Deadline NextDeadline() const {
    return std::min({limits_.total, response_by_, DeadlineIn(limits_.idle)});
  }
  // Runs the loop until `done`; OK unless it had to be cut short.
  absl::Status Wait(const bool& done) {
    absl::Status status =
        loop_.Run(done, NextDeadline(), limits_.cancel, [this] { Close(); });
    if (status.ok()) return status;
    return absl::Status(status.code(), absl::StrCat(dialer_.url.Origin(), ": ",
                                                    status.message()));
  }

  Message NewMessage() const;
  void StartReadingHead();
  absl::Status Write(http::request_serializer<http::buffer_body>& serializer,
                     error_code& ec);
  absl::Status SendMessage(error_code& ec);
  absl::Status SendFromSource(
      Message& message, http::request_serializer<http::buffer_body>& serializer,
      error_code& ec);
  absl::Status SendPieces(
      Message& message, http::request_serializer<http::buffer_body>& serializer,
      error_code& ec);
  bool RefusedEarly() const {
    return head_done_ &&
           (head_error_ || status() >= 300 || interim_ > kMostInterim);
  }
  absl::Status HeadError(error_code write_error) const;

  HttpConnectionImpl& http_;
  Loop& loop_;
  AnyStream& stream_;
  const Dialer& dialer_;
  const Request& request_;
  const HttpConnection::Limits& limits_;
  std::optional<Parser> parser_;
  Deadline response_by_ = Deadline::max();
  bool head_done_ = true;
  int interim_ = 0;  // responses with status 1xx so far
  bool answered_ = false;
  bool stopped_ = false;
  error_code head_error_;
};

Exchange::Message Exchange::NewMessage() const {
  Message message;
  message.version(11);
  message.method_string(request_.method);
  const Url& url = dialer_.url;
  std::string target = request_.target;
  if (http_.connection.forward_proxy) target.insert(0, url.Origin());
  message.target(target);
  const bool default_port = url.port == 0 ||
                            (url.scheme == "https" && url.port == 443) ||
                            (url.scheme == "http" && url.port == 80);
  std::string host = url.HostPort();
  if (default_port) host.resize(host.rfind(':'));
  message.set(http::field::host, host);
  message.set(http::field::user_agent, "ovenbird");
  if (!http_.connection.proxy_authorization.empty()) {
    message.set(http::field::proxy_authorization,
                http_.connection.proxy_authorization);
  }
  for (const auto& [name, value] : request_.headers) {
    if (absl::EqualsIgnoreCase(name, "user-agent")) message.erase(name);
    message.insert(name, value);
  }
  if (request_.body_source) {
    if (request_.body_size) {
      message.content_length(*request_.body_size);
    } else {
      message.chunked(true);
    }
  } else if (!request_.body.empty() || request_.method == "POST" ||
             request_.method == "PUT" || request_.method == "PATCH") {
    message.content_length(request_.body.size());
  }
  return message;
}

void Exchange::StartReadingHead() {
  parser_.emplace();
  parser_->header_limit(256 * 1024);
  // Not boost::none: Beast 1.74 takes that for a limit of nothing.
  parser_->body_limit(std::numeric_limits<uint64_t>::max());
  if (request_.method == "HEAD") parser_->skip(true);
  http::async_read_header(
      stream_, http_.buffer, *parser_, [this](error_code ec, size_t size) {
        head_error_ = ec;
        answered_ = answered_ || size > 0 || http_.buffer.size() > 0;
        const int status = ec ? 0 : this->status();
        head_done_ = true;
        // "100 Continue" and "103 Early Hints" come before
        // the answer.
        const bool interim = status >= 100 && status < 200 && status != 101;
        if (interim && ++interim_ <= kMostInterim) StartReadingHead();
      });
  // The handler has yet to run. Without memory for it nothing is pending.
  head_done_ = false;
}

absl::Status Exchange::Write(
    http::request_serializer<http::buffer_body>& serializer, error_code& ec) {
  bool done = false;
  http::async_write(stream_, serializer, [&](error_code result, size_t) {
    ec = result == http::error::need_buffer ? error_code() : result;
    done = true;
  });
  return Wait(done);
}

absl::Status Exchange::SendFromSource(
    Message& message, http::request_serializer<http::buffer_body>& serializer,
    error_code& ec) {
  std::vector<char> piece(kPiece);
  uint64_t sent = 0;
  while (!ec && !RefusedEarly() && !serializer.is_done()) {
    absl::StatusOr<size_t> size = request_.body_source(absl::MakeSpan(piece));
    if (!size.ok()) return size.status();
    sent += *size;
    const uint64_t announced = request_.body_size.value_or(UINT64_MAX);
    if (sent > announced ||
        (*size == 0 && request_.body_size && sent < announced)) {
      return WrongBodySize(sent, announced);
    }
    message.body().data = *size > 0 ? piece.data() : nullptr;
    message.body().size = *size;
    message.body().more = *size > 0 && sent < announced;
    if (absl::Status s = Write(serializer, ec); !s.ok()) return s;
  }
  stopped_ = !serializer.is_done();
  return absl::OkStatus();
}

// Each piece has the idle time.
absl::Status Exchange::SendPieces(
    Message& message, http::request_serializer<http::buffer_body>& serializer,
    error_code& ec) {
  const std::string& body = request_.body;
  size_t sent = 0;
  do {
    const size_t size = std::min(kPiece, body.size() - sent);
    // Beast only reads it.
    message.body().data = const_cast<char*>(body.data() + sent);
    message.body().size = size;
    sent += size;
    message.body().more = sent < body.size();
    if (absl::Status s = Write(serializer, ec); !s.ok()) return s;
  } while (sent < body.size() && !ec && !RefusedEarly());
  stopped_ = sent < body.size();
  return absl::OkStatus();
}

absl::Status Exchange::SendMessage(error_code& ec) {
  Message message = NewMessage();
  http::request_serializer<http::buffer_body> serializer(message);
  return request_.body_source ? SendFromSource(message, serializer, ec)
                              : SendPieces(message, serializer, ec);
}

// Why there is no answer.
absl::Status Exchange::HeadError(error_code write_error) const {
  const std::string origin = dialer_.url.Origin();
  const auto data = http_.buffer.data();
  const auto* bytes = static_cast<const unsigned char*>(data.data());
  // A TLS alert or handshake record.
  if (dialer_.tls == nullptr && data.size() > 1 &&
      (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 3) {
    return absl::FailedPreconditionError(
        absl::StrCat(origin, ": it speaks TLS on this port; use https://"));
  }
  // A TLS alert that was read tells more than the write that it broke.
  const error_code ec =
      write_error && !IsTlsError(head_error_) ? write_error : head_error_;
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) {
    return absl::UnavailableError(absl::StrCat(
        origin, ": the connection was closed ",
        answered_ ? "in the middle of the response" : "before a response"));
  }
  if (ec.category() ==
      http::make_error_code(http::error::end_of_stream).category()) {
    return absl::UnavailableError(
        absl::StrCat(origin, ": it does not answer like an HTTP/1.1 server (",
                     ec.message(), ")"));
  }
  return IoError(dialer_, http_.connection.tls_report.get(), ec,
                 "before a response");
}

absl::Status Exchange::SendAndReadHead() {
  // From the start, since a server may refuse a large body before its end.
  StartReadingHead();
  error_code write_error;
  if (absl::Status s = SendMessage(write_error); !s.ok()) return s;
  if (write_error) stopped_ = true;
  response_by_ = DeadlineIn(limits_.response);
  if (absl::Status s = Wait(head_done_); !s.ok()) return s;
  if (head_error_) return HeadError(write_error);
  // Beast accepts any three digits; callers divide by the first one.
  if (status() >= 100 && interim_ <= kMostInterim) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(
      dialer_.url.Origin(), ": it does not answer like an HTTP/1.1 server (",
      status() < 100 ? "bad status" : "too many responses with status 1xx",
      ")"));
}

absl::Status Exchange::ReadBody(
    absl::FunctionRef<bool(absl::string_view)> on_data) {
  // The answer has begun; the body may take its time.
  if (!on_data(absl::string_view())) {
    stopped_ = true;
    return absl::OkStatus();
  }
  std::vector<char> piece(kPiece);
  while (!parser_->is_done()) {
    http::buffer_body::value_type& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    bool done = false;
    error_code ec;
    http::async_read_some(stream_, http_.buffer, *parser_,
                          [&](error_code result, size_t) {
                            ec = result;
                            done = true;
                          });
    if (absl::Status s = Wait(done); !s.ok()) return s;
    const size_t size = piece.size() - body.size;
    if (size > 0 && !on_data(absl::string_view(piece.data(), size))) {
      stopped_ = true;
      return absl::OkStatus();
    }
    if (ec == http::error::need_buffer || !ec) continue;
    if (ec == http::error::partial_message ||
        ec == http::error::end_of_stream) {
      ec = asio::error::eof;
    }
    return IoError(dialer_, http_.connection.tls_report.get(), ec,
                   "in the middle of the response");
  }
  return absl::OkStatus();
}

Response Exchange::TakeHead() {
  Response response;
  response.status = status();
  for (const auto& field : parser_->get()) {
    response.headers.emplace_back(std::string(field.name_string()),
                                  std::string(field.value()));
  }
  return response;
}

// A line end in a header would be a header of its own.
absl::Status CheckHead(const Request& request) {
  const auto bad = [](absl::string_view text) {
    for (const char c : text) {
      if (absl::ascii_iscntrl(c) && c != '\t') return true;
    }
    return false;
  };
  bool wrong = bad(request.method) || bad(request.target) ||
               absl::StrContains(request.target, ' ');
  for (const auto& [name, value] : request.headers) {
    wrong = wrong || bad(name) || bad(value);
  }
  if (!wrong) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "a request's path or header contains a control character");
}

HttpConnection::Outcome HttpConnectionImpl::Run(
    const Dialer& dialer, const Request& request, const Limits& limits,
    bool all_bodies, absl::FunctionRef<bool(absl::string_view)> on_data) {
  Outcome out;
  if (absl::Status s = CheckHead(request); !s.ok()) {
    out.response = s;
    return out;
  }
  Exchange exchange(*this, dialer, request, limits);
  absl::Status status = exchange.SendAndReadHead();
  out.answered = exchange.answered();
  if (!status.ok()) {
    out.response = status;
    return out;
  }
  Response response = exchange.TakeHead();
  const bool handed = all_bodies || response.status / 100 == 2;
  status = exchange.ReadBody([&](absl::string_view data) {
    if (handed) return on_data(data);
    response.body.append(data.data(), data.size());
    return response.body.size() < kMaxErrorBody;
  });
  out.reusable = status.ok() && exchange.reusable();
  if (status.ok()) {
    out.response = std::move(response);
  } else {
    out.response = status;
  }
  return out;
}

}  // namespace

std::unique_ptr<HttpConnection> HttpConnection::New(Connection connection) {
  return std::make_unique<HttpConnectionImpl>(std::move(connection));
}

}  // namespace ovenbird::net
