#include "runtime/context/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

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
    EXPECT_EQ(tar->first_folder_mode, 0700u);
    const auto text = ProbeArchive(WritePacked(filter, false));
    ASSERT_THAT(text, IsOk());
    EXPECT_EQ(text->kind, filter == ARCHIVE_FILTER_NONE ? ArchiveFile::kNone
                                                        : ArchiveFile::kPacked)
        << filter;
  }
  EXPECT_THAT(ProbeArchive("/nowhere"), StatusIs(absl::StatusCode::kNotFound));
}

std::vector<std::string> Members(const std::string& tar) {
  std::vector<std::string> members;
  archive* reader = archive_read_new();
  archive_read_support_format_tar(reader);
  EXPECT_EQ(archive_read_open_memory(reader, tar.data(), tar.size()), 0);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    members.push_back(absl::StrCat(
        archive_entry_pathname(entry), " ",
        absl::Hex(archive_entry_perm(entry)), " ", archive_entry_uid(entry),
        ":", archive_entry_gid(entry), " ", archive_entry_size(entry)));
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
  EXPECT_FALSE(RepackArchive(path, std::nullopt, 1000).ok());
}

}  // namespace
}  // namespace ovenbird::context
