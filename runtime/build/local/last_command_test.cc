#include "runtime/build/local/last_command.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

std::string NewFile() {
  static int count = 0;
  return absl::StrCat(testing::TempDir(), "/last_command_", getpid(), "_",
                      ++count);
}

bool AppearsWithin(absl::Duration time, const std::string& path) {
  const absl::Time end = absl::Now() + time;
  while (!std::filesystem::exists(path)) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return true;
}

// Waits until the calling process has a child: the shell.
void WaitForChild() {
  while (true) {
    for (const auto& thread :
         std::filesystem::directory_iterator("/proc/self/task")) {
      std::ifstream children(thread.path() / "children");
      if (int pid = 0; children >> pid) return;
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
}

// A process that does what `body` does, has a shell in the end, makes the
// folder `ready` and waits to be killed.
template <typename Body>
pid_t Start(const std::string& ready, Body body) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  body();
  WaitForChild();
  std::filesystem::create_directory(ready);
  while (true) pause();
}

void End(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

TEST(LastCommand, RunsWhenTheProcessIsKilled) {
  const std::string ready = NewFile(), made = NewFile() + " it's";
  const pid_t pid = Start(ready, [&] { new LastCommand({"touch", made}); });
  ASSERT_TRUE(AppearsWithin(absl::Seconds(30), ready));
  EXPECT_FALSE(std::filesystem::exists(made));
  End(pid);
  EXPECT_TRUE(AppearsWithin(absl::Seconds(30), made));
}

TEST(LastCommand, DoesNotRunOnceItIsDestroyed) {
  const std::string ready = NewFile(), made = NewFile(), later = NewFile();
  const pid_t pid = Start(ready, [&] {
    auto command =
        std::make_unique<LastCommand>(std::vector<std::string>{"touch", made});
    WaitForChild();
    command.reset();
    new LastCommand({"touch", later});
  });
  ASSERT_TRUE(AppearsWithin(absl::Seconds(30), ready));
  End(pid);
  EXPECT_TRUE(AppearsWithin(absl::Seconds(30), later));
  EXPECT_FALSE(std::filesystem::exists(made));
}

}  // namespace
}  // namespace ovenbird::build
