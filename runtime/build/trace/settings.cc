#include "runtime/build/trace/settings.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/base/environment.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"

namespace ovenbird::build {
namespace {

constexpr absl::Duration kUsualTime = absl::Seconds(3);

using Pairs = std::vector<std::pair<std::string, std::string>>;

// A variable with the name that has the value.
struct Setting {
  absl::string_view name;
  std::string value;
};

// Of the variable for traces, else of the one for all signals. An empty value
// is as none, by the specification.
Setting Either(Setting of_traces, Setting of_all) {
  absl::StripAsciiWhitespace(&of_traces.value);
  absl::StripAsciiWhitespace(&of_all.value);
  return of_traces.value.empty() ? of_all : of_traces;
}

absl::Status Unusable(const Setting& setting, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(setting.name, ": ", why));
}

// Of "a%20b"; nullopt for an escape that is not one.
std::optional<std::string> Unescaped(absl::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(text[i + 1]) ||
        !absl::ascii_isxdigit(text[i + 2])) {
      return std::nullopt;
    }
    uint32_t byte = 0;
    if (!absl::SimpleHexAtoi(text.substr(i + 1, 2), &byte)) return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

// "a=b,c=d" with escapes in the values, as W3C's Baggage; nullopt if it is not
// that.
std::optional<Pairs> ParsePairs(absl::string_view text) {
  Pairs pairs;
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const size_t equals = part.find('=');
    if (equals == part.npos) return std::nullopt;
    const absl::string_view name =
        absl::StripAsciiWhitespace(part.substr(0, equals));
    std::optional<std::string> value =
        Unescaped(absl::StripAsciiWhitespace(part.substr(equals + 1)));
    if (name.empty() || !value) return std::nullopt;
    pairs.emplace_back(name, *std::move(value));
  }
  return pairs;
}

bool IsInHeader(char c) { return c == '\t' || (c >= ' ' && c != '\x7f'); }

bool IsToken(absl::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) ||
           absl::string_view("!#$%&'*+-.^_`|~").find(c) !=
               absl::string_view::npos;
  });
}

