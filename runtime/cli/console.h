// The output of a build: lines on standard error, each with its image's key if
// several are built, and kaniko's whole output in a file per image. Standard
// output is for results only.
#ifndef OVENBIRD_RUNTIME_CLI_CONSOLE_H_
#define OVENBIRD_RUNTIME_CLI_CONSOLE_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "runtime/base/mutex.h"
#include "runtime/build/observer.h"
#include "runtime/cli/log_file.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {

// Returns the columns of the terminal on standard error; 80 if it is not a
// terminal.
size_t TerminalWidth();

// The lines that all builds of a run write. Thread-safe: each call writes whole
// lines.
class Console {
 public:
  // `out` must outlive the console. `width` is called each time, since users
  // resize terminals.
  explicit Console(std::ostream* out, bool is_terminal = false,
                   size_t (*width)() = &TerminalWidth)
      : out_(out), is_terminal_(is_terminal), width_(width) {}
  // Has passwords replaced in all that is written from now on. Call it before
  // other threads use the console.
  void Hide(report::Mask mask) { mask_ = std::move(mask); }
  const report::Mask& mask() const { return mask_; }
  // Writes "[prefix] text", or only the text if the prefix is empty.
  void Line(absl::string_view prefix, absl::string_view text);
  // Replaces the line of progress on a terminal, until Line() writes one; an
  // empty text removes it.
  void Progress(absl::string_view prefix, absl::string_view text);
  bool is_terminal() const { return is_terminal_; }

 private:
  Mutex mutex_;
  std::ostream* const out_ ABSL_PT_GUARDED_BY(mutex_);
  const bool is_terminal_;
  size_t (*const width_)();
  bool has_progress_ ABSL_GUARDED_BY(mutex_) = false;
  report::Mask mask_;
};

// How the output of one image is shown.
struct ImageConsoleOptions {
  std::string prefix;  // may be empty
  // Leaves out the lines that DevSpace 4.11 leaves out; the log file has all.
  bool short_log = false;
};

// The output of one image's build, with its log file if it could be created.
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

  // Returns the path of the log file; empty if nothing was logged.
  std::string log_file() const {
    return log_ && log_->written() ? log_->path() : "";
  }

 private:
  void WriteToFile(absl::string_view line);

  Console* const console_;
  const ImageConsoleOptions options_;
  std::optional<LogFile> log_;
  std::chrono::steady_clock::time_point last_step_;  // or line of progress
};

// Returns whether a line of kaniko's log says nothing about the build, by the
// rules of DevSpace 4.11.
bool IsNoise(absl::string_view line);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CONSOLE_H_
