#include "runtime/build/owner.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace ovenbird::build {
namespace {

TEST(OwnerTest, ThisProcessRuns) {
  const Owner owner = ThisProcess();
  EXPECT_FALSE(owner.user.empty());
  EXPECT_FALSE(owner.host.empty());
  EXPECT_EQ(LivenessOf(owner.process), Liveness::kRunning);
  EXPECT_EQ(PidOf(owner.process), absl::StrCat(getpid()));
}

TEST(OwnerTest, AProcessThatHasEnded) {
  int words[2];
  ASSERT_EQ(pipe(words), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string process = ThisProcess().process;
    _exit(write(words[1], process.data(), process.size()) < 0);
  }
  close(words[1]);
  char text[200];
  const ssize_t size = read(words[0], text, sizeof(text));
  close(words[0]);
  ASSERT_GT(size, 0);
  const std::string process(text, size);
  siginfo_t info;
  // It has ended, and nobody has taken note of it: not running either.
  waitid(P_PID, child, &info, WEXITED | WNOWAIT);
  EXPECT_EQ(LivenessOf(process), Liveness::kEnded);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(LivenessOf(process), Liveness::kEnded);
}

TEST(OwnerTest, WhatCanNotBeKnown) {
  const std::string process = ThisProcess().process;
  const std::string scope = process.substr(0, process.find('/'));
  EXPECT_EQ(LivenessOf(""), Liveness::kUnknown);
  EXPECT_EQ(LivenessOf("x"), Liveness::kUnknown);
  EXPECT_EQ(LivenessOf("a/b/1/"), Liveness::kUnknown);
  EXPECT_EQ(PidOf("x"), "");
  // Another machine, or this one before it was started again.
  EXPECT_EQ(LivenessOf(absl::StrReplaceAll(process, {{scope, "other"}})),
            Liveness::kUnknown);
  // The pid now is another process's.
  EXPECT_EQ(LivenessOf(process + "1"), Liveness::kEnded);
}

}  // namespace
}  // namespace ovenbird::build
