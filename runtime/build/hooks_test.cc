#include "runtime/build/hooks.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HooksTest : public testing::Test {
 protected:
  HooksTest() {
    run_.hooks = &hooks_;
    run_.working_dir = std::filesystem::canonical(testing::TempDir()).string();
    run_.on_line = [this](absl::string_view subject, absl::string_view line) {
      lines_.emplace_back(line);
      subjects_.emplace_back(subject);
    };
    run_.cancel = &cancel_;
  }

  static config::Hook Make(const std::string& command,
                           std::vector<std::string> args) {
    config::Hook hook;
    hook.command = command;
    hook.args = std::move(args);
    return hook;
  }
  void Before(const std::string& images, const std::string& command,
              std::vector<std::string> args) {
    hooks_.push_back(Make(command, std::move(args)));
    hooks_.back().when.emplace().before.emplace().images = images;
  }
  void After(const std::string& images, const std::string& command,
             std::vector<std::string> args) {
    hooks_.push_back(Make(command, std::move(args)));
    hooks_.back().when.emplace().after.emplace().images = images;
  }

  std::vector<config::Hook> hooks_;
  std::vector<std::string> lines_;
  std::vector<std::string> subjects_;  // of each line
  Cancellation cancel_;
  HookRun run_;
};

TEST_F(HooksTest, ArgumentsAreNoShellText) {
  Before("all", "printf", {"<%s>\\n", "a b", "$HOME", "'q'", "*"});
  EXPECT_EQ(RunHooks(run_, HookTime::kBefore, {kAllImages}), std::nullopt);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("hook: printf"), "<a b>", "<$HOME>",
                                  "<'q'>", "<*>"));
}

TEST_F(HooksTest, RunsInTheConfigsFolderWithoutInput) {
  Before("all", "sh", {"-c", "pwd; cat; echo wrong >&2"});
  EXPECT_EQ(RunHooks(run_, HookTime::kBefore, {kAllImages}), std::nullopt);
  EXPECT_THAT(lines_,
              ElementsAre(HasSubstr("hook: "), run_.working_dir, "wrong"));
}

TEST_F(HooksTest, EachStreamHasItsOwnLines) {
  Before("all", "sh",
         {"-c",
          "printf o; sleep 0.1; printf e >&2; sleep 0.1; "
          "printf 'ut\nend'; sleep 0.1; echo rr >&2"});
  EXPECT_EQ(RunHooks(run_, HookTime::kBefore, {kAllImages}), std::nullopt);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("hook: "), "out", "err", "end"));
}

TEST_F(HooksTest, OnlyThoseOfTheTimeAndTheSubjectsInTheConfigsOrder) {
  hooks_.push_back(Make("echo", {"never"}));
  Before("web", "echo", {"web"});
  After("all", "echo", {"after"});
  Before("all", "echo", {"all"});
  Before("api", "echo", {"api"});
  EXPECT_EQ(RunHooks(run_, HookTime::kBefore, {kAllImages, "web"}),
            std::nullopt);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("hook: "), "web",
                                  HasSubstr("hook: "), "all"));
  EXPECT_THAT(subjects_, ElementsAre("web", "web", "all", "all"));
  lines_.clear();
  EXPECT_EQ(RunHooks(run_, HookTime::kAfter, {"web"}), std::nullopt);
  EXPECT_THAT(lines_, IsEmpty());
}

struct Case {
  const char* name;
  std::vector<std::string> command;
  const char* what;
  FailureKind kind;
};

class FailingHookTest : public HooksTest,
                        public testing::WithParamInterface<Case> {};

TEST_P(FailingHookTest, StopsTheOthers) {
  const std::vector<std::string>& command = GetParam().command;
  Before("all", command[0], {command.begin() + 1, command.end()});
  Before("all", "echo", {"too far"});
  std::optional<Failure> failure =
      RunHooks(run_, HookTime::kBefore, {kAllImages});
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, GetParam().kind);
  EXPECT_THAT(failure->what, HasSubstr(GetParam().what));
  for (const std::string& line : lines_) EXPECT_NE(line, "too far");
}

INSTANTIATE_TEST_SUITE_P(All, FailingHookTest,
                         testing::Values(Case{"ExitCode",
                                              {"sh", "-c", "exit 3"},
                                              "failed: exit code 3",
                                              FailureKind::kBuild},
                                         Case{"Signal",
                                              {"sh", "-c", "kill -9 $$"},
                                              "failed: signal 9 (Killed)",
                                              FailureKind::kBuild},
                                         Case{"NoSuchProgram",
                                              {"no-such-program"},
                                              "no-such-program",
                                              FailureKind::kEnvironment}),
                         [](const testing::TestParamInfo<Case>& info) {
                           return info.param.name;
                         });

TEST_F(HooksTest, AnInterruptionEndsTheHook) {
  Before("all", "sleep", {"1000"});
  Before("all", "echo", {"too far"});
  cancel_.Cancel();
  std::optional<Failure> failure =
      RunHooks(run_, HookTime::kBefore, {kAllImages});
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind, FailureKind::kInterrupted);
  EXPECT_EQ(failure->what, "interrupted");
}

}  // namespace
}  // namespace ovenbird::build
