#include "runtime/cli/log_reader.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/cli/log_file.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

class LogReaderTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) {
    return absl::StrCat(folder_, "/", name);
  }
  void Write(const std::string& name, const std::string& text) {
    fs::create_directories(fs::path(Path(name)).parent_path());
    ASSERT_TRUE(WriteFile(Path(name), text).ok());
  }
  absl::StatusOr<LogReader> Open(const std::string& key = "app",
                                 const std::vector<std::string>& keys = {}) {
    return LogReader::OpenLast(folder_, key, keys);
  }

  const std::string folder_ = testing::NewFolder();
};

TEST_F(LogReaderTest, ReadsWhatABuildHasWritten) {
  EXPECT_TRUE(absl::IsNotFound(Open().status()));
  Write(LogPath("app"), "one\ntwo");
  absl::StatusOr<LogReader> log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(log->Read().value(), "one\ntwo");
  EXPECT_EQ(log->Read().value(), "");
  EXPECT_FALSE(log->IsWritten());
}

TEST_F(LogReaderTest, FollowsABuild) {
  absl::StatusOr<LogFile> file = LogFile::Create(folder_, LogPath("app"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->Write("one\n").ok());
  absl::StatusOr<LogReader> log = Open();
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_TRUE(log->IsWritten());
  EXPECT_EQ(log->Read().value(), "one\n");
  ASSERT_TRUE(file->Write("two\n").ok());
  EXPECT_EQ(log->Read().value(), "two\n");
  EXPECT_TRUE(log->IsWritten());
  { const LogFile done = *std::move(file); }
  EXPECT_FALSE(log->IsWritten());
  // The next build empties the file.
  absl::StatusOr<LogFile> next = LogFile::Create(folder_, LogPath("app"));
  ASSERT_TRUE(next.ok());
  ASSERT_TRUE(next->Write("x").ok());
  EXPECT_EQ(log->Read().value(), "x");
}

TEST_F(LogReaderTest, TheNewestOfSeveral) {
  Write(LogPath("app"), "first");
  Write(".ovenbird/logs/app-2.log", "second");
  fs::last_write_time(Path(LogPath("app")),
                      fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(Open()->Read().value(), "second");
  // There it is the file of another image.
  EXPECT_EQ(Open("app", {"app", "app-2"})->Read().value(), "first");
}

TEST_F(LogReaderTest, KeysThatMakeTheSameName) {
  const std::vector<std::string> keys = {"a/b", "a-b"};
  ASSERT_EQ(LogPath("a/b"), LogPath("a-b"));
  EXPECT_TRUE(absl::IsNotFound(Open("a/b", keys).status()));
  Write(LogPath("a/b"), "one");
  EXPECT_EQ(Open("a/b", keys)->Read().value(), "one");
}

TEST_F(LogReaderTest, FollowsNoLinks) {
  Write("secret", "secret");
  fs::create_directories(Path(".ovenbird/logs"));
  fs::create_symlink("../../secret", Path(LogPath("app")));
  EXPECT_THAT(Open().status().message(), HasSubstr("is a symlink"));
  Write("elsewhere/logs/app.log", "secret");
  fs::remove_all(Path(".ovenbird"));
  fs::create_symlink("elsewhere", Path(".ovenbird"));
  EXPECT_THAT(Open().status().message(), HasSubstr("is a symlink"));
}

TEST_F(LogReaderTest, ReadsNoFifoAndNoFolder) {
  fs::create_directories(Path(".ovenbird/logs"));
  ASSERT_EQ(mkfifo(Path(LogPath("app")).c_str(), 0600), 0);
  EXPECT_THAT(Open().status().message(), HasSubstr("is not a regular file"));
  fs::create_directories(Path(LogPath("web")));
  EXPECT_FALSE(Open("web").ok());
}

}  // namespace
}  // namespace ovenbird::cli
