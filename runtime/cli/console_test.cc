#include "runtime/cli/console.h"

#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "re2/re2.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/board.h"
#include "runtime/cli/log_file.h"
#include "runtime/cli/workflow_commands.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;

struct Case {
  const char* line;
  bool noise;
};

TEST(ConsoleTest, NoiseIsWhatDevSpaceLeavesOut) {
  for (const Case& one : {
           Case{"INFO[0001] Unpacking rootfs as cmd RUN x requires it.", false},
           Case{"INFO[0001] Taking snapshot of full filesystem...", true},
           Case{"INFO[0001] Taking snapshot of files...", true},
           Case{"Taking snapshot of files... of mine", false},
           Case{"INFO[0000] No matching credentials were found, falling back "
                "on anonymous",
                true},
           Case{"INFO[0003] No files changed in this command, skipping "
                "snapshotting.",
                true},
           Case{"Adding /a to layer, because it was changed.", true},
           Case{"ERROR: logging before flag.Parse: E0101 x", true},
           Case{"it said ERROR: logging before flag.Parse: x", false},
           Case{"INFO[0000] Error while retrieving image from cache: getting "
                "file info: stat /cache/x",
                true},
           Case{"", false},
       }) {
    EXPECT_EQ(IsNoise(one.line), one.noise) << one.line;
  }
}

TEST(ConsoleTest, NothingMovesTheCursor) {
  std::ostringstream out;
  Console console(&out);
  ImageConsole image(&console, std::nullopt, {});
  image.Step("reading a\x1B[2Jb");
  image.Warn("c\nd");
  image.Log("\x1B[31mred\x1B[0m \x1B[1A\x1B]0;title\x07\n2");
  EXPECT_EQ(out.str(),
            "reading a\\x1B[2Jb\nwarning: c\\nd\n"
            "  \x1B[31mred\x1B[0m \\x1B[1A\\x1B]0;title\\x07\n  2\n");
  EXPECT_EQ(image.log_file(), "");
}

TEST(ConsoleTest, PasswordsAreNeitherShownNorKept) {
  std::ostringstream out;
  Console console(&out, ConsoleStyle::kBoard);
  console.Hide(report::Mask({"s3cret"}));
  absl::StatusOr<LogFile> log = LogFile::Create(testing::TempDir(), "mask.log");
  ASSERT_TRUE(log.ok()) << log.status();
  ImageConsole image(&console, *std::move(log), {});
  image.Step("running make --pin=s3cret");
  image.Log("got s3cret");
  image.Progress("s3cret");
  image.Warn("s3cret");
  console.Line("", "hook: s3cret");
  const std::string shown =
      out.str() + *ReadFile(absl::StrCat(testing::TempDir(), "/mask.log"));
  EXPECT_EQ(shown.find("s3cret"), std::string::npos) << shown;
  EXPECT_NE(shown.find("got ***\n"), std::string::npos) << shown;
}

std::string Shown(bool short_log, const std::string& path) {
  std::ostringstream out;
  Console console(&out);
  ImageConsoleOptions options;
  options.key = "app";
  options.has_prefix = true;
  options.short_log = short_log;
  absl::StatusOr<LogFile> log = LogFile::Create(
      testing::TempDir(), std::filesystem::path(path).filename().string());
  EXPECT_TRUE(log.ok()) << log.status();
  ImageConsole image(&console, *std::move(log), std::move(options));
  EXPECT_EQ(image.log_file(), "") << "there is no log yet";
  image.Step("kaniko runs");
  image.Log("Taking snapshot of files...");
  image.Log("done");
  image.Warn("careful");
  EXPECT_EQ(image.log_file(), path);
  return out.str();
}

TEST(ConsoleTest, ShowsAndKeepsTheLog) {
  const std::string path = absl::StrCat(testing::TempDir(), "console.log");
  EXPECT_EQ(Shown(false, path),
            "[app] kaniko runs\n"
            "[app]   Taking snapshot of files...\n"
            "[app]   done\n"
            "[app] warning: careful\n");
  EXPECT_EQ(*ReadFile(path), "Taking snapshot of files...\ndone\n");
}

TEST(ConsoleTest, AShortLogIsWholeInItsFile) {
  const std::string path = absl::StrCat(testing::TempDir(), "short.log");
  EXPECT_EQ(Shown(true, path),
            "[app] kaniko runs\n"
            "[app]   done\n"
            "[app] warning: careful\n");
  EXPECT_EQ(*ReadFile(path), "Taking snapshot of files...\ndone\n");
}

TEST(ConsoleTest, ProgressMakesFewLines) {
  std::ostringstream out;
  Console console(&out);
  ImageConsole image(&console, std::nullopt, {});
  image.Step("sending");
  image.Progress("sent 1 of 2 MB");
  image.Step("sent");
  // No ten seconds have passed.
  EXPECT_EQ(out.str(), "sending\nsent\n");
}

