#include "runtime/base/secret_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/file.h"
#include "runtime/base/file_lock.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::StatusIs;

TEST(SecretKeyTest, IsMadeOnceForItsOwnerOnly) {
  const mode_t before = umask(0);
  const std::string path = absl::StrCat(NewFolder(), "/key");
  EXPECT_EQ(ReadSecretKey(path), "");
  const absl::StatusOr<std::string> key = MakeSecretKey(path);
  umask(before);
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->size(), 64u);
  EXPECT_EQ(ReadSecretKey(path), *key);
  EXPECT_THAT(MakeSecretKey(path), IsOkAndHolds(*key));
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_NE(NewSecretKey(), *key);
}

// Another user may know the key, or have made it.
TEST(SecretKeyTest, OthersFilesAreNotKeys) {
  const std::string path = absl::StrCat(NewFolder(), "/key");
  ASSERT_THAT(MakeSecretKey(path), IsOk());
  const std::string key = ReadSecretKey(path);
  for (const mode_t mode : {0604, 0640, 0622, 0644}) {
    chmod(path.c_str(), mode);
    EXPECT_EQ(ReadSecretKey(path), "") << mode;
  }
  EXPECT_NE(*MakeSecretKey(path), key);
  std::filesystem::rename(path, path + ".other");
  std::filesystem::create_symlink(path + ".other", path);
  EXPECT_EQ(ReadSecretKey(path), "");
  EXPECT_THAT(MakeSecretKey(path), IsOk());
  // Only root can, and not in a sandbox.
  if (chown(path.c_str(), 12345, 0) == 0) {
    EXPECT_EQ(ReadSecretKey(path), "");
  }
}

TEST(SecretKeyTest, OtherContentIsReplaced) {
  const std::string path = absl::StrCat(NewFolder(), "/key");
  for (const std::string& content :
       {std::string(), std::string(63, 'a'), std::string(65, 'a'),
        std::string(64, 'x')}) {
    ASSERT_THAT(ReplaceFile(path, content, 0600), IsOk());
    EXPECT_EQ(ReadSecretKey(path), "");
    EXPECT_THAT(MakeSecretKey(path), IsOk());
    EXPECT_NE(ReadSecretKey(path), "");
  }
}

TEST(SecretKeyTest, ThoseThatMakeItSimultaneouslyGetTheSame) {
  for (int round = 0; round < 10; ++round) {
    const std::string path = absl::StrCat(NewFolder(), "/key");
    constexpr int kThreads = 8;
    std::vector<std::string> keys(kThreads);
    std::vector<std::thread> threads;
    for (std::string& key : keys) {
      threads.emplace_back([&] { key = MakeSecretKey(path).value_or("none"); });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 1u);
    EXPECT_EQ(keys[0], ReadSecretKey(path));
  }
}

TEST(SecretKeyTest, AWaitForAnotherProcessCanBeCancelled) {
  const std::string path = absl::StrCat(NewFolder(), "/key");
  const absl::StatusOr<FileLock> lock =
      FileLock::Take(absl::StrCat(path, ".lock"));
  ASSERT_THAT(lock, IsOk());
  Cancellation cancel;
  cancel.Cancel();
  EXPECT_THAT(MakeSecretKey(path, {&cancel}),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace ovenbird
