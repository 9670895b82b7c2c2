#include "runtime/base/core_dump.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace ovenbird {
namespace {

// Whether a child process that crashes would leave a core dump.
bool Dumps(bool forbid) {
  const pid_t child = fork();
  if (child == 0) {
    if (forbid) ForbidCoreDumps();
    _exit(prctl(PR_GET_DUMPABLE) == 1 ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WEXITSTATUS(status) == 1;
}

TEST(CoreDumpTest, IsForbidden) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  EXPECT_TRUE(Dumps(true)) << "sanitizers read the memory of their process";
#else
  EXPECT_TRUE(Dumps(false)) << "else this test would see nothing";
  EXPECT_FALSE(Dumps(true));
#endif
}

}  // namespace
}  // namespace ovenbird
