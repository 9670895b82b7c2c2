#include "runtime/registry/error.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/json.h"

namespace ovenbird::registry {
namespace {

absl::StatusCode CodeOf(int status) {
  switch (status) {
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    default:
      return status >= 500 ? absl::StatusCode::kUnavailable
                           : absl::StatusCode::kFailedPrecondition;
  }
}

absl::string_view NameOf(int status) {
  switch (status) {
    case 400:
      return " Bad Request";
    case 401:
      return " Unauthorized";
    case 403:
      return " Forbidden";
    case 404:
      return " Not Found";
    case 405:
      return " Method Not Allowed";
    case 429:
      return " Too Many Requests";
    case 500:
      return " Internal Server Error";
    case 502:
      return " Bad Gateway";
    case 503:
      return " Service Unavailable";
    default:
      return "";
  }
}

// The first line of what the other side says.
std::string Said(const net::Response& response) {
  absl::StatusOr<json::Value> body = json::Parse(response.body);
  if (body.ok()) {
    const json::Value& first = (*body)["errors"][0];
    std::string text(first["message"].string_or());
    if (text.empty()) text = std::string((*body)["details"].string_or());
    if (text.empty()) text = std::string((*body)["message"].string_or());
    const absl::string_view code = first["code"].string_or();
    return absl::StrCat(code, !code.empty() && !text.empty() ? ": " : "", text);
  }
  const absl::string_view text = absl::StripAsciiWhitespace(response.body);
  // Proxies answer with whole pages.
  if (text.empty() || text[0] == '<') return "";
  return std::string(text.substr(0, text.find('\n')).substr(0, 200));
}

}  // namespace

absl::Status ResponseError(absl::string_view what,
                           const net::Response& response) {
  const std::string said = Said(response);
  return absl::Status(
      CodeOf(response.status),
      absl::StrCat(what, ": ", response.status, NameOf(response.status),
                   said.empty() ? "" : ": ", said));
}

absl::Status WithHint(const absl::Status& status, absl::string_view hint) {
  return absl::Status(status.code(), absl::StrCat(status.message(), hint));
}

}  // namespace ovenbird::registry