ImageConsoleOptions Named(const std::string& key) {
  ImageConsoleOptions options;
  options.key = key;
  options.has_prefix = true;
  options.waits_for = "waiting";
  return options;
}

build::Phase Make() {
  build::Phase step;
  step.kind = build::PhaseKind::kStep;
  step.text = "RUN make";
  step.number = 1;
  step.count = 2;
  return step;
}

BoardSize Narrow() { return {30, 10}; }

// What a terminal shows after it has got `text`: the lines, from the top.
std::vector<std::string> Screen(const std::string& text) {
  std::vector<std::string> lines = {""};
  size_t row = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\x1B[") {
      const size_t end = text.find_first_of("AJm", i);
      const std::string number = text.substr(i + 2, end - i - 2);
      if (text[end] == 'A') row -= std::stoul(number);
      if (text[end] == 'J') lines.resize(row + 1), lines[row].clear();
      i = end;
    } else if (text[i] == '\n') {
      if (++row == lines.size()) lines.emplace_back();
    } else if (text[i] != '\r') {
      lines[row] += text[i];
    }
  }
  return lines;
}

TEST(ConsoleTest, TheBoardStaysBelowTheLines) {
  std::ostringstream out;
  Console console(&out, ConsoleStyle::kColoredBoard, &Narrow);
  ImageConsole app(&console, std::nullopt, Named("app"));
  ImageConsole web(&console, std::nullopt, Named("web"));
  console.Line("", "hook: done");
  console.Begin();
  app.Begin();
  app.Step("kaniko runs");
  app.Enter(Make());
  app.Log("INFO RUN make");
  app.Log("compiling");
  app.Warn("slow");
  absl::SleepFor(absl::Milliseconds(250));  // The board is drawn meanwhile.
  web.Begin();
  web.Progress("sent 1 of 2 MB");
  web.End(RowState::kBuilt, "built");
  app.Log("error: \x1B[31mno\x1B[0m rule");
  app.End(RowState::kFailed, "failed: RUN make");
  console.End();
  EXPECT_THAT(
      Screen(out.str()),
      ElementsAre("hook: done", "[app] warning: slow", "[app]   INFO RUN make",
                  "[app]   compiling", "[app]   error: no rule",
                  "app  failed: RUN make    0:00",
                  "web  built               0:00", "1 built, 1 failed  0:00",
                  ""));
  EXPECT_NE(out.str().find("app  [1/2] RUN make"), std::string::npos)
      << out.str();
}

// The fields of each event, without its time.
std::vector<std::string> Events(const std::string& text) {
  std::vector<std::string> events;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const absl::StatusOr<json::Value> event = json::Parse(line);
    EXPECT_TRUE(event.ok()) << line;
    if (!event.ok()) continue;
    events.push_back(absl::StrCat((*event)["event"].string_or(), "|",
                                  (*event)["image"].string_or(), "|",
                                  (*event)["text"].string_or(),
                                  event->Get({"step", "text"}).string_or()));
  }
  return events;
}

TEST(ConsoleTest, EventsForPrograms) {
  std::ostringstream out;
  Console console(&out, ConsoleStyle::kEvents, &Narrow, absl::Milliseconds(1));
  console.Hide(report::Mask({"s3cret"}));
  ImageConsoleOptions options = Named("app");
  options.has_prefix = false;
  ImageConsole app(&console, std::nullopt, options);
  console.Begin();
  app.Begin();
  app.Step("kaniko runs");
  app.Enter({.kind = build::PhaseKind::kStep, .text = "RUN echo s3cret"});
  app.Progress("sent 1 of 9 MB");  // Too soon after the step.
  app.Log("a\x1B[0m\ns3cret");
  app.Warn("slow");
  absl::SleepFor(absl::Milliseconds(1100));
  app.Progress("sent 2 of 9 MB");
  app.Progress("sent 3 of 9 MB");
  app.Progress("");
  console.Line("web", "hook: done");
  console.Line("", "waiting for the cluster");
  app.End(RowState::kFailed, "failed");
  console.End({{"the table", ""}});
  EXPECT_THAT(
      Events(out.str()),
      ElementsAre("image-waiting|app|waiting", "image-started|app|",
                  "status|app|kaniko runs", "step|app|RUN echo ***",
                  "log|app|a\x1B[0m", "log|app|***", "warning|app|slow",
                  "progress|app|sent 2 of 9 MB", "message|web|hook: done",
                  "message||waiting for the cluster"));
}

TEST(ConsoleTest, TheTableReplacesTheBoard) {
  for (const ConsoleStyle style : {ConsoleStyle::kLines, ConsoleStyle::kBoard,
                                   ConsoleStyle::kColoredBoard}) {
    std::ostringstream out;
    Console console(&out, style, &Narrow);
    ImageConsole app(&console, std::nullopt, Named("app"));
    console.Begin();
    absl::SleepFor(absl::Milliseconds(250));
    console.End({{"app  0:01", "\x1B[32m"}, {"1 built  0:01", ""}});
    EXPECT_THAT(Screen(out.str()),
                ElementsAre("app  0:01", "1 built  0:01", ""));
    EXPECT_EQ(out.str().find("\x1B[32mapp  0:01\x1B[0m") != std::string::npos,
              style == ConsoleStyle::kColoredBoard);
  }
}

