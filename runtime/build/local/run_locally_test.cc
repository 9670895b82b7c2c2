#include "runtime/build/local/run_locally.h"

#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WriteProgram;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A machine on which no runtime works.
class RunLocallyTest : public ::testing::Test {
 protected:
  RunLocallyTest() {
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
    setenv("XDG_CACHE_HOME", absl::StrCat(folder_, "/cache").c_str(), 1);
    Program("docker", "echo 'no daemon' >&2; exit 1\n");
    Program("podman", "echo 'no rights' >&2; exit 1\n");
    Program("runc", "echo 'bad kernel' >&2; exit 1\n");
    run_.on_step = [this](absl::string_view step) {
      steps_.emplace_back(step);
    };
    run_.on_log = [](absl::string_view) {};
    run_.may_install = false;
  }
  void Program(const std::string& name, const std::string& script) {
    WriteProgram(absl::StrCat(folder_, "/", name), script);
  }

  const std::string folder_ = NewFolder();
  LocalRun run_;
  std::vector<std::string> steps_;
};

TEST_F(RunLocallyTest, ReportsWhyEachRuntimeFails) {
  EXPECT_THAT(
      RunLocally(run_),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr("no container runtime works"),
                     HasSubstr("docker: "), HasSubstr("no daemon; podman: "),
                     HasSubstr("no rights; runc: "), HasSubstr("bad kernel"),
                     HasSubstr("apt-get install runc"))));
  EXPECT_THAT(steps_, IsEmpty());
}

TEST_F(RunLocallyTest, TriesTheRequestedRuntimeOnly) {
  run_.runtime = "podman";
  EXPECT_THAT(RunLocally(run_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("no rights"), Not(HasSubstr("docker:")),
                             Not(HasSubstr("bad kernel")))));
}

// Only a missing runc is installed, not one that does not work.
TEST_F(RunLocallyTest, InstallsNothingNextToABrokenRuntime) {
  run_.may_install = true;
  Program("apt-get", absl::StrCat("touch ", folder_, "/called\n"));
  EXPECT_THAT(RunLocally(run_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_NE(access(absl::StrCat(folder_, "/called").c_str(), F_OK), 0);
}

TEST_F(RunLocallyTest, EndsWithCtrlC) {
  Cancellation cancel;
  cancel.Cancel();
  run_.cancel = &cancel;
  EXPECT_THAT(RunLocally(run_), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace ovenbird::build
