#include "runtime/rewrite/setgid.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SetgidTest, Reports) {
  const BaseImage base = testing::UsualBase();
  const context::Listing listing =
      MakeListing({"d/", "d/a", "d/l -> a", "e/", "e/a"});
  const auto reports = [&](const std::string& lines) {
    testing::Over over;
    over.base = &base;
    over.listing = &listing;
    return testing::RewriteOver(over, lines).reports;
  };
  const auto link = ElementsAre(HasSubstr("gives the symlink"));
  EXPECT_THAT(reports("FROM base\nCOPY d /opt/shared/\n"), link);
  EXPECT_THAT(reports("FROM base\nCOPY e /opt/shared/\n"), IsEmpty());
  EXPECT_THAT(reports("FROM base\nCOPY d /opt/dir/\n"), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::rewrite