TEST(ConsoleTest, TellsWhatAQuietImageDoes) {
  std::ostringstream out;
  Console console(&out, ConsoleStyle::kLines, &Narrow, absl::Milliseconds(1));
  ImageConsole app(&console, std::nullopt, Named("app"));
  ImageConsole web(&console, std::nullopt, Named("web"));
  console.Begin();
  app.Begin();
  app.Enter(Make());
  app.Log("INFO RUN make");
  absl::SleepFor(absl::Milliseconds(300));
  app.End(RowState::kBuilt, "built");
  console.End();
  const std::string told = "[app] still running after 0:00: [1/2] RUN make\n";
  EXPECT_NE(out.str().find(told), std::string::npos) << out.str();
  // It has not begun.
  EXPECT_EQ(out.str().find("[web]"), std::string::npos) << out.str();
}

// A log that is kept until the end is not seen.
TEST(ConsoleTest, AnImageWhoseLogIsKeptIsQuiet) {
  std::ostringstream out;
  WorkflowCommands commands(&out);
  Console console(&out, ConsoleStyle::kLines, &Narrow, absl::Seconds(1));
  console.Use(&commands);
  ImageConsoleOptions options = Named("app");
  options.grouping = Grouping::kAtTheEnd;
  ImageConsole app(&console, std::nullopt, options);
  console.Begin();
  app.Begin();
  app.Step("kaniko runs");
  for (int i = 0; i < 100; ++i) {
    app.Log("a line");
    absl::SleepFor(absl::Milliseconds(20));
  }
  console.End();
  EXPECT_THAT(out.str(), ::testing::HasSubstr("still running after"));
}

// Two images at the same time: their logs are not mixed.
TEST(ConsoleTest, LogsAreGroupsOfGitHubActions) {
  std::ostringstream out;
  {
    WorkflowCommands commands(&out);
    Console console(&out);
    console.Use(&commands);
    console.Hide(report::Mask({"s3cret"}));
    ImageConsoleOptions options = Named("app");
    options.grouping = Grouping::kAtTheEnd;
    ImageConsole app(&console, std::nullopt, options);
    options.key = "web";
    ImageConsole web(&console, std::nullopt, options);
    app.Begin();
    web.Begin();
    app.Step("kaniko runs");
    app.Log("one s3cret");
    web.Log("two");
    app.Log("three");
    web.End(RowState::kBuilt, "built");
    app.End(RowState::kBuilt, "built");
  }
  std::string text = out.str();
  RE2::GlobalReplace(&text, "ovenbird-[0-9a-f]{64}", "TOKEN");
  EXPECT_EQ(text,
            "[app] kaniko runs\n"
            "::group::web: log\n::stop-commands::TOKEN\n  two\n::TOKEN::\n"
            "::endgroup::\n"
            "::group::app: log\n::stop-commands::TOKEN\n  one ***\n  three\n"
            "::TOKEN::\n::endgroup::\n");
}

TEST(ConsoleTest, OfALongLogTheEndIsAGroup) {
  std::ostringstream out;
  WorkflowCommands commands(&out);
  Console console(&out);
  console.Use(&commands);
  ImageConsoleOptions options = Named("app");
  options.grouping = Grouping::kAtTheEnd;
  ImageConsole app(&console, std::nullopt, options);
  app.Begin();
  for (int i = 0; i < 60; ++i) {
    app.Log(absl::StrCat("line ", i, " ", std::string(100'000, 'x')));
  }
  app.End(RowState::kBuilt, "built");
  const std::string text = out.str();
  EXPECT_LT(text.size(), 4'300'000u);
  EXPECT_TRUE(absl::StartsWith(text, "::group::app: the end of the log\n"));
  EXPECT_FALSE(absl::StrContains(text, "  line 0 "));
  EXPECT_TRUE(absl::StrContains(text, "\n  line 40 "));
  EXPECT_TRUE(absl::StrContains(text, "\n  line 59 "));
}

TEST(ConsoleTest, ANarrowerTerminalHasWrappedTheBoard) {
  static size_t width = 60;
  std::ostringstream out;
  Console console(&out, ConsoleStyle::kBoard, [] {
    return BoardSize{width, 24};
  });
  ImageConsole app(&console, std::nullopt, Named("app"));
  console.Begin();
  app.Begin();
  absl::SleepFor(absl::Milliseconds(250));
  width = 20;
  console.End();
  // The line of 59 columns has become three, the other one two.
  EXPECT_NE(out.str().find("\x1B[4A\r\x1B[J"), std::string::npos) << out.str();
}

}  // namespace
}  // namespace ovenbird::cli
