#include "runtime/base/file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::NewFolder;

namespace fs = std::filesystem;

// A new folder for each test.
class WriteTest : public ::testing::Test {
 protected:
  ~WriteTest() override { umask(umask_); }

  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  static mode_t ModeOf(const std::string& path) {
    struct stat info = {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 07777;
  }
  static std::string TextOf(const std::string& path) {
    return ReadFile(path).value_or("cannot be read");
  }

  const std::string folder_ = NewFolder();
  const mode_t umask_ = umask(022);
};

using Writer = absl::Status (*)(const std::string&, absl::string_view);

absl::Status Replace(const std::string& path, absl::string_view content) {
  return ReplaceFile(path, content);
}

TEST_F(WriteTest, TheUmaskRulesNewFilesAndOldOnesKeepTheirMode) {
  for (const Writer writer : {&WriteFile, &Replace}) {
    for (const mode_t mask : {022, 077, 002, 0}) {
      umask(mask);
      const std::string path = Path("new");
      ASSERT_TRUE(writer(path, "1").ok());
      EXPECT_EQ(ModeOf(path), 0666 & ~mask);
      for (const mode_t mode : {0600, 0664, 0755}) {
        ASSERT_EQ(chmod(path.c_str(), mode), 0);
        ASSERT_TRUE(writer(path, "2").ok());
        EXPECT_EQ(ModeOf(path), mode);
        EXPECT_EQ(TextOf(path), "2");
      }
      fs::remove(path);
    }
  }
  EXPECT_THAT(Names(), ::testing::IsEmpty());
}

TEST_F(WriteTest, AModeHoldsWhateverIsThere) {
  umask(077);
  ASSERT_TRUE(ReplaceFile(Path("file"), "1", 0644).ok());
  EXPECT_EQ(ModeOf(Path("file")), 0644u);
  ASSERT_TRUE(ReplaceFile(Path("file"), "2", 0600).ok());
  EXPECT_EQ(ModeOf(Path("file")), 0600u);
}

TEST_F(WriteTest, LinksAreFollowedAndStay) {
  fs::create_directory(Path("sub"));
  ASSERT_TRUE(WriteFile(Path("sub/target"), "old").ok());
  fs::create_symlink("sub/target", Path("relative"));
  fs::create_symlink("relative", Path("second"));
  fs::create_symlink(Path("sub/target"), Path("absolute"));
  fs::create_symlink("sub/fresh", Path("dangling"));
  for (const char* name : {"relative", "second", "absolute", "dangling"}) {
    ASSERT_TRUE(WriteFile(Path(name), name).ok());
    EXPECT_TRUE(fs::is_symlink(Path(name))) << name;
    EXPECT_EQ(TextOf(Path(name)), name);
  }
  EXPECT_EQ(TextOf(Path("sub/target")), "absolute");
  EXPECT_EQ(TextOf(Path("sub/fresh")), "dangling");
  fs::create_symlink("loop", Path("loop"));
  EXPECT_FALSE(WriteFile(Path("loop"), "").ok());
  EXPECT_TRUE(fs::is_symlink(Path("loop")));
}

TEST_F(WriteTest, AFileOfOursIsNotWrittenThroughALink) {
  ASSERT_TRUE(WriteFile(Path("target"), "old").ok());
  fs::create_symlink("target", Path("link"));
  ASSERT_TRUE(ReplaceFile(Path("link"), "new").ok());
  EXPECT_FALSE(fs::is_symlink(Path("link")));
  EXPECT_EQ(TextOf(Path("link")), "new");
  EXPECT_EQ(TextOf(Path("target")), "old");
}

// By links only: should it go wrong, this machine's devices are not lost.
TEST_F(WriteTest, DevicesStay) {
  fs::create_symlink("/dev/null", Path("null"));
  EXPECT_TRUE(WriteFile(Path("null"), "gone").ok());
  EXPECT_TRUE(fs::is_symlink(Path("null")));
  EXPECT_TRUE(fs::is_character_file(Path("null")));
  fs::create_symlink("/dev/full", Path("full"));
  EXPECT_EQ(WriteFile(Path("full"), "x").message(),
            absl::StrCat("cannot write `", Path("full"),
                         "`: No space left on device"));
  EXPECT_THAT(Names(), ::testing::UnorderedElementsAre("null", "full"));
  EXPECT_TRUE(
      absl::StrContains(WriteFile(folder_, "").message(), "Is a directory"));
}

TEST_F(WriteTest, AFifoIsWrittenTo) {
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  std::string text;
  std::thread reader([&] { text = TextOf(Path("fifo")); });
  // Ends the reader when the file was not written to.
  const int guard = open(Path("fifo").c_str(), O_WRONLY | O_CLOEXEC);
  EXPECT_TRUE(WriteFile(Path("fifo"), "through").ok());
  close(guard);
  reader.join();
  EXPECT_EQ(text, "through");
  EXPECT_TRUE(fs::is_fifo(Path("fifo")));
}

// What was written to stdout before stays, and what comes after follows: opened
// by its name the file would be overwritten from its start.
TEST_F(WriteTest, StandardOutput) {
  const int before = dup(STDOUT_FILENO);
  const int file = open(Path("out").c_str(), O_WRONLY | O_CREAT, 0600);
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  fs::create_symlink("/proc/self/fd/1", Path("stdout"));  // as /dev has it
  std::vector<absl::Status> written;
  for (const int out : {file, ends[0]}) {
    dup2(out, STDOUT_FILENO);
    EXPECT_EQ(write(STDOUT_FILENO, "1", 1), 1);
    written.push_back(WriteFile(Path("stdout"), "2"));
    EXPECT_EQ(write(STDOUT_FILENO, "3", 1), 1);
  }
  dup2(before, STDOUT_FILENO);
  close(ends[0]);
  for (const absl::Status& status : written) EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(TextOf(Path("out")), "123");
  char text[8] = {};
  EXPECT_EQ(read(ends[1], text, sizeof text), 3);
  EXPECT_STREQ(text, "123");
  for (const int fd : {before, file, ends[1]}) close(fd);
}

// /dev/fd/N, as a shell's `5>file` makes it: the open file, not its name.
TEST_F(WriteTest, AnOpenFileIsNotReplaced) {
  const int fd = open(Path("file").c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_TRUE(WriteFile(absl::StrCat("/proc/self/fd/", fd), "text").ok());
  char text[8] = {};
  EXPECT_EQ(read(fd, text, sizeof text), 4);
  EXPECT_STREQ(text, "text");
  close(fd);
}

TEST_F(WriteTest, WhatIsNotCommittedChangesNothing) {
  ASSERT_TRUE(WriteFile(Path("file"), "old").ok());
  {
    absl::StatusOr<FileWriter> file = FileWriter::Open(Path("file"));
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE(file->Write("new").ok());
    ASSERT_EQ(Names().size(), 2u);
    FileWriter moved = *std::move(file);
    // A program that is started now does not get the file.
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      std::error_code error;
      if (!absl::StartsWith(fs::read_symlink(entry, error).string(), folder_)) {
        continue;
      }
      EXPECT_NE(fcntl(std::stoi(entry.path().filename()), F_GETFD) & FD_CLOEXEC,
                0);
    }
  }
  EXPECT_THAT(Names(), ::testing::ElementsAre("file"));
  EXPECT_EQ(TextOf(Path("file")), "old");
}

TEST(FileTest, WriteReplacesWhatReadReturns) {
  const std::string path = ::testing::TempDir() + "/file";
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

// It has no end.
TEST(FileTest, ALimit) {
  EXPECT_TRUE(absl::IsOutOfRange(ReadFile("/dev/zero", 5000).status()));
  const std::string path = ::testing::TempDir() + "/limited";
  ASSERT_TRUE(WriteFile(path, "12345").ok());
  EXPECT_EQ(ReadFile(path, 5).value_or("?"), "12345");
  EXPECT_TRUE(absl::IsOutOfRange(ReadFile(path, 4).status()));
}

TEST(FileTest, ErrorsNameThePath) {
  const std::string path = ::testing::TempDir() + "/no/file";
  EXPECT_TRUE(absl::IsNotFound(ReadFile(path).status()));
  EXPECT_TRUE(absl::StrContains(ReadFile(path).status().message(), path));
  EXPECT_TRUE(absl::StrContains(WriteFile(path, "").message(), path));
  EXPECT_TRUE(absl::StrContains(
      ReadFile(::testing::TempDir()).status().message(), "directory"));
}

}  // namespace
}  // namespace ovenbird
