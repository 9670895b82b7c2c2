#include "runtime/net/dial.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/base/environment.h"
#include "runtime/net/proxy.h"
#include "runtime/net/socket.h"
#include "runtime/net/tunnel.h"

namespace ovenbird::net {
namespace {

absl::Status Prefixed(absl::string_view origin, const absl::Status& status) {
  absl::Status out(status.code(), absl::StrCat(origin, ": ", status.message()));
  status.ForEachPayload(
      [&out](absl::string_view type, const absl::Cord& payload) {
        out.SetPayload(type, payload);
      });
  return out;
}

absl::Status TlsError(error_code ec, const TlsReport& report) {
  absl::Status out = absl::FailedPreconditionError(TlsProblem(ec, report));
  if (!report.problem.empty()) {
    out.SetPayload(kCertificatePayload, absl::Cord());
  }
  return out;
}

absl::Status FindProxy(const ClientOptions& options, Dialer& dialer) {
  if (options.proxy.has_value()) {
    if (options.proxy->empty()) return absl::OkStatus();
    absl::StatusOr<Url> proxy = ParseProxy(*options.proxy);
    if (!proxy.ok()) return Prefixed("proxy", proxy.status());
    dialer.proxy = *std::move(proxy);
  } else {
    auto proxy = ProxyFor(dialer.url, EnvironmentOrEmpty);
    if (!proxy.ok()) return proxy.status();
    dialer.proxy = *std::move(proxy);
  }
  if (!dialer.proxy || dialer.proxy->scheme != "https") return absl::OkStatus();
  auto tls = NewTlsContext(TlsOptions{});
  if (!tls.ok()) return tls.status();
  dialer.proxy_tls = *std::move(tls);
  return absl::OkStatus();
}

// Wraps the connection's stream into TLS.
absl::Status StartTls(Connection& connection, std::unique_ptr<Stream>& stream,
                      std::shared_ptr<TlsContext> context,
                      const std::string& host, Deadline deadline,
                      Cancellation* cancel) {
  connection.tls_report = std::make_shared<TlsReport>();
  auto tls = NewTlsStream(connection.loop->context(), std::move(stream),
                          std::move(context), host, connection.tls_report);
  bool done = false;
  error_code result;
  tls->Handshake([&](error_code ec) {
    result = ec;
    done = true;
  });
  absl::Status status =
      connection.loop->Run(done, deadline, cancel, [&] { tls->Close(); });
  if (absl::IsDeadlineExceeded(status) && result) {
    return absl::DeadlineExceededError(
        "timed out in the TLS handshake; does the server speak TLS?");
  }
  if (!status.ok() && result) return status;
  if (result == asio::error::eof) {
    return absl::FailedPreconditionError(
        "it closed the connection in the TLS handshake; does it speak TLS?");
  }
  if (IsTlsError(result)) {
    return TlsError(result, *connection.tls_report);
  }
  if (result) {
    return absl::UnavailableError(absl::StrCat(
        "the connection broke in the TLS handshake: ", result.message()));
  }
  stream = std::move(tls);
  return absl::OkStatus();
}

absl::Status ThroughProxy(const Dialer& dialer, Connection& connection,
                          std::unique_ptr<Stream>& stream, Deadline deadline,
                          Cancellation* cancel) {
  const Url& proxy = *dialer.proxy;
  if (proxy.scheme == "https") {
    absl::Status status = StartTls(connection, stream, dialer.proxy_tls,
                                   proxy.host, deadline, cancel);
    if (!status.ok()) return status;
  }
  if (proxy.scheme == "socks5") {
    return OpenSocks5(*connection.loop, stream, proxy, dialer.url, deadline,
                      cancel);
  }
  if (dialer.url.scheme == "http" && dialer.forward_plain_http) {
    connection.forward_proxy = true;
    connection.proxy_authorization = ProxyAuthorization(proxy);
    return absl::OkStatus();
  }
  return OpenTunnel(*connection.loop, stream, proxy, dialer.url, deadline,
                    cancel);
}

absl::StatusOr<std::unique_ptr<Stream>> Connect(const Dialer& dialer,
                                                Connection& connection,
                                                Deadline deadline,
                                                Cancellation* cancel) {
  const Url& url = dialer.url;
  if (url.scheme == "unix") {
    return ConnectUnix(*connection.loop, url.socket_path, deadline, cancel);
  }
  if (!dialer.proxy) {
    return ConnectTcp(*connection.loop, url.host, url.port, deadline, cancel);
  }
  const std::string name =
      absl::StrCat("through the proxy ", dialer.proxy->Origin());
  auto stream = ConnectTcp(*connection.loop, dialer.proxy->host,
                           dialer.proxy->port, deadline, cancel);
  if (!stream.ok()) return Prefixed(name, stream.status());
  absl::Status status =
      ThroughProxy(dialer, connection, *stream, deadline, cancel);
  if (!status.ok()) return Prefixed(name, status);
  return stream;
}

absl::Status NeverSent(const Dialer& dialer, const absl::Status& status) {
  absl::Status out = Prefixed(dialer.url.Origin(), status);
  out.SetPayload(kUnsentPayload, absl::Cord());
  return out;
}

// Asio throws if the process may open no more files.
absl::StatusOr<std::unique_ptr<Loop>> NewLoop() {
  try {
    return std::make_unique<Loop>();
  } catch (const boost::system::system_error& error) {
    return CannotConnect("cannot open a connection", error.code());
  }
}

}  // namespace

absl::StatusOr<Dialer> NewDialer(const Url& url, const ClientOptions& options) {
  Dialer dialer;
  dialer.url = url;
  dialer.connect_timeout = options.connect_timeout;
  if (url.scheme == "https") {
    auto tls = NewTlsContext(options.tls);
    if (!tls.ok()) return Prefixed(url.Origin(), tls.status());
    dialer.tls = *std::move(tls);
  }
  if (absl::Status s = FindProxy(options, dialer); !s.ok()) return s;
  return dialer;
}

absl::StatusOr<Connection> Dial(const Dialer& dialer, Deadline deadline,
                                Cancellation* cancel) {
  deadline = std::min(deadline, DeadlineIn(dialer.connect_timeout));
  Connection connection;
  absl::StatusOr<std::unique_ptr<Loop>> loop = NewLoop();
  if (!loop.ok()) return NeverSent(dialer, loop.status());
  connection.loop = *std::move(loop);
  auto stream = Connect(dialer, connection, deadline, cancel);
  if (!stream.ok()) return NeverSent(dialer, stream.status());
  if (dialer.tls != nullptr) {
    absl::Status status = StartTls(connection, *stream, dialer.tls,
                                   dialer.url.host, deadline, cancel);
    if (!status.ok()) return NeverSent(dialer, status);
  }
  connection.stream = std::make_unique<AnyStream>(connection.loop->context(),
                                                  *std::move(stream));
  return connection;
}

absl::Status IoError(const Dialer& dialer, const TlsReport* report,
                     error_code ec, absl::string_view while_doing) {
  const std::string origin = dialer.url.Origin();
  if (report != nullptr && IsTlsError(ec)) {
    return Prefixed(origin, TlsError(ec, *report));
  }
  if (ec == asio::error::eof || ec == asio::error::connection_reset ||
      ec == asio::error::broken_pipe) {
    return absl::UnavailableError(
        absl::StrCat(origin, ": the connection was closed ", while_doing));
  }
  return absl::UnavailableError(absl::StrCat(origin, ": the connection broke ",
                                             while_doing, ": ", ec.message()));
}

}  // namespace ovenbird::net
