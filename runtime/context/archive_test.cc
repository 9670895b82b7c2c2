#include "runtime/context/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/subprocess.h"
#include "tools/testing/status_matchers.h"

#ifdef __SANITIZE_ADDRESS__
// libarchive 3.6 leaves 33 bytes behind when its writer's output has failed.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libarchive.so";
}
#endif

namespace ovenbird::context {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;

const int kFilters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP,
                        ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                        ARCHIVE_FILTER_ZSTD};

// A private folder `p/` of 5:6 and a file in it; or just text.
std::string WritePacked(int filter, bool tar) {
  const std::string path =
      absl::StrCat(::testing::TempDir(), "/packed-", filter, tar);
  archive* writer = archive_write_new();
  if (tar) {
    archive_write_set_format_pax_restricted(writer);
  } else {
    archive_write_set_format_raw(writer);
  }
  archive_write_add_filter(writer, filter);
  EXPECT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  archive_entry* entry = archive_entry_new();
  if (tar) {
    archive_entry_set_pathname(entry, "p/");
    archive_entry_set_filetype(entry, AE_IFDIR);
    archive_entry_set_perm(entry, 0700);
    archive_entry_set_uid(entry, 5);
    archive_entry_set_gid(entry, 6);
    archive_write_header(writer, entry);
    archive_entry_set_pathname(entry, "p/f");
  }
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0640);
  archive_entry_set_size(entry, 2);
  archive_write_header(writer, entry);
  archive_write_data(writer, "1\n", 2);
  archive_entry_free(entry);
  archive_write_free(writer);
  return path;
}

TEST(ArchiveTest, Probe) {
  for (const int filter : kFilters) {
    const auto tar = ProbeArchive(WritePacked(filter, true));
    ASSERT_THAT(tar, IsOk());
    EXPECT_EQ(tar->kind, ArchiveFile::kTar) << filter;
    EXPECT_EQ(tar->rare_compression,
              filter == ARCHIVE_FILTER_XZ || filter == ARCHIVE_FILTER_ZSTD);
    EXPECT_TRUE(tar->needs_repack);
    EXPECT_FALSE(tar->plain_top);
    EXPECT_THAT(tar->folders, ElementsAre("p"));
    const auto text = ProbeArchive(WritePacked(filter, false));
    ASSERT_THAT(text, IsOk());
    EXPECT_EQ(text->kind, filter == ARCHIVE_FILTER_NONE ? ArchiveFile::kNone
                                                        : ArchiveFile::kPacked)
        << filter;
  }
  EXPECT_THAT(ProbeArchive("/nowhere"), StatusIs(absl::StatusCode::kNotFound));
}

std::string NameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) name = archive_entry_pathname_utf8(entry);
  return name == nullptr ? "" : name;
}

std::vector<std::string> Members(const std::string& tar) {
  std::vector<std::string> members;
  archive* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  EXPECT_EQ(archive_read_open_memory(reader, tar.data(), tar.size()), 0);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) != ARCHIVE_EOF) {
    members.push_back(
        absl::StrCat(NameOf(entry), " ", absl::Hex(archive_entry_perm(entry)),
                     " ", archive_entry_uid(entry), ":",
                     archive_entry_gid(entry), " ", archive_entry_size(entry)));
  }
  archive_read_free(reader);
  return members;
}

TEST(ArchiveTest, Repack) {
  const std::string path = WritePacked(ARCHIVE_FILTER_XZ, true);
  auto same = RepackArchive(path, std::nullopt, 1 << 20);
  ASSERT_THAT(same, IsOk());
  EXPECT_THAT(Members(*same),
              ElementsAre("p/ 1ed 5:6 0", "p/ 1c0 5:6 0", "p/f 1a0 5:6 2"));
  auto owned = RepackArchive(path, Owner{3, 4}, 1 << 20);
  ASSERT_THAT(owned, IsOk());
  EXPECT_THAT(Members(*owned),
              ElementsAre("p/ 1ed 3:4 0", "p/ 1c0 3:4 0", "p/f 1a0 3:4 2"));
  EXPECT_THAT(RepackArchive(path, std::nullopt, 1000),
              StatusIs(absl::StatusCode::kDataLoss,
                       ::testing::HasSubstr("it has more than 1000 bytes")));
}

// One entry of an archive; a name that ends with a slash is a folder.
struct Entry {
  std::string name;
  mode_t mode = 0644;
  int owner = 0;
  mode_t type = AE_IFREG;
  std::string hard_link{};
};

