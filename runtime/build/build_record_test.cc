#include "runtime/build/build_record.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "runtime/base/file_lock.h"
#include "runtime/base/hmac.h"
#include "runtime/base/sha256.h"
#include "runtime/context/file_records.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::testing::NewFolder;
using ::testing::Contains;
using ::testing::ElementsAre;

// One folder for all tests.
absl::StatusOr<std::string> Keys() {
  static const std::string folder = NewFolder();
  return folder;
}

BuildRecord Record(const std::string& digest) {
  BuildRecord record;
  record.fingerprint = "12";
  record.digest = digest;
  record.options = {{"image", "34"}};
  record.bases = {{"base", "sha256:56"}};
  return record;
}

TEST(BuildRecordTest, IsWhatWasPut) {
  BuildRecords records(absl::StrCat(NewFolder(), "/.ovenbird"), "", Keys);
  EXPECT_EQ(*records.Get("a"), std::nullopt);
  ASSERT_TRUE(records.Put("a", Record("sha256:1")).ok());
  ASSERT_TRUE(records.Put("b \"ä\"", Record("sha256:2")).ok());
  ASSERT_TRUE(records.Put("a", Record("sha256:3")).ok());
  EXPECT_EQ(**records.Get("a"), records.Seal(Record("sha256:3")));
  EXPECT_EQ(**records.Get("b \"ä\""), records.Seal(Record("sha256:2")));
  EXPECT_EQ(*records.Get("c"), std::nullopt);
}

// The first record is written immediately, and the others when enough time has
// passed; other processes' records are kept.
TEST(BuildRecordTest, ManyAreCollected) {
  const std::string folder = NewFolder();
  const BuildRecords records(folder, "", Keys);
  const BuildRecords others(folder, "", Keys);
  ASSERT_TRUE(others.Put("before", Record("sha256:0")).ok());
  const std::string path = absl::StrCat(folder, "/builds.json");
  int writes = 0;
  std::string before;
  constexpr int kRecords = 300;
  for (int i = 0; i < kRecords; ++i) {
    const std::string key = absl::StrCat("image-", i);
    ASSERT_TRUE(records.PutLater(key, Record("sha256:1")).ok());
    EXPECT_EQ(**records.Get(key), records.Seal(Record("sha256:1")));
    std::string now = *ReadFile(path);
    if (now != before) ++writes;
    before = std::move(now);
    if (i == 0) {
      EXPECT_TRUE(others.Get(key)->has_value());
    }
  }
  EXPECT_LT(writes, kRecords / 4);
  ASSERT_TRUE(others.Put("after", Record("sha256:2")).ok());
  ASSERT_TRUE(records.Flush().ok());
  for (int i = 0; i < kRecords; ++i) {
    EXPECT_TRUE(others.Get(absl::StrCat("image-", i))->has_value()) << i;
  }
  EXPECT_TRUE(records.Get("before")->has_value());
  EXPECT_TRUE(records.Get("after")->has_value());
}

TEST(BuildRecordTest, WhatCannotBeWrittenIsTriedAgain) {
  const std::string folder = NewFolder();
  const std::string below = absl::StrCat(folder, "/.ovenbird");
  ASSERT_TRUE(WriteFile(below, "not a folder").ok());
  const BuildRecords records(below, "", Keys);
  EXPECT_FALSE(records.PutLater("a", Record("sha256:1")).ok());
  EXPECT_FALSE(records.Flush().ok());
  std::filesystem::remove(below);
  EXPECT_TRUE(records.Flush().ok());
  EXPECT_TRUE(BuildRecords(below, "", Keys).Get("a")->has_value());
}

