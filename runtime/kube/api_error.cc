#include "runtime/kube/api_error.h"

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "runtime/net/retry_after.h"

namespace ovenbird::kube {
namespace {

constexpr char kPayload[] = "ovenbird.kube/status";

absl::StatusCode CodeOf(int http, absl::string_view reason) {
  switch (http) {
    case 400:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 409:
      return reason == "AlreadyExists" ? absl::StatusCode::kAlreadyExists
                                       : absl::StatusCode::kAborted;
    case 410:
      return absl::StatusCode::kOutOfRange;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    case 502:
    case 503:
    case 504:
      return absl::StatusCode::kUnavailable;
    default:
      return http >= 500 ? absl::StatusCode::kInternal
                         : absl::StatusCode::kFailedPrecondition;
  }
}

absl::Status Make(int code, const json::Value& object,
                  absl::string_view message, absl::string_view doing) {
  absl::Status status(CodeOf(code, object["reason"].string_or()),
                      absl::StrCat("cannot ", doing, ": ", message));
  json::Value kept = object;
  kept.Set("code", code);
  status.SetPayload(kPayload, absl::Cord(json::Write(kept)));
  return status;
}

// The first line of a text that came in place of a Status, a proxy's page for
// example.
std::string Shortened(absl::string_view body) {
  body = absl::StripAsciiWhitespace(body);
  body = body.substr(0, body.find('\n'));
  return std::string(body.substr(0, 300));
}

}  // namespace

absl::Status StatusFromObject(const json::Value& status,
                              absl::string_view doing) {
  return Make(static_cast<int>(status["code"].int_or(500)), status,
              status["message"].string_or("no reason given"), doing);
}

absl::Status StatusFromResponse(const net::Response& response,
                                absl::string_view doing) {
  const absl::StatusOr<json::Value> object = json::Parse(response.body);
  if (object.ok() && (*object)["kind"].string_or() == "Status") {
    return Make(response.status, *object, (*object)["message"].string_or(),
                doing);
  }
  const std::string text = Shortened(response.body);
  return Make(response.status, json::Object{{"message", text}},
              absl::StrCat("the server answers HTTP ", response.status,
                           text.empty() ? "" : ": ", text),
              doing);
}

std::optional<ApiError> ApiErrorOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  if (!payload) return std::nullopt;
  const absl::StatusOr<json::Value> object = json::Parse(std::string(*payload));
  if (!object.ok()) return std::nullopt;
  ApiError error;
  error.code = static_cast<int>((*object)["code"].int_or());
  error.reason = std::string((*object)["reason"].string_or());
  error.message = std::string((*object)["message"].string_or());
  error.details = (*object)["details"];
  return error;
}

std::optional<absl::Duration> RetryAfter(const net::Response& response) {
  if (response.status != 429 && response.status < 500) return std::nullopt;
  return net::ParseRetryAfter(response);
}

}  // namespace ovenbird::kube
