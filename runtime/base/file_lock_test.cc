#include "runtime/base/file_lock.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/thread.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::NewFolder;
using ::testing::ElementsAre;

// Whether another process gets the lock immediately.
bool IsFree(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(1);  // Ends the process while it waits.
    _exit(FileLock::Take(path).ok() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(FileLockTest, FollowsNoLink) {
  const std::string folder = NewFolder();
  const std::string path = absl::StrCat(folder, "/lock");
  const std::string target = absl::StrCat(folder, "/target");
  ASSERT_EQ(symlink(target.c_str(), path.c_str()), 0);
  EXPECT_FALSE(FileLock::Take(path).ok());
  EXPECT_NE(access(target.c_str(), F_OK), 0);
}

TEST(FileLockTest, IsHeldByOneProcess) {
  const std::string path = absl::StrCat(NewFolder(), "/lock");
  absl::StatusOr<FileLock> lock = FileLock::Take(path);
  ASSERT_TRUE(lock.ok()) << lock.status();
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_FALSE(IsFree(path));
  {
    const FileLock moved = *std::move(lock);
    EXPECT_FALSE(IsFree(path));
  }
  EXPECT_TRUE(IsFree(path));
  EXPECT_EQ(access(path.c_str(), F_OK), 0) << "the file stays";
}

// A process that was stopped, a server of NFS that does not answer.
TEST(FileLockTest, AWaitIsToldAndCanBeCancelled) {
  const std::string path = absl::StrCat(NewFolder(), "/lock");
  const absl::StatusOr<FileLock> lock = FileLock::Take(path);
  ASSERT_TRUE(lock.ok()) << lock.status();
  Cancellation cancel;
  std::vector<std::string> notes;
  const auto on_wait = [&](absl::string_view text) {
    notes.emplace_back(text);
  };
  Thread canceller([&] {
    absl::SleepFor(absl::Milliseconds(800));
    cancel.Cancel();
  });
  const absl::Status status =
      FileLock::Take(path, {&cancel, on_wait, absl::Milliseconds(50)}).status();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_NE(status.message().find(path), std::string::npos) << status;
  EXPECT_THAT(notes,
              ElementsAre(absl::StrCat(
                  "waiting for another build, which has locked ", path)));
}

TEST(FileLockTest, AShortWaitIsNotTold) {
  const std::string path = absl::StrCat(NewFolder(), "/lock");
  std::optional<absl::StatusOr<FileLock>> lock = FileLock::Take(path);
  Thread owner([&] {
    absl::SleepFor(absl::Milliseconds(300));
    lock.reset();
  });
  bool is_told = false;
  EXPECT_TRUE(FileLock::Take(
                  path, {nullptr, [&](absl::string_view) { is_told = true; }})
                  .ok());
  EXPECT_FALSE(is_told);
}

// What was built is noted after a Ctrl-C, too.
TEST(FileLockTest, AFreeLockIsTakenAfterACancellation) {
  Cancellation cancel;
  cancel.Cancel();
  EXPECT_TRUE(
      FileLock::Take(absl::StrCat(NewFolder(), "/lock"), {&cancel}).ok());
}

TEST(FileLockTest, ErrorsNameThePath) {
  const std::string path = absl::StrCat(NewFolder(), "/missing/lock");
  const absl::Status status = FileLock::Take(path).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_NE(status.message().find(path), std::string::npos) << status;
}

}  // namespace
}  // namespace ovenbird
