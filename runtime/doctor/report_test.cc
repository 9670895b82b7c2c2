#include "runtime/doctor/report.h"

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::doctor {
namespace {

Findings SomeFindings() {
  Finding warning = Warning("quota", "quota `q`", "is full", "wait");
  warning.details = {"first\nsecond"};
  return {Ok("server", "API server", "Kubernetes v1.37.1"), warning,
          Error("registry", "push to r.io/a", "no\x1B[2J", "")};
}

TEST(ReportTest, Text) {
  EXPECT_EQ(ToText(SomeFindings()),
            "ok       API server: Kubernetes v1.37.1\n"
            "warning  quota `q`: is full\n"
            "           first\n"
            "           second\n"
            "         next: wait\n"
            "error    push to r.io/a: no\\x1B[2J\n"
            "1 error, 1 warning\n");
  EXPECT_EQ(ToText({}), "no errors, no warnings\n");
}

TEST(ReportTest, OneNextStepForSeveralFindings) {
  EXPECT_EQ(
      ToText({Error("a", "one", "x", "ask"), Error("a", "two", "x", "ask"),
              Error("a", "three", "x", "wait")}),
      "error    one: x\n"
      "error    two: x\n"
      "         next: ask\n"
      "error    three: x\n"
      "         next: wait\n"
      "3 errors, no warnings\n");
}

TEST(ReportTest, Json) {
  const absl::StatusOr<json::Value> report =
      json::Parse(ToJson(SomeFindings()));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ((*report)["errors"].int_or(), 1);
  EXPECT_EQ((*report)["warnings"].int_or(), 1);
  const json::Value& finding = (*report)["findings"][1];
  EXPECT_EQ(finding["check"].string_or(), "quota");
  EXPECT_EQ(finding["subject"].string_or(), "quota `q`");
  EXPECT_EQ(finding["state"].string_or(), "warning");
  EXPECT_EQ(finding["text"].string_or(), "is full");
  EXPECT_EQ(finding["details"][0].string_or(), "first\nsecond");
  EXPECT_EQ(finding["next"].string_or(), "wait");
  EXPECT_EQ((*report)["findings"].items().size(), 3u);
}

TEST(ReportTest, OnlyErrorsStopBuilds) {
  EXPECT_TRUE(HasErrors(SomeFindings()));
  EXPECT_FALSE(HasErrors({Warning("a", "b", "c", "")}));
}

}  // namespace
}  // namespace ovenbird::doctor
