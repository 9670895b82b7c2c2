// The URLs that the net folder connects to.
#ifndef OVENBIRD_RUNTIME_NET_URL_H_
#define OVENBIRD_RUNTIME_NET_URL_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::net {

// A parsed URL.
struct Url {
  std::string scheme;  // "http", "https", "unix"; for proxies also "socks5"
  std::string host;    // without brackets for IPv6
  int port = 0;        // the scheme's own when not given
  std::string target = "/";  // path and query, starts with /
  std::string socket_path;   // unix only
  std::string user;          // unescaped; from user:password@host
  std::string password;

  // Returns "https://host:6443" or "unix:/run/docker.sock"; no password, no
  // path.
  std::string Origin() const;
  // Returns "host:6443" or "[::1]:6443".
  std::string HostPort() const;
  // Returns whether the host is `localhost` or a loopback address: what is sent
  // there does not leave the machine.
  bool IsLoopback() const;
};

// Parses scheme://[user[:password]@]host[:port][/path][?query], and
// unix:///path/to.sock (target "/"). Drops a fragment. kInvalidArgument says
// what is wrong; a password is never part of the message.
absl::StatusOr<Url> ParseUrl(absl::string_view url);

// Returns the port that the digits say, from 1 to 65535; nullopt for everything
// else, also for signs and spaces.
std::optional<int> ParsePort(absl::string_view text);

// Escapes all characters except A-Z a-z 0-9 - . _ ~ for a query's value or a
// path segment.
std::string EscapeUrlPart(absl::string_view text);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_URL_H_