std::string WriteTar(const std::vector<Entry>& entries) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/entries.tar");
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  EXPECT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  for (const Entry& one : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, one.name.c_str());
    archive_entry_set_filetype(entry,
                               one.name.back() == '/' ? AE_IFDIR : one.type);
    archive_entry_set_perm(entry, one.mode);
    archive_entry_set_uid(entry, one.owner);
    archive_entry_set_gid(entry, one.owner);
    if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, "a");
    if (!one.hard_link.empty()) {
      archive_entry_set_hardlink(entry, one.hard_link.c_str());
    }
    archive_write_header(writer, entry);
    archive_entry_free(entry);
  }
  archive_write_free(writer);
  return path;
}

TEST(ArchiveTest, RepacksWhatIsUnpackedOtherwise) {
  const struct {
    const char* name;
    std::vector<Entry> entries;
    bool needs_repack;
    std::vector<std::string> repacked;
    std::vector<std::string> owned;  // by 3:4
  } kCases[] = {
      {"a file", {{"a"}}, false, {"a 1a4 0:0 0"}, {"a 1a4 3:4 0"}},
      {"a private top",
       {{"./", 0700, 5}, {"./a"}},
       true,
       {"./a 1a4 0:0 0"},
       {"./a 1a4 3:4 0"}},
      {"a plain top",
       {{"./", 0755}, {"./d/", 0700}},
       false,
       {"./d/ 1ed 0:0 0", "./d/ 1c0 0:0 0"},
       {"./d/ 1ed 3:4 0", "./d/ 1c0 3:4 0"}},
      {"a private folder after a file",
       {{"a"}, {"d/", 0700}},
       false,
       {"a 1a4 0:0 0", "d/ 1c0 0:0 0"},
       {"a 1a4 3:4 0", "d/ 1c0 3:4 0"}},
      {"a private folder without its parent",
       {{"a"}, {"d/e/", 0700}},
       true,
       {"a 1a4 0:0 0", "d/e/ 1ed 0:0 0", "d/e/ 1c0 0:0 0"},
       {"a 1a4 3:4 0", "d/e/ 1ed 3:4 0", "d/e/ 1c0 3:4 0"}},
      {"a path that leads out",
       {{"../../up"}},
       true,
       {"up 1a4 0:0 0"},
       {"up 1a4 3:4 0"}},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.name);
    const std::string path = WriteTar(one.entries);
    const auto file = ProbeArchive(path);
    ASSERT_THAT(file, IsOk());
    EXPECT_EQ(file->needs_repack, one.needs_repack);
    const auto repacked = RepackArchive(path, std::nullopt, 1 << 20);
    ASSERT_THAT(repacked, IsOk());
    EXPECT_EQ(Members(*repacked), one.repacked);
    const auto owned = RepackArchive(path, Owner{3, 4}, 1 << 20);
    ASSERT_THAT(owned, IsOk());
    EXPECT_EQ(Members(*owned), one.owned);
  }
}

TEST(ArchiveTest, NamesWhatCannotBeUnpacked) {
  const auto plain = ProbeArchive(WriteTar({{"a"}, {"l", 0777, 0, AE_IFLNK}}));
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(plain->special, "");
  EXPECT_EQ(plain->file, "a");
  EXPECT_EQ(plain->link, "l");
  EXPECT_EQ(plain->owned_link, "");
  const auto odd = ProbeArchive(WriteTar({{"d/p", 0644, 0, AE_IFIFO},
                                          {"c", 0644, 0, AE_IFCHR},
                                          {"l", 0777, 5, AE_IFLNK}}));
  ASSERT_THAT(odd, IsOk());
  EXPECT_EQ(odd->special, "d/p");
  EXPECT_EQ(odd->file, "");
  EXPECT_EQ(odd->owned_link, "l");
}

// libarchive warns of a pax name that is not in the locale's encoding, as no
// name with such letters is in ours.
TEST(ArchiveTest, PaxNamesMayHaveAnyLetters) {
  const std::string name = "\xC3\xA9.txt";
  const std::string folder = absl::StrCat(::testing::TempDir(), "/pax");
  Subprocess tar;
  tar.argv = {"sh", "-ec",
              absl::StrCat("rm -rf ", folder, "; mkdir ", folder, "; cd ",
                           folder, "; touch a ", name,
                           "; tar --format=pax --owner=7 --group=7 -Pcf t.tar ",
                           name, " ../pax/a ", name)};
  ASSERT_THAT(RunSubprocess(tar), IsOk());
  const auto file = ProbeArchive(folder + "/t.tar");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->kind, ArchiveFile::kTar);
  EXPECT_TRUE(file->needs_repack);
  EXPECT_EQ(file->file, name);
  const auto repacked = RepackArchive(folder + "/t.tar", Owner{3, 4}, 1 << 20);
  ASSERT_THAT(repacked, IsOk());
  EXPECT_THAT(Members(*repacked),
              ElementsAre(absl::StrCat(name, " 1a4 3:4 0"), "pax/a 1a4 3:4 0",
                          absl::StrCat(name, " 1a4 3:4 0")));
}

}  // namespace
}  // namespace ovenbird::context
