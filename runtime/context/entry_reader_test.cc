#include "runtime/context/entry_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/context/listing.h"
#include "runtime/context/walk.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::context {
namespace {

namespace fs = std::filesystem;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;

class EntryReaderTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& content) {
    const std::string full = root_ + "/" + path;
    fs::create_directories(fs::path(full).parent_path());
    std::ofstream(full) << content;
  }

  Listing List() const {
    auto walk = Walk(root_);
    EXPECT_THAT(walk, IsOk());
    return walk->listing;
  }

  const std::string root_ = NewFolder();
};

// The index of the entry with this path.
uint32_t IndexOf(const Listing& listing, const std::string& path) {
  for (uint32_t i = 0; i < listing.size(); ++i) {
    if (listing.Path(i) == path) return i;
  }
  ADD_FAILURE() << path << " is not listed";
  return 0;
}

// Reads an open file to its end, `step` bytes at a time.
absl::StatusOr<std::string> Rest(EntryReader& reader, size_t step) {
  std::string content;
  std::string buffer(step, '\0');
  while (true) {
    auto n = reader.Read(buffer.data(), step);
    if (!n.ok()) return n.status();
    if (*n == 0) return content;
    content.append(buffer, 0, *n);
  }
}

absl::StatusOr<std::string> Content(EntryReader& reader, uint32_t index,
                                    size_t step = 4096) {
  absl::Status opened = reader.Open(index);
  if (!opened.ok()) return opened;
  return Rest(reader, step);
}

// How many descriptors this process has open.
size_t OpenDescriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       fs::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

TEST_F(EntryReaderTest, FilesOfEverySizeInPiecesOfEverySize) {
  for (const size_t size : {0, 1, 511, 512, 5000}) {
    Write(absl::StrCat("f", size), std::string(size, 'x'));
  }
  const Listing listing = List();
  EntryReader reader(&listing);
  for (const size_t step : {1, 7, 512, 8192}) {
    for (uint32_t i = 0; i < listing.size(); ++i) {
      auto content = Content(reader, i, step);
      ASSERT_THAT(content, IsOk()) << listing.Path(i);
      EXPECT_EQ(content->size(), listing[i].size) << listing.Path(i);
    }
  }
}

TEST_F(EntryReaderTest, IsOpenUntilTheEndIsRead) {
  Write("a", "abc");
  Write("b", "");
  const Listing listing = List();
  EntryReader reader(&listing);
  EXPECT_FALSE(reader.is_open());
  ASSERT_THAT(reader.Open(0), IsOk());
  EXPECT_TRUE(reader.is_open());
  std::array<char, 8> buffer;
  // No more than the file has, and no more than there is room.
  EXPECT_EQ(*reader.Read(buffer.data(), 2), 2u);
  EXPECT_EQ(*reader.Read(buffer.data(), buffer.size()), 1u);
  EXPECT_TRUE(reader.is_open());
  EXPECT_EQ(*reader.Read(buffer.data(), buffer.size()), 0u);
  EXPECT_FALSE(reader.is_open());
  ASSERT_THAT(reader.Open(1), IsOk());
  EXPECT_EQ(*reader.Read(buffer.data(), buffer.size()), 0u);
}

TEST_F(EntryReaderTest, AnyOrderWorksAndAHalfReadFileIsClosed) {
  for (const char* path : {"a/b/c/1", "a/b/2", "a/3", "d/e/4", "5"}) {
    Write(path, path);
  }
  const Listing listing = List();
  EntryReader reader(&listing);
  for (const char* path :
       {"5", "a/b/c/1", "d/e/4", "a/3", "a/b/2", "a/b/c/1", "5", "a/b/c/1"}) {
    const uint32_t index = IndexOf(listing, path);
    // Abandoned after its first byte.
    char first;
    ASSERT_THAT(reader.Open(index), IsOk());
    EXPECT_EQ(*reader.Read(&first, 1), 1u);
    auto content = Content(reader, index);
    ASSERT_THAT(content, IsOk());
    EXPECT_EQ(*content, path);
  }
}

TEST_F(EntryReaderTest, KeepsAFewDescriptorsOnly) {
  std::string deep;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&deep, "d/");
    Write(absl::StrCat(deep, "f"), "x");
  }
  const Listing listing = List();
  const size_t before = OpenDescriptors();
  {
    EntryReader reader(&listing);
    ASSERT_THAT(Content(reader, IndexOf(listing, deep + "f")), IsOk());
    // The context and the 20 folders.
    EXPECT_EQ(OpenDescriptors(), before + 21);
    // Only the folders on the way to the next file stay open.
    ASSERT_THAT(reader.Open(IndexOf(listing, "d/f")), IsOk());
    EXPECT_EQ(OpenDescriptors(), before + 3);
  }
  EXPECT_EQ(OpenDescriptors(), before);
}

