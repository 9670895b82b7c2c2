#include "runtime/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBetweenLines(10);
constexpr absl::string_view kEraseLine = "\r\x1B[K";

std::string Prefixed(absl::string_view prefix, absl::string_view text) {
  return prefix.empty() ? std::string(text)
                        : absl::StrCat("[", prefix, "] ", text);
}

}  // namespace

size_t TerminalWidth() {
  winsize size = {};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? size.ws_col : 80;
}

void Console::Line(absl::string_view prefix, absl::string_view text) {
  const std::string line =
      absl::StrCat(Prefixed(prefix, mask_.Apply(text)), "\n");
  MutexLock lock(&mutex_);
  if (has_progress_) *out_ << kEraseLine;
  has_progress_ = false;
  *out_ << line << std::flush;
}

void Console::Progress(absl::string_view prefix, absl::string_view text) {
  // A longer line would wrap, and stay.
  const std::string line =
      text.empty()
          ? ""
          : Prefixed(prefix, mask_.Apply(text)).substr(0, width_() - 1);
  MutexLock lock(&mutex_);
  has_progress_ = !text.empty();
  *out_ << kEraseLine << line << std::flush;
}

ImageConsole::ImageConsole(Console* console, std::optional<LogFile> log,
                           ImageConsoleOptions options)
    : console_(console), options_(std::move(options)), log_(std::move(log)) {}

void ImageConsole::Step(absl::string_view text) {
  last_step_ = Clock::now();
  console_->Line(options_.prefix, report::Visible(text));
}

void ImageConsole::Progress(absl::string_view text) {
  if (console_->is_terminal()) {
    console_->Progress(options_.prefix, report::Visible(text));
  } else if (!text.empty() && Clock::now() - last_step_ >= kBetweenLines) {
    Step(text);
  }
}

void ImageConsole::Log(absl::string_view line) {
  WriteToFile(line);
  if (options_.short_log && IsNoise(line)) return;
  // A message of kaniko may have several lines.
  for (absl::string_view each : absl::StrSplit(line, '\n')) {
    console_->Line(options_.prefix,
                   absl::StrCat("  ", report::VisibleWithColors(each)));
  }
}

void ImageConsole::Warn(absl::string_view text) {
  console_->Line(options_.prefix,
                 absl::StrCat("warning: ", report::Visible(text)));
}

void ImageConsole::WriteToFile(absl::string_view line) {
  if (!log_) return;
  const absl::Status status =
      log_->Write(absl::StrCat(console_->mask().Apply(line), "\n"));
  if (!status.ok()) {
    Warn(absl::StrCat("the log file is incomplete: ", status.message()));
  }
}

bool IsNoise(absl::string_view line) {
  for (const char* end :
       {", because it was changed.",
        "No matching credentials were found, falling back on anonymous",
        "Taking snapshot of full filesystem...", "Taking snapshot of files...",
        "No files changed in this command, skipping snapshotting."}) {
    if (absl::EndsWith(line, end)) return true;
  }
  return absl::StartsWith(line, "ERROR: logging before flag.Parse:") ||
         absl::StrContains(
             line,
             "Error while retrieving image from cache: getting file info");
}

}  // namespace ovenbird::cli
