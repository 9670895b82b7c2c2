#include "runtime/base/death_signal.h"

#include <stdlib.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::WriteProgram;
using ::testing::ElementsAre;

TEST(DeathSignalTest, NeedsSetpriv) {
  const std::string folder = NewFolder();
  setenv("PATH", folder.c_str(), 1);
  EXPECT_THAT(WithDeathSignal({"make", "all"}), ElementsAre("make", "all"));
  WriteProgram(absl::StrCat(folder, "/setpriv"), "");
  EXPECT_THAT(WithDeathSignal({"make", "all"}),
              ElementsAre("setpriv", "--pdeathsig", "TERM", "make", "all"));
}

}  // namespace
}  // namespace ovenbird
