#include "runtime/cli/console.h"

#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/cli/log_file.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {
namespace {

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
  Console console(&out, /*is_terminal=*/true, [] { return size_t{80}; });
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
  options.prefix = "app";
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

TEST(ConsoleTest, ProgressIsOneLineOfATerminal) {
  for (const bool terminal : {true, false}) {
    std::ostringstream out;
    Console console(&out, terminal, [] { return size_t{60}; });
    ImageConsoleOptions options;
    options.prefix = "app";
    ImageConsole image(&console, std::nullopt, std::move(options));
    image.Step("sending");
    image.Progress("sent 1 of 2 MB");
    image.Progress(std::string(100, 'x'));
    image.Step("sent");
    image.Progress("more");
    image.Progress("");
    image.Step("end");
    const std::string erase = "\r\x1B[K";
    EXPECT_EQ(out.str(),
              terminal
                  ? absl::StrCat("[app] sending\n", erase,
                                 "[app] sent 1 of 2 MB", erase, "[app] ",
                                 std::string(53, 'x'), erase, "[app] sent\n",
                                 erase, "[app] more", erase, "[app] end\n")
                  // No ten seconds have passed.
                  : "[app] sending\n[app] sent\n[app] end\n");
  }
}

}  // namespace
}  // namespace ovenbird::cli