// A repository may come with a link in the folder, to any file of its user.
TEST(BuildRecordTest, NothingIsWrittenThroughALink) {
  const std::string folder = NewFolder();
  const std::string precious = absl::StrCat(NewFolder(), "/precious");
  context::FileRecords files;
  files.Add("x", {});
  BuildRecords records(folder, "", Keys);
  ASSERT_TRUE(records.Put("a", Record("sha256:1")).ok());
  ASSERT_TRUE(records.PutFiles("a", files).ok());
  int links = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_directory() || entry.path().extension() == ".lock") continue;
    std::filesystem::remove(entry.path());
    std::filesystem::create_symlink(precious, entry.path());
    ++links;
  }
  EXPECT_EQ(links, 2);
  ASSERT_TRUE(WriteFile(precious, "{}").ok());
  ASSERT_TRUE(records.Put("a", Record("sha256:1")).ok());
  ASSERT_TRUE(records.PutFiles("a", files).ok());
  EXPECT_EQ(*ReadFile(precious), "{}");
  EXPECT_EQ(**records.Get("a"), records.Seal(Record("sha256:1")));
}

TEST(BuildRecordTest, VariantsAreApart) {
  const std::string folder = NewFolder();
  BuildRecords plain(folder, "", Keys);
  BuildRecords test(folder, "profile test", Keys);
  ASSERT_TRUE(plain.Put("a", Record("sha256:1")).ok());
  EXPECT_EQ(*test.Get("a"), std::nullopt);
  ASSERT_TRUE(test.Put("a", Record("sha256:2")).ok());
  EXPECT_EQ(**plain.Get("a"), plain.Seal(Record("sha256:1")));
}

TEST(BuildRecordTest, FilesOfKeysThatLookAlike) {
  BuildRecords records(NewFolder(), "", Keys);
  context::FileRecords files;
  files.Add("x", {});
  ASSERT_TRUE(records.PutFiles("a.b", files).ok());
  EXPECT_EQ(records.GetFiles("a.b").size(), 1u);
  EXPECT_EQ(records.GetFiles("a-b").size(), 0u);
}

