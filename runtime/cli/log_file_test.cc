#include "runtime/cli/log_file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::cli {
namespace {

// In the form that paths of log files have.
std::string FreshFolder() {
  return std::filesystem::path(testing::NewFolder())
      .lexically_normal()
      .string();
}

// `path` is below the folder for temporary files.
absl::StatusOr<LogFile> Create(const std::string& path) {
  const std::string root = ::testing::TempDir();
  return LogFile::Create(
      root, std::filesystem::path(path).lexically_relative(root).string());
}

LogFile Open(const std::string& path) {
  absl::StatusOr<LogFile> log = Create(path);
  EXPECT_TRUE(log.ok()) << log.status();
  return *std::move(log);
}

TEST(LogFileTest, IsMadeAnew) {
  const std::string path = absl::StrCat(FreshFolder(), "/a/b/app.log");
  Open(path).Write("a long text from before\n").IgnoreError();
  LogFile log = Open(path);
  EXPECT_EQ(log.path(), path);
  EXPECT_FALSE(log.written());
  EXPECT_EQ(*ReadFile(path), "a long text from before\n")
      << "until it is written";
  EXPECT_TRUE(log.Write("1\n").ok());
  EXPECT_TRUE(log.Write("2\n").ok());
  EXPECT_EQ(*ReadFile(path), "1\n2\n");
}

TEST(LogFileTest, TheUmaskRulesItsMode) {
  const std::string folder = FreshFolder();
  const mode_t before = umask(0);
  for (const mode_t mask : {077, 022, 002}) {
    umask(mask);
    const std::string path = absl::StrCat(folder, "/", mask, ".log");
    EXPECT_TRUE(Open(path).Write("x\n").ok());
    struct stat info = {};
    EXPECT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0666 & ~mask);
  }
  umask(before);
}

TEST(LogFileTest, OneWriterEach) {
  const std::string folder = FreshFolder();
  const std::string path = absl::StrCat(folder, "/app.log");
  std::optional<LogFile> first(Open(path));
  EXPECT_TRUE(first->Write("first\n").ok());
  LogFile second = Open(path);
  LogFile third = Open(path);
  EXPECT_TRUE(second.Write("second\n").ok());
  EXPECT_EQ(second.path(), absl::StrCat(folder, "/app-2.log"));
  EXPECT_EQ(third.path(), absl::StrCat(folder, "/app-3.log"));
  EXPECT_EQ(*ReadFile(path), "first\n");
  EXPECT_EQ(*ReadFile(second.path()), "second\n");
  first.reset();
  EXPECT_EQ(Open(path).path(), path);
}

TEST(LogFileTest, NamesWhatCannotBeWritten) {
  const std::string folder = FreshFolder();
  ASSERT_TRUE(WriteFile(absl::StrCat(folder, "/file"), "").ok());
  absl::StatusOr<LogFile> log = Create(absl::StrCat(folder, "/file/app.log"));
  ASSERT_FALSE(log.ok());
  EXPECT_NE(log.status().message().find("/file"), std::string::npos);
}

// A repository may come with links in the folder that builds write to.
TEST(LogFileTest, LinksInItsFolderAreNotFollowed) {
  for (const char* link : {"out", "out/logs", "out/logs/app.log"}) {
    SCOPED_TRACE(link);
    const std::string project = FreshFolder();
    const std::string victims = FreshFolder();
    const std::string victim = absl::StrCat(victims, "/app.log");
    ASSERT_TRUE(WriteFile(victim, "precious\n").ok());
    std::filesystem::create_directories(absl::StrCat(victims, "/logs"));
    ASSERT_TRUE(WriteFile(absl::StrCat(victims, "/logs/app.log"), "x").ok());
    const std::filesystem::path at = std::filesystem::path(project) / link;
    std::filesystem::create_directories(at.parent_path());
    std::filesystem::create_symlink(
        absl::EndsWith(link, ".log") ? victim : victims, at);
    absl::StatusOr<LogFile> log = LogFile::Create(project, "out/logs/app.log");
    ASSERT_FALSE(log.ok());
    EXPECT_THAT(std::string(log.status().message()),
                ::testing::HasSubstr(absl::StrCat("`", at.string(), "`")));
    EXPECT_EQ(*ReadFile(victim), "precious\n");
    EXPECT_EQ(*ReadFile(absl::StrCat(victims, "/logs/app.log")), "x");
  }
}

TEST(LogFileTest, AFifoIsRefusedAtOnce) {
  const std::string project = FreshFolder();
  ASSERT_EQ(mkfifo(absl::StrCat(project, "/app.log").c_str(), 0600), 0);
  EXPECT_FALSE(LogFile::Create(project, "app.log").ok());
}

// The limit on the size of files stands in for a full disk.
TEST(LogFileTest, WhatCannotBeWrittenIsReportedOnce) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  LogFile log = Open(absl::StrCat(FreshFolder(), "/app.log"));
  EXPECT_TRUE(log.Write("1\n").ok());
  const rlimit full = {2, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  const absl::Status first = log.Write("2\n");
  const absl::Status second = log.Write("3\n");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(std::string(first.message()), ::testing::HasSubstr("app.log"));
  EXPECT_TRUE(second.ok()) << second;
}

}  // namespace
}  // namespace ovenbird::cli
