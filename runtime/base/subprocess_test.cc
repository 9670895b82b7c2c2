#include "runtime/base/subprocess.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/status_matchers.h"
#include "tools/testing/wall_clock.h"

namespace ovenbird {
namespace {

using ::testing::HasSubstr;

Subprocess Shell(std::string script) {
  Subprocess process;
  process.argv = {"sh", "-c", std::move(script)};
  return process;
}

TEST(SubprocessTest, CapturesBothOutputsAndTheExitCode) {
  absl::StatusOr<SubprocessResult> result =
      RunSubprocess(Shell("echo out; echo err >&2; exit 7"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->exit_code, 7);
  EXPECT_EQ(result->signal, 0);
  EXPECT_FALSE(result->ok());
  EXPECT_EQ(result->Describe(), "exit code 7");
}

TEST(SubprocessTest, ASignalIsTold) {
  absl::StatusOr<SubprocessResult> result =
      RunSubprocess(Shell("kill -KILL $$"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->signal, SIGKILL);
  EXPECT_EQ(result->exit_code, 137);
  EXPECT_EQ(result->Describe(), "signal 9 (Killed)");
}

TEST(SubprocessTest, FeedsMoreThanAPipeHoldsWhileReadingItBack) {
  Subprocess process;
  process.argv = {"cat"};
  process.stdin_data = std::string(1 << 20, 'x');
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, process.stdin_data);
}

TEST(SubprocessTest, FeedsWhatASourceGives) {
  int pieces = 0;
  Subprocess process;
  process.argv = {"cat"};
  process.stdin_source = [&]() -> absl::StatusOr<std::string> {
    return ++pieces <= 3 ? absl::StrCat("piece ", pieces, "\n") : "";
  };
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, "piece 1\npiece 2\npiece 3\n");
}

TEST(SubprocessTest, AFailingSourceEndsTheProgram) {
  Subprocess process;
  process.argv = {"cat"};
  process.stdin_source = [] { return absl::DataLossError("disk"); };
  EXPECT_EQ(RunSubprocess(process).status(), absl::DataLossError("disk"));
}

TEST(SubprocessTest, AProgramThatDoesNotReadItsInputIsNoError) {
  Subprocess process = Shell("exec <&-; exit 0");
  process.stdin_data = std::string(1 << 20, 'x');
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->ok());
}

TEST(SubprocessTest, StdinIsEmptyOtherwise) {
  Subprocess process;
  process.argv = {"cat"};
  EXPECT_EQ(RunSubprocess(process)->out, "");
}

TEST(SubprocessTest, StreamsOutput) {
  std::string seen;
  Subprocess process = Shell("echo a; echo b");
  process.on_stdout = [&](absl::string_view piece) {
    absl::StrAppend(&seen, piece);
  };
  absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(seen, "a\nb\n");
  EXPECT_EQ(result->out, "");
}

TEST(SubprocessTest, SetsAndUnsetsTheEnvironmentAndTheFolder) {
  setenv("OVENBIRD_TEST_GONE", "1", 1);
  setenv("OVENBIRD_TEST_OLD", "old", 1);
  Subprocess process =
      Shell("echo $OVENBIRD_TEST_OLD ${OVENBIRD_TEST_GONE-unset}; pwd");
  process.set_env = {{"OVENBIRD_TEST_OLD", "new"}};
  process.unset_env = {"OVENBIRD_TEST_GONE"};
  process.working_dir = "/usr";
  EXPECT_EQ(RunSubprocess(process)->out, "new unset\n/usr\n");
}

TEST(SubprocessTest, SaysWhatCannotBeStarted) {
  Subprocess missing;
  missing.argv = {"no-such-program-of-ovenbird"};
  EXPECT_EQ(RunSubprocess(missing).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(RunSubprocess(missing).status().message(),
              HasSubstr("program `no-such-program-of-ovenbird` is not in any "
                        "folder of PATH"));

  Subprocess not_executable;
  not_executable.argv = {"/etc/passwd", "a b"};
  EXPECT_EQ(RunSubprocess(not_executable).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(RunSubprocess(not_executable).status().message(),
              HasSubstr("cannot run `/etc/passwd 'a b'`"));

  Subprocess bad_folder = Shell("true");
  bad_folder.working_dir = "/no/such/folder";
  EXPECT_EQ(RunSubprocess(bad_folder).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(RunSubprocess(bad_folder).status().message(),
              HasSubstr("in /no/such/folder"));

  EXPECT_EQ(RunSubprocess(Subprocess()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(SubprocessTest, TheTimeLimitEndsIt) {
  Subprocess process;
  process.argv = {"sleep", "1000"};
  process.timeout = absl::Milliseconds(1);
  absl::Status status = RunSubprocess(process).status();
  EXPECT_EQ(status,
            absl::DeadlineExceededError("`sleep 1000` did not end within 1ms"));
}

// The program's child keeps a FIFO open forever and is deaf to SIGTERM: the
// FIFO's reader comes to the end only when that child is gone too.
TEST(SubprocessTest, CancellationEndsTheWholeGroup) {
  const std::string fifo = absl::StrCat(::testing::TempDir(), "/group_fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  Cancellation cancel;
  Subprocess process = Shell(absl::StrCat("trap '' TERM; exec 5>", fifo,
                                          "; echo x >&5; sleep 1000 & "
                                          "echo ready; wait"));
  process.cancel = &cancel;
  process.grace = absl::Milliseconds(50);
  process.on_stdout = [&](absl::string_view) { cancel.Cancel(); };
  EXPECT_EQ(RunSubprocess(process).status().code(),
            absl::StatusCode::kCancelled);
  fcntl(reader, F_SETFL, 0);
  char buffer[8];
  EXPECT_EQ(read(reader, buffer, sizeof(buffer)), 2);
  EXPECT_EQ(read(reader, buffer, sizeof(buffer)), 0);
  close(reader);
  unlink(fifo.c_str());
  // And nothing is started any more.
  EXPECT_EQ(RunSubprocess(process).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(SubprocessTest, WhatRunsOnInTheBackgroundDoesNotHoldUs) {
  absl::StatusOr<SubprocessResult> result =
      RunSubprocess(Shell("sleep 1000 & echo $!"));
  ASSERT_TRUE(result.ok()) << result.status();
  int pid = 0;
  ASSERT_TRUE(absl::SimpleAtoi(result->out, &pid));
  EXPECT_EQ(kill(pid, SIGKILL), 0);  // It was left alive.
}

TEST(SubprocessTest, OpenFilesAreNotInherited) {
  // 0, 1, 2 and the folder that ls itself has open.
  Subprocess process;
  process.argv = {"ls", "/proc/self/fd"};
  FILE* file = fopen("/etc/passwd", "r");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(RunSubprocess(process)->out, "0\n1\n2\n3\n");
  fclose(file);
}

// Runs the script in a process that has a terminal of its own, as the tool has
// that of its user; returns the exit code of the script, or 200 if it did not
// end.
int RunOnATerminal(const std::string& script) {
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(terminal);
    unlockpt(terminal);
    // The first terminal that the leader of a session opens becomes its own.
    if (open(ptsname(terminal), O_RDWR) < 0) _exit(201);
    Subprocess process = Shell(script);
    process.timeout = absl::Seconds(10);
    process.grace = absl::ZeroDuration();
    const absl::StatusOr<SubprocessResult> result = RunSubprocess(process);
    _exit(result.ok() ? result->exit_code : 200);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 202;
}

// A program in the background of a terminal that reads from it is stopped,
// forever and without a message.
TEST(SubprocessTest, ReadingTheTerminalFails) {
  EXPECT_EQ(RunOnATerminal("read answer </dev/tty && exit 7; exit 8"), 8);
  // With the programs that it starts, too.
  EXPECT_EQ(RunOnATerminal("sh -c 'cat /dev/tty; exit 9'"), 9);
}

TEST(SubprocessTest, WritingToTheTerminalStopsNothing) {
  EXPECT_EQ(RunOnATerminal("stty tostop </dev/tty && echo a >/dev/tty && "
                           "exit 7"),
            7);
}

TEST(ShellCommandTest, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(ShellCommand({"docker", "run", "a b", "", "it's", "$x"}),
            "docker run 'a b' '' 'it'\\''s' '$x'");
}

TEST(SubprocessTest, AnEmptyPathHasNoPrograms) {
  Subprocess process;
  process.argv = {"sh", "-c", "true"};
  process.set_env = {{"PATH", ""}};
  EXPECT_EQ(RunSubprocess(process).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(FindProgramTest, TakesTheFirstFolderThatHasIt) {
  EXPECT_EQ(*FindProgram("sh", "/no/such:/bin:/usr/bin"), "/bin/sh");
  EXPECT_FALSE(FindProgram("sh", "/etc").ok());
}

// After a suspend, or when an administrator sets the clock.
TEST(SubprocessTest, AStepOfTheWallClockIsNoTime) {
  for (const absl::Duration step : {absl::Hours(1), -absl::Hours(1)}) {
    std::optional<testing::WallClockStep> clock;
    Subprocess process;
    process.argv = {"sh", "-c", "echo a; sleep 0.3; echo b; sleep 0.3"};
    process.timeout = absl::Minutes(1);
    std::string out;
    process.on_stdout = [&](absl::string_view text) {
      absl::StrAppend(&out, text);
      clock.emplace(step);
    };
    EXPECT_THAT(RunSubprocess(process), testing::IsOk());
    EXPECT_EQ(out, "a\nb\n");
  }
  // The time limit counts as before.
  std::optional<testing::WallClockStep> back;
  Subprocess process;
  process.argv = {"sh", "-c", "echo a; exec sleep 60"};
  process.timeout = absl::Seconds(1);
  process.on_stdout = [&](absl::string_view) { back.emplace(-absl::Hours(1)); };
  EXPECT_THAT(RunSubprocess(process),
              testing::StatusIs(absl::StatusCode::kDeadlineExceeded));
}

}  // namespace
}  // namespace ovenbird
