// What runs while a build has objects in the cluster, in a thread whose `new`
// fails: nothing ends the program.
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <new>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "runtime/base/format_text.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/subprocess.h"
#include "runtime/base/thread.h"
#include "runtime/base/workspace.h"
#include "tools/testing/failing_new.h"
#include "tools/testing/no_threads.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird {
namespace {

using ::ovenbird::testing::FailEachNew;
using ::ovenbird::testing::FailingNew;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::NewFolder;

TEST(MemoryTest, HashTablesSurvive) {
  const int failures = FailEachNew([] {
    HashMap<std::string, std::string> map;
    HashSet<std::string> set;
    for (int i = 0; i < 40; ++i) {
      std::string text = absl::StrCat("a string that needs memory ", i);
      set.insert(text);
      map[text] = text;
    }
    EXPECT_EQ(map.size(), 40u);
    EXPECT_EQ(set.size(), 40u);
  });
  EXPECT_GT(failures, 100);
}

TEST(MemoryTest, AFormatThrowsWhatItsCallerCanCatch) {
  const int failures = FailEachNew([] {
    const std::string text(100, 'x');
    EXPECT_EQ(FormatText("%s %.1f %04o", text, 1.5, 8), text + " 1.5 0010");
    EXPECT_EQ(FormatText("%300s|", text).size(), 301u);
  });
  EXPECT_GT(failures, 3);
}

// A caller with another thread could not end it.
TEST(MemoryTest, AThreadThatCannotBeStartedThrowsNothing) {
  const testing::NoThreads none;
  const int failures = FailEachNew([] {
    Thread thread;
    bool has_thrown = false;
    absl::Status status;
    try {
      status = StartThread(
          thread, [] {}, NobodyWaits);
    } catch (const std::bad_alloc&) {
      has_thrown = true;
    }
    EXPECT_FALSE(has_thrown);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  });
  EXPECT_GT(failures, 2);
}

TEST(MemoryTest, AFolderThatCannotBeDeletedIsLeft) {
  const std::string parent = NewFolder();
  const int failures = FailEachNew([&] {
    absl::StatusOr<Workspace> workspace = Workspace::Make(parent);
    ASSERT_THAT(workspace, IsOk());
    std::filesystem::create_directories(workspace->path() + "/a/b");
  });
  EXPECT_GT(failures, 10);
}

// Its pipes would be closed, and it would run on.
TEST(MemoryTest, AnExceptionEndsTheProgramThatIsRun) {
  pid_t pid = 0;
  Subprocess process;
  process.argv = {"sh", "-c", "echo $$; exec sleep 60"};
  process.on_stdout = [&](absl::string_view line) {
    ASSERT_TRUE(absl::SimpleAtoi(line, &pid)) << line;
    throw std::bad_alloc();
  };
  EXPECT_THROW((void)RunSubprocess(process), std::bad_alloc);
  ASSERT_GT(pid, 1);
  EXPECT_EQ(kill(pid, 0), -1);
}

}  // namespace
}  // namespace ovenbird
