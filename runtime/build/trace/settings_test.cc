#include "runtime/build/trace/settings.h"

#include <stdlib.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/build/trace/otlp.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

using Variables = std::map<std::string, std::string>;

// The variables of OpenTelemetry are only those of the test.
class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() {
    std::vector<std::string> names = {"TRACEPARENT", "TRACESTATE"};
    for (char** each = environ; *each != nullptr; ++each) {
      const std::string variable = *each;
      if (absl::StartsWith(variable, "OTEL_")) {
        names.push_back(variable.substr(0, variable.find('=')));
      }
    }
    for (const std::string& name : names) unsetenv(name.c_str());
  }

  void Set(const Variables& variables) {
    for (const std::string& name : set_) unsetenv(name.c_str());
    set_.clear();
    for (const auto& [name, value] : variables) {
      setenv(name.c_str(), value.c_str(), 1);
      set_.push_back(name);
    }
  }
  // Returns the collector, or what is wrong, or "none".
  std::string Find(const Variables& variables) {
    Set(variables);
    const auto found = FindTraceCollector();
    if (!found.ok()) return std::string(found.status().message());
    if (!found->has_value()) return "none";
    return (*found)->url.Origin() + (*found)->url.target;
  }

 private:
  std::vector<std::string> set_;
};

TEST_F(SettingsTest, TheUrlOfTheCollector) {
  const std::string all = "OTEL_EXPORTER_OTLP_ENDPOINT";
  const std::string traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  EXPECT_EQ(Find({}), "none");
  EXPECT_EQ(Find({{all, ""}}), "none");
  EXPECT_EQ(Find({{all, "http://c:4318"}}), "http://c:4318/v1/traces");
  EXPECT_EQ(Find({{all, "https://c/otlp/"}}), "https://c:443/otlp/v1/traces");
  EXPECT_EQ(Find({{all, "https://c/otlp?key=a/"}}),
            "https://c:443/otlp/v1/traces?key=a/");
  EXPECT_EQ(Find({{all, "https://c/otlp/?key=a"}}),
            "https://c:443/otlp/v1/traces?key=a");
  EXPECT_EQ(Find({{traces, "https://c:1"}}), "https://c:1/");
  EXPECT_EQ(Find({{traces, "https://c:1/x"}, {all, "https://d"}}),
            "https://c:1/x");
  EXPECT_THAT(Find({{all, "c:4318"}}), HasSubstr(all + ": "));
  EXPECT_THAT(Find({{all, "unix:///x"}}), HasSubstr("http://"));
  EXPECT_THAT(Find({{all, "https://me:pass@c"}}),
              ::testing::AllOf(HasSubstr("OTEL_EXPORTER_OTLP_HEADERS"),
                               Not(HasSubstr("pass@"))));
}

