#include "runtime/base/environment.h"

#include <stdlib.h>

#include <optional>

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(EnvironmentTest, TellsEmptyFromUnset) {
  setenv("OVENBIRD_SET", "a=b", 1);
  setenv("OVENBIRD_EMPTY", "", 1);
  unsetenv("OVENBIRD_UNSET");
  EXPECT_EQ(EnvironmentVariable("OVENBIRD_SET"), "a=b");
  EXPECT_EQ(EnvironmentVariable("OVENBIRD_EMPTY"), "");
  EXPECT_EQ(EnvironmentVariable("OVENBIRD_UNSET"), std::nullopt);
  EXPECT_EQ(EnvironmentOrEmpty("OVENBIRD_SET"), "a=b");
  EXPECT_EQ(EnvironmentOrEmpty("OVENBIRD_EMPTY"), "");
  EXPECT_EQ(EnvironmentOrEmpty("OVENBIRD_UNSET"), "");
}

}  // namespace
}  // namespace ovenbird
