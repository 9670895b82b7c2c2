#include "runtime/net/tunnel.h"

#include <boost/asio/error.hpp>
#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ovenbird::net {
namespace {

// Whole messages on a stream, for the few bytes of a greeting.
class Exchange {
 public:
  Exchange(Loop& loop, Stream& stream, Deadline deadline, Cancellation* cancel)
      : loop_(loop), stream_(stream), deadline_(deadline), cancel_(cancel) {}

  absl::Status Write(absl::string_view data) {
    while (!data.empty()) {
      absl::StatusOr<size_t> n = Run([&](IoHandler handler) {
        stream_.WriteSome(asio::buffer(data.data(), data.size()),
                          std::move(handler));
      });
      if (!n.ok()) return n.status();
      data.remove_prefix(*n);
    }
    return absl::OkStatus();
  }

  // Exactly `size` bytes: what follows belongs to the other side of the proxy.
  absl::StatusOr<std::string> Read(size_t size) {
    std::string out(size, '\0');
    size_t have = 0;
    while (have < size) {
      absl::StatusOr<size_t> n = Run([&](IoHandler handler) {
        stream_.ReadSome(asio::buffer(out.data() + have, size - have),
                         std::move(handler));
      });
      if (!n.ok()) return n.status();
      have += *n;
    }
    return out;
  }

 private:
  template <typename Start>
  absl::StatusOr<size_t> Run(Start start) {
    bool done = false;
    error_code result;
    size_t size = 0;
    start([&](error_code ec, size_t n) {
      result = ec;
      size = n;
      done = true;
    });
    absl::Status status =
        loop_.Run(done, deadline_, cancel_, [this] { stream_.Close(); });
    if (!result) return size;
    if (!status.ok()) return status;
    if (result == asio::error::eof) {
      return absl::UnavailableError("the proxy closed the connection");
    }
    return absl::UnavailableError(
        absl::StrCat("the connection broke: ", result.message()));
  }

  Loop& loop_;
  Stream& stream_;
  Deadline deadline_;
  Cancellation* cancel_;
};

absl::Status TunnelRefused(const std::string& head) {
  const absl::string_view line =
      absl::string_view(head).substr(0, head.find('\r'));
  if (absl::StrContains(line, " 407")) {
    return absl::UnavailableError(
        "the proxy requires a user and a password; put them into its URL, "
        "http://USER:PASSWORD@HOST:PORT");
  }
  return absl::UnavailableError(
      absl::StrCat("the proxy refused to connect: ", line));
}

const char* Socks5Reply(uint8_t code) {
  static constexpr const char* kReplies[] = {"ok",
                                             "general failure",
                                             "not allowed by its rules",
                                             "network unreachable",
                                             "host unreachable",
                                             "connection refused",
                                             "TTL expired",
                                             "command not supported",
                                             "address type not supported"};
  return code < std::size(kReplies) ? kReplies[code] : "unknown reply";
}

absl::Status Socks5Login(Exchange& io, const Url& proxy) {
  if (proxy.user.size() > 255 || proxy.password.size() > 255) {
    return absl::InvalidArgumentError(
        "the proxy's user or password is longer "
        "than SOCKS allows (255 bytes)");
  }
  std::string login = "\x01";
  login += static_cast<char>(proxy.user.size());
  login += proxy.user;
  login += static_cast<char>(proxy.password.size());
  login += proxy.password;
  if (absl::Status s = io.Write(login); !s.ok()) return s;
  absl::StatusOr<std::string> reply = io.Read(2);
  if (!reply.ok()) return reply.status();
  if ((*reply)[1] == 0) return absl::OkStatus();
  return absl::UnavailableError("the proxy rejected the user or the password");
}

absl::Status Socks5Greet(Exchange& io, const Url& proxy) {
  const bool login = !proxy.user.empty();
  const absl::string_view hello = login
                                      ? absl::string_view("\x05\x02\x00\x02", 4)
                                      : absl::string_view("\x05\x01\x00", 3);
  if (absl::Status s = io.Write(hello); !s.ok()) return s;
  absl::StatusOr<std::string> choice = io.Read(2);
  if (!choice.ok()) return choice.status();
  if ((*choice)[0] != 5) {
    return absl::UnavailableError("it is not a SOCKS 5 proxy");
  }
  if ((*choice)[1] == 0) return absl::OkStatus();
  if ((*choice)[1] == 2 && login) return Socks5Login(io, proxy);
  return absl::UnavailableError(
      login ? "the proxy does not support a login with a password"
            : "the proxy requires a user and a password; put them into its "
              "URL, socks5://USER:PASSWORD@HOST:PORT");
}

absl::Status Socks5Connect(Exchange& io, const Url& target) {
  if (target.host.size() > 255) {
    return absl::InvalidArgumentError("the host's name is too long");
  }
  std::string request("\x05\x01\x00\x03", 4);
  request += static_cast<char>(target.host.size());
  request += target.host;
  request += static_cast<char>(target.port >> 8);
  request += static_cast<char>(target.port & 0xff);
  if (absl::Status s = io.Write(request); !s.ok()) return s;
  absl::StatusOr<std::string> head = io.Read(4);
  if (!head.ok()) return head.status();
  if (const uint8_t code = (*head)[1]; code != 0) {
    return absl::UnavailableError(
        absl::StrCat("the proxy cannot connect: ", Socks5Reply(code)));
  }
  // The address it is bound to; of no interest.
  size_t rest = (*head)[3] == 4 ? 16 + 2 : 4 + 2;
  if ((*head)[3] == 3) {
    absl::StatusOr<std::string> length = io.Read(1);
    if (!length.ok()) return length.status();
    rest = static_cast<uint8_t>((*length)[0]) + 2;
  }
  return io.Read(rest).status();
}

}  // namespace

std::string ProxyAuthorization(const Url& proxy) {
  if (proxy.user.empty()) return "";
  return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(
                                    proxy.user, ":", proxy.password)));
}

absl::Status OpenTunnel(Loop& loop, std::unique_ptr<Stream>& stream,
                        const Url& proxy, const Url& target, Deadline deadline,
                        Cancellation* cancel) {
  Exchange io(loop, *stream, deadline, cancel);
  std::string request =
      absl::StrCat("CONNECT ", target.HostPort(),
                   " HTTP/1.1\r\nHost: ", target.HostPort(), "\r\n");
  if (const std::string login = ProxyAuthorization(proxy); !login.empty()) {
    absl::StrAppend(&request, "Proxy-Authorization: ", login, "\r\n");
  }
  request += "\r\n";
  if (absl::Status s = io.Write(request); !s.ok()) return s;
  std::string head;
  while (!absl::EndsWith(head, "\r\n\r\n")) {
    absl::StatusOr<std::string> next = io.Read(1);
    if (!next.ok()) return next.status();
    head += *next;
    if (head.size() > 64 * 1024 ||
        !absl::StartsWith("HTTP/1.", absl::string_view(head).substr(0, 7))) {
      return absl::UnavailableError("it does not answer like an HTTP proxy");
    }
  }
  if (head.size() > 12 && head[8] == ' ' && head[9] == '2') {
    return absl::OkStatus();
  }
  return TunnelRefused(head);
}

absl::Status OpenSocks5(Loop& loop, std::unique_ptr<Stream>& stream,
                        const Url& proxy, const Url& target, Deadline deadline,
                        Cancellation* cancel) {
  Exchange io(loop, *stream, deadline, cancel);
  if (absl::Status s = Socks5Greet(io, proxy); !s.ok()) return s;
  return Socks5Connect(io, target);
}

}  // namespace ovenbird::net
