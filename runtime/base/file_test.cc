#include "runtime/base/file.h"

#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace ovenbird {
namespace {

TEST(FileTest, WriteReplacesWhatReadReturns) {
  const std::string path = testing::TempDir() + "/file";
  for (const std::string& content :
       {std::string(), std::string("a\0b\n", 4), std::string(300000, 'x')}) {
    ASSERT_TRUE(WriteFile(path, content).ok());
    auto text = ReadFile(path);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*text, content);
  }
}

TEST(FileTest, FilesWithoutSize) {
  auto text = ReadFile("/proc/self/status");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_TRUE(absl::StrContains(*text, "Name:"));
}

TEST(FileTest, ErrorsNameThePath) {
  const std::string path = testing::TempDir() + "/no/file";
  EXPECT_TRUE(absl::IsNotFound(ReadFile(path).status()));
  EXPECT_TRUE(absl::StrContains(ReadFile(path).status().message(), path));
  EXPECT_TRUE(absl::StrContains(WriteFile(path, "").message(), path));
  EXPECT_TRUE(absl::StrContains(ReadFile(testing::TempDir()).status().message(),
                                "directory"));
}

}  // namespace
}  // namespace ovenbird
