#include "runtime/doctor/machine.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/catalog.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::doctor {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::HasSubstr;

constexpr uint64_t kGiB = uint64_t{1} << 30;

TEST(MachineTest, FreeSpace) {
  EXPECT_THAT(FreeBytes("/"), IsOk());
  EXPECT_FALSE(FreeBytes("/nowhere/at/all").ok());
  struct {
    uint64_t free;
    bool is_local;
    State state;
    const char* text;
  } cases[] = {
      {kGiB, false, State::kOk, "1.0 GiB free"},
      {kGiB / 8, false, State::kWarning, "0.1 GiB free"},
      {kGiB, true, State::kWarning, "1.0 GiB free: images are unpacked there"},
      {4 * kGiB, true, State::kOk, "4.0 GiB free"},
  };
  for (const auto& test : cases) {
    const Finding finding = CheckCache("/cache", test.free, test.is_local);
    EXPECT_EQ(finding.state, test.state);
    EXPECT_EQ(finding.text, test.text);
    EXPECT_EQ(finding.subject, "cache /cache");
  }
  EXPECT_EQ(
      CheckCache(absl::PermissionDeniedError("of another user"), 0, false).text,
      "of another user");
  EXPECT_EQ(CheckCache("/cache", absl::InternalError("broken"), false).state,
            State::kWarning);
}

TEST(MachineTest, Runtime) {
  EXPECT_EQ(CheckRuntime("runc 1.1.5").state, State::kOk);
  EXPECT_EQ(CheckRuntime("runc 1.1.5").text, "runc 1.1.5");
  EXPECT_EQ(CheckRuntime(absl::FailedPreconditionError("none")).state,
            State::kError);
}

TEST(MachineTest, Executors) {
  Finding finding =
      CheckExecutor("gcr.io/kaniko-project/executor:v1.24.0", {"app", "web"});
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_EQ(finding.subject, "executor of app, web");
  EXPECT_THAT(finding.text, HasSubstr("no longer maintained"));
  EXPECT_THAT(finding.next, HasSubstr("ghcr.io/osscontainertools/kaniko:v"));
  finding = CheckExecutor("ghcr.io/osscontainertools/kaniko:v1.28.3", {"app"});
  EXPECT_EQ(finding.state, State::kOk) << finding.text;
  finding = CheckExecutor("r.io/kaniko:latest", {"app"});
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_THAT(finding.text, HasSubstr("is unknown"));
}

TEST(MachineTest, ProblemsOfPlanning) {
  const SourceFile file("Dockerfile", "FROM a\nRUN b\n");
  diag::Diagnostic warning =
      diag::NullValue({&file, 7, 10}, "field", "a value", "write one");
  warning.severity = diag::Severity::kWarning;
  diag::Diagnostic note = diag::NullValue({}, "field", "a value", "write one");
  note.severity = diag::Severity::kNote;
  note.config_path = "images.app";
  const Findings findings = FromProblems(
      {warning, note, diag::KanikoArchived({}, "image", "successor")});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].state, State::kWarning);
  EXPECT_EQ(findings[0].subject, "Dockerfile:2");
  EXPECT_THAT(findings[0].text, HasSubstr(warning.message));
  EXPECT_EQ(findings[0].next, warning.help);
  EXPECT_EQ(findings[1].state, State::kOk);
  EXPECT_EQ(findings[1].subject, "images.app");
}

}  // namespace
}  // namespace ovenbird::doctor
