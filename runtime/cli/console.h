// What a build shows: lines on standard error, each with its image's key when
// several are built, and kaniko's whole output in a file per image. Standard
// output is for results alone.
#ifndef OVENBIRD_RUNTIME_CLI_CONSOLE_H_
#define OVENBIRD_RUNTIME_CLI_CONSOLE_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "runtime/base/mutex.h"
#include "runtime/build/observer.h"
#include "runtime/cli/log_file.h"

namespace ovenbird::cli {

// Columns of the terminal behind standard error; 80 when it has none.
size_t TerminalWidth();

// Thread-safe: each call writes whole lines.
class Console {
 public:
  // `out` must outlive the console. `width` is asked each time: people resize.
  explicit Console(std::ostream* out, bool is_terminal = false,
                   size_t (*width)() = &TerminalWidth)
      : out_(out), is_terminal_(is_terminal), width_(width) {}
  void Line(absl::string_view prefix, absl::string_view text);
  // On a terminal: takes the place of the one before, until a line comes;
  // an empty text takes it away.
  void Progress(absl::string_view prefix, absl::string_view text);
  bool is_terminal() const { return is_terminal_; }

 private:
  Mutex mutex_;
  std::ostream* const out_ ABSL_PT_GUARDED_BY(mutex_);
  const bool is_terminal_;
  size_t (*const width_)();
  bool has_progress_ ABSL_GUARDED_BY(mutex_) = false;
};

struct ImageConsoleOptions {
  std::string prefix;  // may be empty
  // Leave out what DevSpace 4.11 leaves out; the file has all.
  bool short_log = false;
};

// One image's view of the console, with its log file if it can have one.
class ImageConsole : public build::Observer {
 public:
  // `console` must outlive it.
  ImageConsole(Console* console, std::optional<LogFile> log,
               ImageConsoleOptions options);

  void Step(absl::string_view text) override;
  // On a terminal one line that changes, elsewhere a line every ten seconds.
  void Progress(absl::string_view text) override;
  void Log(absl::string_view line) override;
  void Warn(absl::string_view text) override;

  // Empty while nothing was logged.
  std::string log_file() const {
    return log_ && log_->written() ? log_->path() : "";
  }

 private:
  Console* const console_;
  const ImageConsoleOptions options_;
  std::optional<LogFile> log_;
  std::chrono::steady_clock::time_point last_step_;  // or line of progress
};

// A line of kaniko's log that says nothing about the build; the rules are those
// of DevSpace 4.11.
bool IsNoise(absl::string_view line);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CONSOLE_H_