absl::StatusOr<net::Headers> FindHeaders() {
  const Setting setting =
      Either({"OTEL_EXPORTER_OTLP_TRACES_HEADERS",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_TRACES_HEADERS")},
             {"OTEL_EXPORTER_OTLP_HEADERS",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_HEADERS")});
  const std::optional<Pairs> headers = ParsePairs(setting.value);
  // The value can contain a password: it is not repeated.
  if (!headers) return Unusable(setting, "the value is not NAME=VALUE,...");
  for (const auto& [name, value] : *headers) {
    if (!IsToken(name) ||
        !std::all_of(value.begin(), value.end(), IsInHeader)) {
      return Unusable(setting,
                      "the value has a character that a header cannot "
                      "contain");
    }
  }
  return *headers;
}

absl::StatusOr<absl::Duration> FindTimeout() {
  const Setting setting =
      Either({"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT")},
             {"OTEL_EXPORTER_OTLP_TIMEOUT",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_TIMEOUT")});
  if (setting.value.empty()) return kUsualTime;
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(setting.value, &milliseconds) || milliseconds <= 0) {
    return Unusable(setting, "the value is not a number of milliseconds");
  }
  return std::min(absl::Milliseconds(milliseconds), kMostTraceTime);
}

absl::StatusOr<std::string> FindAuthority() {
  const Setting setting =
      Either({"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE")},
             {"OTEL_EXPORTER_OTLP_CERTIFICATE",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_CERTIFICATE")});
  if (setting.value.empty()) return "";
  absl::StatusOr<std::string> pem = ReadFile(setting.value);
  if (!pem.ok()) return Unusable(setting, pem.status().message());
  return pem;
}

absl::Status CheckProtocol() {
  const Setting setting =
      Either({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")},
             {"OTEL_EXPORTER_OTLP_PROTOCOL",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_PROTOCOL")});
  // Collectors that take http/protobuf take JSON at the same address.
  if (setting.value.empty() || absl::StartsWith(setting.value, "http/")) {
    return absl::OkStatus();
  }
  return Unusable(setting, absl::StrCat("`", setting.value,
                                        "` is not supported, only http/json"));
}

// The URL that spans are posted to; nullopt: none is set.
absl::StatusOr<std::optional<net::Url>> FindUrl() {
  const Setting setting =
      Either({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")},
             {"OTEL_EXPORTER_OTLP_ENDPOINT",
              EnvironmentOrEmpty("OTEL_EXPORTER_OTLP_ENDPOINT")});
  if (setting.value.empty()) return std::nullopt;
  absl::StatusOr<net::Url> url = net::ParseUrl(setting.value);
  if (!url.ok()) return Unusable(setting, url.status().message());
  if (url->scheme != "http" && url->scheme != "https") {
    return Unusable(setting, "the URL does not begin with http:// or https://");
  }
  if (!url->user.empty() || !url->password.empty()) {
    return Unusable(setting,
                    "the URL has a password; use OTEL_EXPORTER_OTLP_HEADERS");
  }
  if (setting.name == "OTEL_EXPORTER_OTLP_ENDPOINT") {
    // A query stays the end of the URL.
    const size_t end = std::min(url->target.find('?'), url->target.size());
    const bool has_slash = end > 0 && url->target[end - 1] == '/';
    url->target.insert(end, has_slash ? "v1/traces" : "/v1/traces");
  }
  return *std::move(url);
}

// By OTEL_SDK_DISABLED and OTEL_TRACES_EXPORTER.
bool IsSwitchedOff() {
  if (absl::EqualsIgnoreCase(
          absl::StripAsciiWhitespace(EnvironmentOrEmpty("OTEL_SDK_DISABLED")),
          "true")) {
    return true;
  }
  const std::string exporters = EnvironmentOrEmpty("OTEL_TRACES_EXPORTER");
  bool has_exporter = false;
  for (absl::string_view exporter :
       absl::StrSplit(exporters, ',', absl::SkipWhitespace())) {
    if (absl::StripAsciiWhitespace(exporter) == "otlp") return false;
    has_exporter = true;
  }
  return has_exporter;
}

}  // namespace

absl::StatusOr<std::optional<TraceCollector>> FindTraceCollector() {
  if (IsSwitchedOff()) return std::nullopt;
  ASSIGN_OR_RETURN(std::optional<net::Url> url, FindUrl());
  if (!url) return std::nullopt;
  RETURN_IF_ERROR(CheckProtocol());
  TraceCollector collector;
  collector.url = *std::move(url);
  ASSIGN_OR_RETURN(collector.headers, FindHeaders());
  ASSIGN_OR_RETURN(collector.timeout, FindTimeout());
  ASSIGN_OR_RETURN(collector.ca_pem, FindAuthority());
  if (collector.url.scheme == "http" && !collector.url.IsLoopback() &&
      !collector.headers.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(collector.url.Origin(),
                     " would get OTEL_EXPORTER_OTLP_HEADERS over plain HTTP; "
                     "use https:// for it"));
  }
  return collector;
}

TraceContext FindTraceContext(const std::string& version) {
  TraceContext context;
  context.version = version;
  Pairs attributes = ParsePairs(EnvironmentOrEmpty("OTEL_RESOURCE_ATTRIBUTES"))
                         .value_or(Pairs());
  std::string service = EnvironmentOrEmpty("OTEL_SERVICE_NAME");
  for (const auto& [name, value] : attributes) {
    if (service.empty() && name == "service.name") service = value;
  }
  context.resource = {{"service.name", service.empty() ? "ovenbird" : service},
                      {"service.version", version}};
  for (auto& [name, value] : attributes) {
    if (name == "service.name" || name == "service.version") continue;
    context.resource.emplace_back(name, std::move(value));
  }
  context.parent = ParseTraceParent(EnvironmentOrEmpty("TRACEPARENT"));
  if (context.parent) context.parent->state = EnvironmentOrEmpty("TRACESTATE");
  return context;
}

}  // namespace ovenbird::build
