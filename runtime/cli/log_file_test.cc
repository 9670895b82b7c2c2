#include "runtime/cli/log_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {
namespace {

using ::ovenbird::testing::NewFolder;

LogFile Open(const std::string& path) {
  absl::StatusOr<LogFile> log = LogFile::Create(path);
  EXPECT_TRUE(log.ok()) << log.status();
  return *std::move(log);
}

TEST(LogFileTest, IsMadeAnew) {
  const std::string path = absl::StrCat(NewFolder(), "/a/b/app.log");
  Open(path).Write("a long text from before\n");
  LogFile log = Open(path);
  EXPECT_EQ(log.path(), path);
  EXPECT_FALSE(log.written());
  EXPECT_EQ(*ReadFile(path), "a long text from before\n")
      << "until it is written";
  log.Write("1\n");
  log.Write("2\n");
  EXPECT_EQ(*ReadFile(path), "1\n2\n");
}

TEST(LogFileTest, TheUmaskRulesItsMode) {
  const std::string folder = NewFolder();
  const mode_t before = umask(0);
  for (const mode_t mask : {077, 022, 002}) {
    umask(mask);
    const std::string path = absl::StrCat(folder, "/", mask, ".log");
    Open(path).Write("x\n");
    struct stat info = {};
    EXPECT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0666 & ~mask);
  }
  umask(before);
}

TEST(LogFileTest, OneWriterEach) {
  const std::string folder = NewFolder();
  const std::string path = absl::StrCat(folder, "/app.log");
  std::optional<LogFile> first(Open(path));
  first->Write("first\n");
  LogFile second = Open(path);
  LogFile third = Open(path);
  second.Write("second\n");
  EXPECT_EQ(second.path(), absl::StrCat(folder, "/app-2.log"));
  EXPECT_EQ(third.path(), absl::StrCat(folder, "/app-3.log"));
  EXPECT_EQ(*ReadFile(path), "first\n");
  EXPECT_EQ(*ReadFile(second.path()), "second\n");
  first.reset();
  EXPECT_EQ(Open(path).path(), path);
}

TEST(LogFileTest, NamesWhatCannotBeWritten) {
  const std::string folder = NewFolder();
  ASSERT_TRUE(WriteFile(absl::StrCat(folder, "/file"), "").ok());
  absl::StatusOr<LogFile> log =
      LogFile::Create(absl::StrCat(folder, "/file/app.log"));
  ASSERT_FALSE(log.ok());
  EXPECT_NE(log.status().message().find("/file"), std::string::npos);
}

}  // namespace
}  // namespace ovenbird::cli
