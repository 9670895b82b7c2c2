#include "runtime/context/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/context/tar_header.h"
#include "runtime/context/walk.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The archive as another implementation reads it: "[owner] mode name
// [content]".
std::vector<std::string> Members(const std::string& tar) {
  std::vector<std::string> members;
  archive* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  EXPECT_EQ(archive_read_open_memory(reader, tar.data(), tar.size()), 0);
  archive_entry* entry = nullptr;
  int result = 0;
  while ((result = archive_read_next_header(reader, &entry)) == ARCHIVE_OK) {
    std::string content(archive_entry_size(entry), '\0');
    EXPECT_EQ(archive_read_data(reader, &content[0], content.size()),
              content.size());
    std::string owner;
    if (archive_entry_uid(entry) != 0 || archive_entry_gid(entry) != 0) {
      owner = absl::StrCat(archive_entry_uid(entry), ":",
                           archive_entry_gid(entry), " ");
    }
    std::string link;
    if (const char* target = archive_entry_symlink(entry)) {
      link = absl::StrCat(" -> ", target);
    }
    if (const char* target = archive_entry_hardlink(entry)) {
      link = absl::StrCat(" = ", target);
    }
    members.push_back(absl::StrCat(owner, absl::Hex(archive_entry_perm(entry)),
                                   " ", archive_entry_pathname(entry), link,
                                   content.empty() ? "" : " ", content));
  }
  EXPECT_EQ(result, ARCHIVE_EOF) << archive_error_string(reader);
  archive_read_free(reader);
  return members;
}

std::string Mode(uint32_t mode) { return absl::StrCat(absl::Hex(mode), " "); }

class TarTest : public ::testing::Test {
 protected:
  TarTest() {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  ~TarTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& content,
             mode_t mode = 0600) {
    const std::filesystem::path full = root_ + "/" + path;
    std::filesystem::create_directories(full.parent_path());
    ASSERT_THAT(WriteFile(full, content), IsOk());
    ASSERT_EQ(chmod(full.c_str(), mode), 0);
  }

  absl::StatusOr<std::string> Pack(TarOptions options = {}) {
    auto walk = Walk(root_);
    if (!walk.ok()) return walk.status();
    return Pack(walk->listing, std::move(options));
  }

  static absl::StatusOr<std::string> Pack(const Listing& listing,
                                          TarOptions options = {}) {
    auto stream = TarStream::Create(&listing, std::move(options));
    if (!stream.ok()) return stream.status();
    auto tar = ReadAll(**stream);
    if (!tar.ok()) return tar;
    EXPECT_EQ((*stream)->size(), tar->size());
    return tar;
  }

  const std::string root_ = ::testing::TempDir() + "/tar";
};

TEST_F(TarTest, FilesFoldersLinks) {
  Write("bin/run", "#!", 0710);
  Write("a.txt", "hello", 0664);
  Write("zero", "", 04600);
  std::filesystem::create_directories(root_ + "/empty");
  ASSERT_EQ(chmod((root_ + "/empty").c_str(), 0750), 0);
  std::filesystem::create_symlink("../a.txt", root_ + "/bin/link");
  std::filesystem::create_hard_link(root_ + "/a.txt", root_ + "/bin/same");
  auto tar = Pack();
  ASSERT_THAT(tar, IsOk());
  EXPECT_THAT(
      Members(*tar),
      ElementsAre(Mode(0664) + "a.txt hello", Mode(0755) + "bin/",
                  Mode(0777) + "bin/link -> ../a.txt",
                  Mode(0710) + "bin/run #!", Mode(0664) + "bin/same = a.txt",
                  Mode(0750) + "empty/", Mode(04600) + "zero"));
}

TEST_F(TarTest, LongNames) {
  // Around the ends of the name field (100), of the prefix (155), of both.
  for (size_t size :
       {99, 100, 101, 150, 155, 156, 200, 254, 255, 256, 257, 300, 1000}) {
    std::string path = "d/";
    while (path.size() + 90 < size) path += std::string(79, 'x') + "/";
    path += std::string(size - path.size(), 'f');
    Write(path, "c");
  }
  Write(std::string(240, 'n'), "c");  // No slash to cut at.
  Write("\xFF\n\x01", "bytes");
  std::filesystem::create_symlink(std::string(100, 't'), root_ + "/l1");
  std::filesystem::create_symlink(std::string(101, 't'), root_ + "/l2");
  auto walk = Walk(root_);
  ASSERT_THAT(walk, IsOk());
  auto tar = Pack(walk->listing);
  ASSERT_THAT(tar, IsOk());
  const std::vector<std::string> members = Members(*tar);
  ASSERT_EQ(members.size(), walk->listing.size());
  for (size_t i = 0; i < members.size(); ++i) {
    EXPECT_THAT(members[i], HasSubstr(walk->listing.Path(i)));
  }
}