// What a folder holds, below it, sorted.
std::vector<std::string> Names(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) {
      names.push_back(entry.path().lexically_relative(folder).string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(BuildRecordTest, WhatTheConfigNoLongerHasGoes) {
  const std::string folder = NewFolder();
  BuildRecords plain(folder, "", Keys);
  BuildRecords test(folder, "profile test", Keys);
  context::FileRecords files;
  files.Add("x", {});
  const auto put = [&](BuildRecords& records, const char* key) {
    ASSERT_TRUE(records.Put(key, Record("sha256:1")).ok());
    ASSERT_TRUE(records.PutFiles(key, files).ok());
  };
  put(plain, "a");
  put(plain, "gone");
  put(test, "a");
  put(test, "only here");
  // Of a record that was lost.
  ASSERT_TRUE(plain.PutFiles("lost", files).ok());
  // Others' files, one of them with a name like ours.
  ASSERT_TRUE(WriteFile(folder + "/files/notes.txt", "x").ok());
  ASSERT_TRUE(WriteFile(folder + "/files/a-01234567", "x").ok());
  ASSERT_EQ(Names(folder).size(), 9u);

  ASSERT_TRUE(plain.Prune({"a", "new"}).ok());
  EXPECT_TRUE(plain.Get("a")->has_value());
  EXPECT_FALSE(plain.Get("gone")->has_value());
  EXPECT_EQ(plain.GetFiles("a").size(), 1u);
  EXPECT_EQ(plain.GetFiles("gone").size(), 0u);
  EXPECT_EQ(plain.GetFiles("lost").size(), 0u);
  EXPECT_TRUE(test.Get("only here")->has_value());
  EXPECT_EQ(test.GetFiles("a").size(), 1u);
  EXPECT_EQ(test.GetFiles("only here").size(), 1u);
  EXPECT_THAT(Names(folder), Contains("files/notes.txt"));
  EXPECT_THAT(Names(folder), Contains("files/a-01234567"));
  EXPECT_EQ(Names(folder).size(), 7u);
}

TEST(BuildRecordTest, NothingToPruneMakesNothing) {
  const std::string folder = NewFolder();
  ASSERT_TRUE(BuildRecords(folder + "/none", "", Keys).Prune({"a"}).ok());
  EXPECT_THAT(Names(folder), ElementsAre());
  BuildRecords records(folder, "", Keys);
  ASSERT_TRUE(WriteFile(folder + "/builds.json", "{").ok());
  EXPECT_FALSE(records.Prune({}).ok());
  EXPECT_THAT(Names(folder), ElementsAre("builds.json"));
}

// Processes that write at the same time lose nothing of each other.
TEST(BuildRecordTest, SeveralProcesses) {
  constexpr int kProcesses = 4;
  constexpr int kRecords = 10;
  const std::string folder = NewFolder();
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      BuildRecords records(folder, "", Keys);
      bool good = true;
      for (int j = 0; j < kRecords; ++j) {
        good &= records.Put(absl::StrCat(i, "-", j), Record("sha256:1")).ok();
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  BuildRecords records(folder, "", Keys);
  for (int i = 0; i < kProcesses; ++i) {
    for (int j = 0; j < kRecords; ++j) {
      EXPECT_TRUE(records.Get(absl::StrCat(i, "-", j))->has_value());
    }
  }
}

TEST(BuildRecordTest, ChangedNames) {
  EXPECT_THAT(ChangedNames({}, {}), ElementsAre());
  EXPECT_THAT(ChangedNames({{"a", "1"}, {"b", "1"}, {"c", "1"}},
                           {{"b", "2"}, {"c", "1"}, {"d", "1"}}),
              ElementsAre("a", "b", "d"));
}

// Hashes of passwords are in them.
TEST(BuildRecordTest, OthersCannotReadThem) {
  const std::string folder = NewFolder();
  const std::string path = absl::StrCat(folder, "/builds.json");
  ASSERT_TRUE(WriteFile(path, "{}").ok());
  std::filesystem::permissions(path, std::filesystem::perms{0644});
  ASSERT_TRUE(BuildRecords(folder, "", Keys).Put("a", Record("sha256:1")).ok());
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms{0600});
}

// A repository may come with a link instead of the folder itself.
TEST(BuildRecordTest, AFolderThatIsALinkIsRefused) {
  for (const char* link : {".ovenbird", ".ovenbird/files"}) {
    const std::string project = NewFolder();
    const std::string elsewhere = NewFolder();
    const std::filesystem::path at = std::filesystem::path(project) / link;
    std::filesystem::create_directories(at.parent_path());
    std::filesystem::create_directory_symlink(elsewhere, at);
    BuildRecords records(absl::StrCat(project, "/.ovenbird"), "", Keys);
    context::FileRecords files;
    files.Add("x", {});
    EXPECT_FALSE(records.PutFiles("a", files).ok());
    if (at.filename() == ".ovenbird") {
      EXPECT_FALSE(records.Put("a", Record("sha256:1")).ok());
    }
    // Its name is one of ours.
    const std::string decoy = absl::StrCat(
        elsewhere, at.filename() == "files" ? "" : "/files", "/a-12345678");
    std::filesystem::create_directories(
        std::filesystem::path(decoy).parent_path());
    ASSERT_TRUE(files.Save(decoy).ok());
    EXPECT_FALSE(records.Prune({}).ok());
    EXPECT_TRUE(std::filesystem::exists(decoy));
  }
}

// A PIN of four digits is found in its plain hash after 10,000 attempts.
TEST(BuildRecordTest, HashesAreOfNoUseWithoutTheKey) {
  const std::string folder = NewFolder();
  BuildRecord record = Record("sha256:1");
  record.options = {{"build.kaniko.options.buildArgs.PIN", "a-plain-hash"}};
  const std::string keys[] = {NewFolder(), NewFolder()};
  const BuildRecords one(folder + "/one", "", [&] { return keys[0]; });
  const BuildRecords two(folder + "/two", "", [&] { return keys[1]; });
  for (const BuildRecords* records : {&one, &two}) {
    ASSERT_TRUE(records->Put("a", record).ok());
    EXPECT_EQ(**records->Get("a"), records->Seal(record));
  }
  for (const char* which : {"/one", "/two"}) {
    const std::string text = *ReadFile(folder + which + "/builds.json");
    EXPECT_EQ(text.find("a-plain-hash"), std::string::npos) << text;
    EXPECT_EQ(text.find("\"12\""), std::string::npos) << text;
  }
  EXPECT_NE((**one.Get("a")).options, (**two.Get("a")).options);
  // The key stays for later builds, and for other projects of the user.
  ASSERT_TRUE(one.Put("a", record).ok());
  EXPECT_EQ(**one.Get("a"), one.Seal(record));
  const BuildRecords other(folder + "/other", "", [&] { return keys[0]; });
  ASSERT_TRUE(other.Put("a", record).ok());
  EXPECT_EQ((**one.Get("a")).options, (**other.Get("a")).options);
  std::filesystem::remove(keys[0] + "/records.key");
  EXPECT_NE((**one.Get("a")).fingerprint, one.Seal(record).fingerprint);
}

// A record that equals the plan is believed: its image is not built, and its
// digest is the result.
TEST(BuildRecordTest, ARepositoryCannotBringItsOwnRecords) {
  const BuildRecord record = Record("sha256:of-a-stranger");
  const std::string secret(64, 'a');
  for (const std::string& key : {secret, std::string()}) {
    const std::string project = NewFolder();
    const std::string keys = NewFolder();
    const std::string home = NewFolder();
    const BuildRecords records(project, "", [&] { return home; });
    // As the stranger's own Ovenbird wrote it, and as an earlier one did.
    ASSERT_TRUE(ReplaceFile(keys + "/records.key", secret, 0600).ok());
    const BuildRecords stranger(project, "", [&] { return keys; });
    ASSERT_TRUE(stranger.Put("a", record).ok());
    ASSERT_TRUE(ReplaceFile(project + "/key", secret, 0600).ok());
    ASSERT_TRUE(ReplaceFile(project + "/records.key", secret, 0600).ok());
    const auto forge = [&](const std::string& text) {
      return ToHex(HmacOf(key, text));
    };
    BuildRecord stored = **stranger.Get("a");
    std::string text = *ReadFile(project + "/builds.json");
    text = absl::StrReplaceAll(
        text, {{stored.fingerprint, forge(record.fingerprint)},
               {stored.options["image"], forge(record.options.at("image"))}});
    for (const char* version : {"2", "3"}) {
      SCOPED_TRACE(absl::StrCat(key, " ", version));
      ASSERT_TRUE(
          WriteFile(project + "/builds.json",
                    absl::StrReplaceAll(
                        text, {{"\"version\": 3",
                                absl::StrCat("\"version\": ", version)}}))
              .ok());
      // Without a key, and with one.
      const auto found = records.Get("a");
      ASSERT_TRUE(found.ok());
      EXPECT_EQ(found->has_value(), *version == '3');
      if (*found) {
        EXPECT_NE((**found).fingerprint, records.Seal(record).fingerprint);
      }
      ASSERT_TRUE(records.Put("b", record).ok());
      const auto then = records.Get("a");
      if (*then) {
        EXPECT_NE((**then).fingerprint, records.Seal(record).fingerprint);
      }
      std::filesystem::remove(home + "/records.key");
    }
  }
}

// Nothing is stored under a key that others know.
TEST(BuildRecordTest, WithoutAPlaceForTheKeyThereIsNoRecord) {
  const std::string folder = NewFolder();
  const BuildRecords records(folder, "", []() -> absl::StatusOr<std::string> {
    return absl::PermissionDeniedError("no folder");
  });
  EXPECT_TRUE(absl::IsPermissionDenied(records.Put("a", Record("sha256:1"))));
  EXPECT_FALSE(std::filesystem::exists(folder + "/builds.json"));
  EXPECT_NE(records.Seal(Record("")), records.Seal(Record("")));
}

TEST(BuildRecordTest, AWaitForAnotherProcessCanBeCancelled) {
  const std::string folder = NewFolder();
  Cancellation cancel;
  const BuildRecords records(folder, "", Keys, LockWait{&cancel});
  ASSERT_TRUE(records.Put("a", Record("sha256:1")).ok());
  const absl::StatusOr<FileLock> lock = FileLock::Take(folder + "/builds.lock");
  ASSERT_TRUE(lock.ok()) << lock.status();
  cancel.Cancel();
  EXPECT_TRUE(absl::IsCancelled(records.Put("a", Record("sha256:2"))));
  EXPECT_TRUE(absl::IsCancelled(records.Prune({})));
}

}  // namespace
}  // namespace ovenbird::build
