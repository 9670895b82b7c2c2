#include "runtime/build/local/install.h"

#include <stdlib.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;
using ::ovenbird::testing::WriteProgram;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A machine whose apt-get and sudo are scripts. Root needs no sudo.
class InstallTest : public ::testing::Test {
 protected:
  InstallTest() {
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
    WriteProgram(Path("sudo"), "shift; exec \"$@\"\n");
  }

  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  // `script` sees the arguments without the options that all calls have.
  void AptGet(const std::string& script) {
    WriteProgram(Path("apt-get"),
                 absl::StrCat("[ \"$DEBIAN_FRONTEND\" = noninteractive ] || "
                              "exit 9\nshift 3\necho \"$*\" >> ",
                              Path("calls"), "\n", script));
  }
  absl::Status Install(Cancellation* cancel = nullptr) {
    return InstallPackage(
        "runc", [&](absl::string_view step) { steps_.emplace_back(step); },
        cancel);
  }
  std::vector<std::string> Calls() const {
    return absl::StrSplit(ReadFile(Path("calls")).value_or(""), '\n',
                          absl::SkipWhitespace());
  }

  const std::string folder_ = NewFolder();
  std::vector<std::string> steps_;
};

constexpr char kInstall[] = "install -y --no-install-recommends runc";

TEST_F(InstallTest, Announced) {
  AptGet("");
  EXPECT_THAT(Install(), IsOk());
  EXPECT_THAT(Calls(), ElementsAre(kInstall));
  EXPECT_THAT(steps_, ElementsAre("installing Debian's package runc (apt-get "
                                  "install runc)"));
}

TEST_F(InstallTest, ReadsThePackageListsOfAFreshMachine) {
  AptGet(absl::StrCat("[ \"$1\" = update ] && touch ", Path("lists"), "\n[ -f ",
                      Path("lists"), " ] || exit 100\n"));
  EXPECT_THAT(Install(), IsOk());
  EXPECT_THAT(Calls(), ElementsAre(kInstall, "update", kInstall));
}

TEST_F(InstallTest, FailsWithTheFirstLineOfAptGet) {
  AptGet(
      "[ \"$1\" = update ] && exit 0\n"
      "echo 'E: no such package' >&2\necho more >&2\nexit 100\n");
  EXPECT_THAT(Install(),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("recommends runc`"), HasSubstr("100"),
                             EndsWith(": E: no such package"))));
  EXPECT_THAT(Calls(), ElementsAre(kInstall, "update", kInstall));
}

TEST_F(InstallTest, StopsWhereTheListsCannotBeRead) {
  AptGet("exit 1\n");
  EXPECT_THAT(Install(), StatusIs(absl::StatusCode::kUnavailable,
                                  HasSubstr("update` failed")));
  EXPECT_THAT(Calls(), ElementsAre(kInstall, "update"));
}

TEST_F(InstallTest, OtherSystems) {
  setenv("PATH", folder_.c_str(), 1);
  EXPECT_THAT(Install(),
              StatusIs(absl::StatusCode::kNotFound,
                       "not installed; install your system's package of "
                       "runc"));
  EXPECT_THAT(steps_, IsEmpty());
}

TEST_F(InstallTest, IsNotTriedAgainAfterCtrlC) {
  AptGet("");
  Cancellation cancel;
  cancel.Cancel();
  EXPECT_FALSE(Install(&cancel).ok());
  EXPECT_THAT(Calls(), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::build