TEST_F(TarTest, AnyReadSizeGivesTheSameBytes) {
  Write("a", std::string(1000, 'a'));
  Write("b/c", std::string(512, 'c'));
  auto walk = Walk(root_);
  auto tar = Pack(walk->listing);
  ASSERT_THAT(tar, IsOk());
  for (size_t step : {1, 7, 511, 512, 513, 4096}) {
    auto stream = TarStream::Create(&walk->listing);
    std::string all;
    std::string buffer(step, '\0');
    for (;;) {
      auto n = (*stream)->Read(&buffer[0], step);
      ASSERT_THAT(n, IsOk());
      if (*n == 0) break;
      all.append(buffer, 0, *n);
    }
    EXPECT_EQ(all, *tar);
  }
}

TEST_F(TarTest, CheckedStreamKnowsLengthAndDigest) {
  Write("a", "a");
  auto walk = Walk(root_);
  auto stream = TarStream::Create(&walk->listing);
  CheckedStream checked(stream->get());
  auto tar = ReadAll(checked);
  ASSERT_THAT(tar, IsOk());
  EXPECT_EQ(checked.size(), tar->size());
  EXPECT_EQ(checked.Sha256Hex(), ToHex(Sha256Of(*tar)));
}

TEST_F(TarTest, FilesFromMemory) {
  Write("Dockerfile", "FROM a\n");
  Write("sub/x", "x");
  std::filesystem::create_symlink("sub", root_ + "/link");
  TarOptions options;
  options.files = {
      {"sub/new/b", "B", true}, {"Dockerfile", "FROM b\n"}, {"sub/new/a", "A"}};
  auto tar = Pack(options);
  ASSERT_THAT(tar, IsOk());
  EXPECT_THAT(
      Members(*tar),
      ElementsAre(Mode(0644) + "Dockerfile FROM b\n",
                  Mode(0777) + "link -> sub", Mode(0755) + "sub/",
                  Mode(0600) + "sub/x x", Mode(0755) + "sub/new/",
                  Mode(0644) + "sub/new/a A", Mode(0755) + "sub/new/b B"));
  for (const char* path :
       {"../a", "/a", "a/../b", "", "sub", "link/a", "sub/x/y"}) {
    EXPECT_THAT(Pack({{{path, ""}}}),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << path;
  }
  EXPECT_THAT(Pack({{{"a", ""}, {"a", ""}}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(TarTest, AReplacedFileIsNoTargetOfHardLinks) {
  Write("a", "old");
  std::filesystem::create_hard_link(root_ + "/a", root_ + "/b");
  std::filesystem::create_hard_link(root_ + "/a", root_ + "/c");
  auto tar = Pack({{{"a", "new"}}});
  ASSERT_THAT(tar, IsOk());
  EXPECT_THAT(Members(*tar),
              ElementsAre(Mode(0644) + "a new", Mode(0600) + "b old",
                          Mode(0600) + "c = b"));
}

MemoryFile CopyOf(absl::string_view of, absl::string_view path,
                  std::optional<uint16_t> mode = std::nullopt) {
  MemoryFile file;
  file.path = std::string(path);
  file.copy_of = std::string(of);
  file.mode = mode;
  return file;
}

TEST_F(TarTest, Copies) {
  Write("a", "a", 0640);
  Write("d/b", "b");
  std::filesystem::create_symlink("a", root_ + "/link");
  TarOptions options;
  options.files = {CopyOf("d/b", ".o/d/b"),        CopyOf("d", ".o/d", 0700),
                   CopyOf("link", ".o/link"),      CopyOf("a", ".o/same"),
                   CopyOf("a", ".o/other", 04755), {"a", "new"}};
  auto tar = Pack(options);
  ASSERT_THAT(tar, IsOk());
  EXPECT_THAT(
      Members(*tar),
      ElementsAre(Mode(0644) + "a new", Mode(0755) + "d/", Mode(0600) + "d/b b",
                  Mode(0777) + "link -> a", Mode(0755) + ".o/",
                  Mode(0700) + ".o/d/", Mode(0600) + ".o/d/b = d/b",
                  Mode(0777) + ".o/link -> a", Mode(04755) + ".o/other a",
                  Mode(0640) + ".o/same a"));
  EXPECT_THAT(Pack({{CopyOf("gone", ".o/x")}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Pack({{CopyOf("a", "d/b")}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// libarchive reads what was meant.
TEST_F(TarTest, OwnersLinksAndFoldersFromMemory) {
  Write("a", "a", 0640);
  MemoryFile folder;
  folder.path = ".o/new";
  folder.folder = true;
  folder.owner = {5, 6};
  MemoryFile link;
  link.path = ".o/door";
  link.link_target = "/";
  MemoryFile copy = CopyOf("a", ".o/new/a");
  copy.owner = {kMaxTarOwner, 1};
  TarOptions options;
  options.files = {copy, link, folder};
  auto tar = Pack(options);
  ASSERT_THAT(tar, IsOk());
  EXPECT_THAT(
      Members(*tar),
      ElementsAre(Mode(0640) + "a a", Mode(0755) + ".o/",
                  Mode(0777) + ".o/door -> /", "5:6 " + Mode(0755) + ".o/new/",
                  "2097151:1 " + Mode(0640) + ".o/new/a a"));
}

TEST_F(TarTest, ChangesAreErrors) {
  struct Change {
    const char* what;
    void (*make)(const std::string& path);
    absl::StatusCode code;
    const char* message;
  };
  for (const Change& change : {
           Change{"grow",
                  [](const std::string& path) {
                    std::filesystem::resize_file(path, 11);
                  },
                  absl::StatusCode::kAborted, "had 10 bytes and has 11"},
           {"shrink",
            [](const std::string& path) {
              std::filesystem::resize_file(path, 9);
            },
            absl::StatusCode::kAborted, "shorter"},
           {"touch",
            [](const std::string& path) {
              const timespec times[2] = {{1, 0}, {1, 0}};
              utimensat(AT_FDCWD, path.c_str(), times, 0);
            },
            absl::StatusCode::kAborted, "written"},
           {"remove",
            [](const std::string& path) { std::filesystem::remove(path); },
            absl::StatusCode::kNotFound, "No such file"},
           {"turn into a symlink",
            [](const std::string& path) {
              std::filesystem::remove(path);
              std::filesystem::create_symlink("/etc/passwd", path);
            },
            absl::StatusCode::kAborted, "symlink"},
           {"turn into a named pipe",
            [](const std::string& path) {
              std::filesystem::remove(path);
              mkfifo(path.c_str(), 0644);
            },
            absl::StatusCode::kAborted, "shorter"},
       }) {
    std::filesystem::remove_all(root_ + "/d");
    Write("d/f", "0123456789");
    auto walk = Walk(root_);
    change.make(root_ + "/d/f");
    auto tar = Pack(walk->listing);
    EXPECT_THAT(tar, StatusIs(change.code, HasSubstr(change.message)))
        << change.what;
    EXPECT_THAT(tar.status().message(), HasSubstr("d/f")) << change.what;
  }
}

TEST_F(TarTest, SparseFilesAreOrdinary) {
  Write("s", "");
  std::filesystem::resize_file(root_ + "/s", 3 << 20);
  auto tar = Pack();
  ASSERT_THAT(tar, IsOk());
  EXPECT_EQ(tar->size(), (3 << 20) + 512 + 1024);
}

// Only the header: nobody wants to read 8 GiB.
TEST(TarHeaderTest, BigSizes) {
  for (uint64_t size : {uint64_t{0}, (uint64_t{1} << 33) - 1, uint64_t{1} << 33,
                        uint64_t{5} << 40}) {
    std::string tar;
    AppendTarHeader({TarMember::kFile, "big", "", size, 1, 0644}, tar);
    archive* reader = archive_read_new();
    archive_read_support_format_tar(reader);
    archive_read_open_memory(reader, tar.data(), tar.size());
    archive_entry* entry = nullptr;
    ASSERT_EQ(archive_read_next_header(reader, &entry), ARCHIVE_OK);
    EXPECT_EQ(archive_entry_size(entry), size);
    archive_read_free(reader);
  }
}

TEST(TarHeaderTest, TimesOutsideOfTheFormat) {
  for (auto [mtime, expected] : {std::pair<int64_t, int64_t>{-1, 0},
                                 {0, 0},
                                 {1700000000, 1700000000},
                                 {int64_t{1} << 40, (int64_t{1} << 33) - 1}}) {
    std::string tar;
    AppendTarHeader({TarMember::kFile, "f", "", 0, mtime, 0644}, tar);
    archive* reader = archive_read_new();
    archive_read_support_format_tar(reader);
    archive_read_open_memory(reader, tar.data(), tar.size());
    archive_entry* entry = nullptr;
    ASSERT_EQ(archive_read_next_header(reader, &entry), ARCHIVE_OK);
    EXPECT_EQ(archive_entry_mtime(entry), expected);
    archive_read_free(reader);
  }
}

}  // namespace
}  // namespace ovenbird::context