TEST_F(SettingsTest, NothingIsSentWhereThatIsSwitchedOff) {
  const std::pair<const std::string, std::string> url = {
      "OTEL_EXPORTER_OTLP_ENDPOINT", "https://c"};
  const std::string sent = "https://c:443/v1/traces";
  EXPECT_EQ(Find({url, {"OTEL_SDK_DISABLED", "True"}}), "none");
  EXPECT_EQ(Find({url, {"OTEL_SDK_DISABLED", "1"}}), sent);
  EXPECT_EQ(Find({url, {"OTEL_TRACES_EXPORTER", "none"}}), "none");
  EXPECT_EQ(Find({url, {"OTEL_TRACES_EXPORTER", "console"}}), "none");
  EXPECT_EQ(Find({url, {"OTEL_TRACES_EXPORTER", "console, otlp"}}), sent);
  EXPECT_EQ(Find({url, {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"}}),
            sent);
  EXPECT_EQ(Find({url, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}),
            "OTEL_EXPORTER_OTLP_PROTOCOL: `grpc` is not supported, only "
            "http/json");
}

TEST_F(SettingsTest, HeadersAreUnescaped) {
  Set({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c"},
       {"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b%3D, x = y=z ,"}});
  const auto found = FindTraceCollector();
  ASSERT_THAT(found, IsOk());
  EXPECT_THAT((*found)->headers,
              ElementsAre(Pair("api-key", "a b="), Pair("x", "y=z")));
}

// The message must not show what could be a key.
TEST_F(SettingsTest, HeadersThatAreNone) {
  for (const std::string& text :
       {std::string("hunter2"), std::string("k=hunter2%"),
        std::string("k=hunter2%0D%0AX:1"), std::string("k k=hunter2"),
        std::string("=hunter2"), std::string("k=hunter2%zz")}) {
    const std::string problem =
        Find({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"},
              {"OTEL_EXPORTER_OTLP_HEADERS", text}});
    EXPECT_THAT(problem, HasSubstr("OTEL_EXPORTER_OTLP_HEADERS: ")) << text;
    EXPECT_THAT(problem, Not(HasSubstr("hunter2"))) << text;
  }
}

// As with the credentials of clusters and registries.
TEST_F(SettingsTest, HeadersDoNotLeaveTheMachineInClear) {
  const std::pair<const std::string, std::string> headers = {
      "OTEL_EXPORTER_OTLP_HEADERS", "api-key=hunter2"};
  const std::string url = "OTEL_EXPORTER_OTLP_ENDPOINT";
  EXPECT_EQ(Find({{url, "http://c:4318"}, headers}),
            "http://c:4318 would get OTEL_EXPORTER_OTLP_HEADERS over plain "
            "HTTP; use https:// for it");
  EXPECT_EQ(FindTraceCollector().status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Find({{url, "http://127.0.0.1:4318"}, headers}),
            "http://127.0.0.1:4318/v1/traces");
  EXPECT_EQ(Find({{url, "https://c:4318"}, headers}),
            "https://c:4318/v1/traces");
}

TEST_F(SettingsTest, TheTimeoutHasALimit) {
  const auto timeout = [&](const std::string& value) {
    Set({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c"},
         {"OTEL_EXPORTER_OTLP_TIMEOUT", value}});
    const auto found = FindTraceCollector();
    return found.ok() ? (*found)->timeout : absl::ZeroDuration();
  };
  EXPECT_EQ(timeout(""), absl::Seconds(3));
  EXPECT_EQ(timeout("100"), absl::Milliseconds(100));
  EXPECT_EQ(timeout("60000"), kMostTraceTime);
  EXPECT_EQ(timeout("soon"), absl::ZeroDuration());
  EXPECT_EQ(timeout("-1"), absl::ZeroDuration());
}

TEST_F(SettingsTest, TheCollectorsCertificate) {
  const std::string path = ::ovenbird::testing::NewFolder() + "/ca.pem";
  EXPECT_THAT(Find({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://c"},
                    {"OTEL_EXPORTER_OTLP_CERTIFICATE", path}}),
              HasSubstr("OTEL_EXPORTER_OTLP_CERTIFICATE: "));
}

TEST_F(SettingsTest, TheResourceHasAName) {
  EXPECT_THAT(FindTraceContext("1.2").resource,
              ElementsAre(Pair("service.name", "ovenbird"),
                          Pair("service.version", "1.2")));
  Set({{"OTEL_RESOURCE_ATTRIBUTES",
        "service.name=a,team=b%20c,service.version=9"}});
  EXPECT_THAT(FindTraceContext("1.2").resource,
              ElementsAre(Pair("service.name", "a"),
                          Pair("service.version", "1.2"), Pair("team", "b c")));
  Set({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=a"},
       {"OTEL_SERVICE_NAME", "b"}});
  EXPECT_EQ(FindTraceContext("1").resource[0].second, "b");
}

TEST_F(SettingsTest, TheParent) {
  EXPECT_FALSE(FindTraceContext("1").parent);
  Set({{"TRACEPARENT",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
       {"TRACESTATE", "a=b"}});
  const TraceContext context = FindTraceContext("1");
  ASSERT_TRUE(context.parent);
  EXPECT_EQ(context.parent->span_id, "b7ad6b7169203331");
  EXPECT_EQ(context.parent->state, "a=b");
}

}  // namespace
}  // namespace ovenbird::build
