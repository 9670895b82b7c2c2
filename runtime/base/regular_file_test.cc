#include "runtime/base/regular_file.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using ::testing::HasSubstr;

TEST(RegularFileTest, ReadsRegularFilesOnly) {
  std::string folder = absl::StrCat(::testing::TempDir(), "/XXXXXX");
  ASSERT_NE(mkdtemp(&folder[0]), nullptr);
  const auto at = [&](const char* name) {
    return absl::StrCat(folder, "/", name);
  };
  ASSERT_THAT(WriteFile(at("file"), "12345"), IsOk());
  ASSERT_THAT(WriteFile(at("empty"), ""), IsOk());
  std::filesystem::create_symlink("file", at("link"));
  std::filesystem::create_symlink("/dev/zero", at("zero"));
  std::filesystem::create_symlink("nowhere", at("dangling"));
  ASSERT_EQ(mkfifo(at("fifo").c_str(), 0600), 0);

  EXPECT_THAT(ReadRegularFile(at("file")), IsOkAndHolds("12345"));
  EXPECT_THAT(ReadRegularFile(at("file"), 5), IsOkAndHolds("12345"));
  EXPECT_THAT(ReadRegularFile(at("empty"), 0), IsOkAndHolds(""));
  EXPECT_THAT(ReadRegularFile(at("link")), IsOkAndHolds("12345"));
  EXPECT_THAT(ReadRegularFile(at("file"), 4),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("it has 5 bytes, and the limit is")));
  for (const char* name : {"zero", "fifo", "."}) {
    EXPECT_THAT(ReadRegularFile(at(name)),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("it is not a regular file")))
        << name;
  }
  for (const char* name :
       {"file", "empty", "link", "zero", "fifo", ".", "dangling", "missing"}) {
    EXPECT_EQ(CheckRegularFile(at(name)), ReadRegularFile(at(name)).status());
    EXPECT_EQ(CheckRegularFile(at(name), 4),
              ReadRegularFile(at(name), 4).status());
  }
  for (const char* name : {"dangling", "missing"}) {
    EXPECT_THAT(ReadRegularFile(at(name)),
                StatusIs(absl::StatusCode::kNotFound))
        << name;
  }
}

}  // namespace
}  // namespace ovenbird
