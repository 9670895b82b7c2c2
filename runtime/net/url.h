// The URLs that the net folder dials.
#ifndef OVENBIRD_RUNTIME_NET_URL_H_
#define OVENBIRD_RUNTIME_NET_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ovenbird::net {

struct Url {
  std::string scheme;  // "http", "https", "unix"; for proxies also "socks5"
  std::string host;    // without brackets for IPv6
  int port = 0;        // the scheme's own when not given
  std::string target = "/";  // path and query, starts with /
  std::string socket_path;   // unix only
  std::string user;          // unescaped; from user:password@host
  std::string password;

  // "https://host:6443", "unix:/run/docker.sock"; no password, no path.
  std::string Origin() const;
  // "host:6443", "[::1]:6443".
  std::string HostPort() const;
};

// Reads scheme://[user[:password]@]host[:port][/path][?query], and
// unix:///path/to.sock (target "/"). A fragment is dropped. kInvalidArgument
// names what is wrong; a password is never part of the message.
absl::StatusOr<Url> ParseUrl(absl::string_view url);

// Escapes all but A-Z a-z 0-9 - . _ ~ for a query's value or a path segment.
std::string EscapeUrlPart(absl::string_view text);

}  // namespace ovenbird::net

#endif  // OVENBIRD_RUNTIME_NET_URL_H_
