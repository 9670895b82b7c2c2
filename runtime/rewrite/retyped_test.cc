#include "runtime/rewrite/retyped.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using testing::Outcome;
using testing::RewriteOver;

TEST(RetypedTest, ReportsFoldersThatAreNotUnpacked) {
  struct Case {
    const char* version;
    RetypedFolder::Below below;
    const char* instruction;
    size_t reports;
  };
  for (const Case& c : {
           Case{"v0.19.0", RetypedFolder::kFile, "RUN true", 1},
           Case{"v0.19.0", RetypedFolder::kLinkToFolder, "RUN true", 1},
           Case{"v0.19.0", RetypedFolder::kFile, "ENV A=1", 0},
           Case{"v1.24.0", RetypedFolder::kFile, "COPY a /a", 0},
           Case{"v1.24.0", RetypedFolder::kLinkToFolder, "COPY a /a", 1},
           Case{"v1.24.0", RetypedFolder::kLinkToNothing, "COPY a /a", 1},
           // Not worth a download.
           Case{"v1.24.0", RetypedFolder::kLinkToNothing, "RUN true", 0},
       }) {
    auto files = std::make_shared<ImageFiles>();
    files->retyped = {{"/opt/x", c.below}};
    BaseImage base;
    base.files = files;
    testing::Over over;
    over.base = &base;
    over.executor = absl::StrCat("gcr.io/kaniko-project/executor:", c.version);
    const Outcome outcome =
        RewriteOver(over, absl::StrCat("FROM base\n", c.instruction, "\n"));
    EXPECT_EQ(outcome.reports.size(), c.reports)
        << c.version << ": " << c.below << ": " << c.instruction;
  }
}

}  // namespace
}  // namespace ovenbird::rewrite
