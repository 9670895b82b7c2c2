#include "runtime/build/local/rootless.h"

#include <stdlib.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::WriteProgram;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(RootlessTest, NamespacesEndWithTheProcess) {
  for (const bool rootless : {false, true}) {
    const std::vector<std::string> argv = InNamespaces(rootless);
    ASSERT_GE(argv.size(), 4u);
    EXPECT_THAT(std::vector<std::string>(argv.begin(), argv.begin() + 4),
                ElementsAre("setpriv", "--pdeathsig", "KILL", "unshare"));
    for (const char* option :
         {"--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"}) {
      EXPECT_THAT(argv, Contains(option)) << rootless;
    }
  }
}

TEST(RootlessTest, OnlyRootlessOnesHaveAUserNamespace) {
  const std::string folder = NewFolder();
  setenv("PATH", folder.c_str(), 1);
  EXPECT_THAT(InNamespaces(false), Not(Contains("--user")));
  EXPECT_THAT(InNamespaces(true), Contains("--user"));
  EXPECT_THAT(InNamespaces(true), Contains("--map-root-user"));
  EXPECT_THAT(InNamespaces(true), Not(Contains("--map-auto")));
  WriteProgram(absl::StrCat(folder, "/newuidmap"), "");
  EXPECT_THAT(InNamespaces(true), Contains("--map-auto"));
  EXPECT_THAT(InNamespaces(false), Not(Contains("--map-auto")));
}

TEST(RootlessTest, RemovesAFolderInNamespaces) {
  const std::string folder = NewFolder();
  setenv("PATH", folder.c_str(), 1);
  WriteProgram(absl::StrCat(folder, "/setpriv"),
               absl::StrCat("echo \"$*\" > ", folder, "/call; exit 1\n"));
  RemoveRootless("/some/-folder");
  EXPECT_EQ(FirstLineOf(absl::StrCat(folder, "/call")),
            "--pdeathsig KILL unshare --mount --pid --fork --kill-child=KILL "
            "--mount-proc --user --map-root-user rm -rf -- /some/-folder");
}

}  // namespace
}  // namespace ovenbird::build
