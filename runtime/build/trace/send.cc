#include "runtime/build/trace/send.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/status_macros.h"
#include "runtime/net/http.h"
#include "runtime/net/message.h"
#include "runtime/net/options.h"
#include "runtime/report/mask.h"
#include "runtime/report/visible.h"

namespace ovenbird::build {
namespace {

constexpr uint64_t kMostAnswer = 64 << 10;
constexpr size_t kMostMessage = 200;  // of the collector

// What the collector says, which may repeat a header with a password: on one
// line, without the values of the headers, and short.
std::string Shown(absl::string_view text, const TraceCollector& collector) {
  std::vector<std::string> values;
  for (const auto& [name, value] : collector.headers) {
    values.push_back(value);
    // "Bearer TOKEN": the token alone is a secret, too.
    const size_t space = value.find(' ');
    if (space != value.npos) values.push_back(value.substr(space + 1));
  }
  return report::Visible(report::Mask(values).Apply(text))
      .substr(0, kMostMessage);
}

// What the collector says of an error; "" if nothing.
absl::string_view MessageOf(const net::Response& response,
                            const json::Value& body) {
  const absl::string_view message = body["message"].string_or();
  return message.empty() ? absl::string_view(response.body) : message;
}

}  // namespace

absl::Status SendTrace(const TraceCollector& collector, std::string trace,
                       Cancellation* cancel) {
  net::ClientOptions options;
  options.tls.ca_pem = collector.ca_pem;
  options.connect_timeout = collector.timeout;
  ASSIGN_OR_RETURN(const std::unique_ptr<net::Client> client,
                   net::NewClient(collector.url, std::move(options)));
  net::Request request;
  request.method = "POST";
  request.target = collector.url.target;
  request.headers = collector.headers;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(trace);
  request.max_answer = kMostAnswer;
  ASSIGN_OR_RETURN(const net::Response response,
                   client->Send(request, collector.timeout, cancel));
  const json::Value body = json::Parse(response.body).value_or(json::Value());
  if (response.status < 200 || response.status > 299) {
    const std::string message = Shown(MessageOf(response, body), collector);
    return absl::UnavailableError(
        absl::StrCat(collector.url.Origin(), ": HTTP status ", response.status,
                     message.empty() ? "" : ": ", message));
  }
  const json::Value& rejected = body["partialSuccess"]["rejectedSpans"];
  if (rejected.int_or() == 0 && (rejected.string_or("0") == "0")) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(
      collector.url.Origin(), ": spans were rejected: ",
      Shown(body["partialSuccess"]["errorMessage"].string_or(), collector)));
}

}  // namespace ovenbird::build