TEST_F(EntryReaderTest, ChangesSinceTheListing) {
  struct Case {
    const char* what;
    std::function<void(const std::string& path)> change;
    absl::StatusCode code;
    const char* message;  // after the file's name
  };
  const auto kAborted = absl::StatusCode::kAborted;
  const Case kCases[] = {
      {"longer",
       [](const std::string& path) { std::ofstream(path) << "abcde"; },
       kAborted, " changed while it was read: it had 4 bytes and has 5"},
      {"shorter", [](const std::string& path) { std::ofstream(path) << "ab"; },
       kAborted, " changed while it was read: it became shorter"},
      {"empty", [](const std::string& path) { std::ofstream file(path); },
       kAborted, " changed while it was read: it became shorter"},
      {"other content of the same size",
       [](const std::string& path) {
         std::ofstream(path) << "ABCD";
         // A clock can be coarse.
         const timespec times[2] = {{1, 0}, {1, 5}};
         utimensat(AT_FDCWD, path.c_str(), times, 0);
       },
       kAborted, " changed while it was read: it was written to"},
      {"a later time, by a nanosecond",
       [](const std::string& path) {
         struct stat info;
         ASSERT_EQ(stat(path.c_str(), &info), 0);
         const long next = (info.st_mtim.tv_nsec + 1) % 1'000'000'000;
         const timespec times[2] = {{0, UTIME_OMIT},
                                    {info.st_mtim.tv_sec, next}};
         utimensat(AT_FDCWD, path.c_str(), times, 0);
       },
       kAborted, " changed while it was read: it was written to"},
      {"a symlink",
       [](const std::string& path) {
         fs::rename(path, path + ".old");
         fs::create_symlink(path + ".old", path);
       },
       kAborted, " changed while it was read: it is a symlink now"},
      {"missing", [](const std::string& path) { fs::remove(path); },
       absl::StatusCode::kNotFound, ": No such file or directory"},
      {"a folder",
       [](const std::string& path) {
         fs::remove(path);
         fs::create_directory(path);
       },
       absl::StatusCode::kFailedPrecondition, ": Is a directory"},
      // Opening it does not wait for a writer.
      {"a named pipe",
       [](const std::string& path) {
         fs::remove(path);
         ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
       },
       kAborted, " changed while it was read: it became shorter"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    Write("d/f", "abcd");
    const Listing listing = List();
    c.change(root_ + "/d/f");
    EntryReader reader(&listing);
    const auto content = Content(reader, IndexOf(listing, "d/f"), 3);
    EXPECT_THAT(content, StatusIs(c.code));
    EXPECT_THAT(std::string(content.status().message()),
                ::testing::AllOf(
                    ::testing::HasSubstr(absl::StrCat("`", root_, "/d/f`")),
                    ::testing::EndsWith(c.message)));
    fs::remove_all(root_ + "/d");
  }
}

// A build context can be a cloned repository: no link leads out of it, even
// one that replaces a folder after the listing.
TEST_F(EntryReaderTest, AFolderThatBecameASymlinkIsNotFollowed) {
  Write("inside/d/f", "abcd");
  const Listing listing = List();
  const std::string outside = NewFolder();
  fs::rename(root_ + "/inside/d", outside + "/d");
  fs::create_symlink(outside + "/d", root_ + "/inside/d");
  EntryReader reader(&listing);
  EXPECT_EQ(reader.Open(IndexOf(listing, "inside/d/f")),
            absl::FailedPreconditionError(
                absl::StrCat("cannot open the folder of `", root_,
                             "/inside/d/f`: Not a directory")));
  EXPECT_FALSE(reader.is_open());
}

TEST_F(EntryReaderTest, AFailureDoesNotSpoilTheNextFile) {
  Write("a", "a");
  Write("gone/b", "b");
  Write("z", "z");
  const Listing listing = List();
  fs::remove_all(root_ + "/gone");
  EntryReader reader(&listing);
  EXPECT_THAT(Content(reader, IndexOf(listing, "a")), IsOk());
  EXPECT_THAT(reader.Open(IndexOf(listing, "gone/b")),
              StatusIs(absl::StatusCode::kNotFound));
  auto last = Content(reader, IndexOf(listing, "z"));
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(*last, "z");
}

// The root itself may be a symlink.
TEST_F(EntryReaderTest, ARootThatIsASymlink) {
  Write("f", "abc");
  const std::string link = NewFolder() + "/link";
  fs::create_symlink(root_, link);
  auto walk = Walk(link);
  ASSERT_THAT(walk, IsOk());
  EntryReader reader(&walk->listing);
  auto content = Content(reader, 0);
  ASSERT_THAT(content, IsOk());
  EXPECT_EQ(*content, "abc");
}

}  // namespace
}  // namespace ovenbird::context
