// The output of a build on standard error: a board that is drawn again in its
// place, or lines, each with its image's key if several are built, or events
// for programs; and kaniko's whole output in a file per image. Standard output
// is for results only.
#ifndef OVENBIRD_RUNTIME_CLI_CONSOLE_H_
#define OVENBIRD_RUNTIME_CLI_CONSOLE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/base/thread.h"
#include "runtime/build/observer.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/board.h"
#include "runtime/cli/event_record.h"
#include "runtime/cli/log_file.h"
#include "runtime/cli/workflow_commands.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {

// Returns the size of the terminal on standard error; 80 x 24 if it is not one.
BoardSize TerminalSize();

// How a run is shown.
enum class ConsoleStyle {
  kLines,  // a line for each event, and for an image that is quiet
  // A board, which is drawn again in its place; warnings above it.
  kBoard,
  kColoredBoard,
  kEvents,  // JSON for programs, an event on each line
};

// What all builds of a run write. Thread-safe: each call writes whole lines.
class Console {
 public:
  // `out` must outlive the console. `size` is called each time, since users
  // resize terminals. `quiet`: with kLines, how long an image may write nothing
  // before the console tells what it does.
  explicit Console(std::ostream* out, ConsoleStyle style = ConsoleStyle::kLines,
                   BoardSize (*size)() = &TerminalSize,
                   absl::Duration quiet = absl::Seconds(30))
      : out_(out), style_(style), size_(size), quiet_(quiet) {}
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Has passwords replaced in all that is written from now on. Call it before
  // other threads use the console.
  void Hide(report::Mask mask) { mask_ = std::move(mask); }
  const report::Mask& mask() const { return mask_; }
  // Has commands for the runner of GitHub Actions written between the lines.
  // Call it before other threads use the console. `commands` must outlive it,
  // and writes to the same stream.
  void Use(WorkflowCommands* commands) { commands_ = commands; }
  bool has_board() const {
    return style_ == ConsoleStyle::kBoard ||
           style_ == ConsoleStyle::kColoredBoard;
  }
  bool has_events() const { return style_ == ConsoleStyle::kEvents; }

  // Writes a command for the runner of GitHub Actions, or lines as one of its
  // groups. Do nothing without a runner.
  void Command(absl::string_view command);
  void Group(absl::string_view title, absl::string_view lines);

  // Writes "[prefix] text", or only the text if the prefix is empty; with
  // kEvents an event with the text.
  void Line(absl::string_view prefix, absl::string_view text);
  // Writes an event that happens now, with kEvents only.
  void Emit(output::Event event);

  // Adds a row of the board and returns its number. Call it before Begin().
  size_t AddRow(BoardRow row);
  // Changes a row. With kLines rows only tell of images that are quiet.
  void Change(size_t row, const std::function<void(BoardRow&)>& change);
  // Shows the board, if that is the style, and goes on to draw it; else tells
  // of images that are quiet.
  void Begin();
  // Replaces the board by `table`, or with kLines writes it; without a table
  // draws the board for the last time, with all rows. Does nothing without
  // Begin().
  void End(std::vector<BoardLine> table = {});

 private:
  void Draw(std::vector<BoardLine> lines) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Erase(const BoardSize& size) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Tick();
  void TellOfQuietImages() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  std::ostream* const out_ ABSL_PT_GUARDED_BY(mutex_);
  const ConsoleStyle style_;
  BoardSize (*const size_)();
  const absl::Duration quiet_;
  report::Mask mask_;
  WorkflowCommands* commands_ = nullptr;
  std::vector<BoardRow> rows_ ABSL_GUARDED_BY(mutex_);
  // When each image has last written something.
  std::vector<absl::Time> last_lines_ ABSL_GUARDED_BY(mutex_);
  // The lines of the board on the terminal.
  std::vector<BoardLine> drawn_ ABSL_GUARDED_BY(mutex_);
  absl::Time started_ = absl::InfiniteFuture();
  Cancellation ended_;
  Thread ticker_;
};

// How an image's output is folded by the runner of GitHub Actions, which knows
// one group at a time.
enum class Grouping {
  kNone,
  // Everything from the image's begin to its end is a group: of images that are
  // built one after the other.
  kLive,
  // The log is kept until the image's end and is a group then; only events are
  // lines before. Of images that are built at the same time.
  kAtTheEnd,
};

// How the output of one image is shown.
struct ImageConsoleOptions {
  std::string key;
  bool has_prefix = false;  // lines begin with the key
  // What it waits for at the start: "waiting for base".
  std::string waits_for;
  // Leaves out the lines that DevSpace 4.11 leaves out; the log file has all.
  bool short_log = false;
  Grouping grouping = Grouping::kNone;
};

// The output of one image's build, with its log file if it could be created.
class ImageConsole : public build::Observer {
 public:
  // `console` must outlive it.
  ImageConsole(Console* console, std::optional<LogFile> log,
               ImageConsoleOptions options);

  // The build begins, or ends: "built", "failed: ...". The end of a failed
  // one's log is then shown above the board.
  void Begin();
  void End(RowState state, absl::string_view text);
  // The run is over. Says so in the row of an image that has not begun.
  void EndWithoutBegin(absl::string_view text);

  void Step(absl::string_view text) override;
  // A part of the board; without one a line every ten seconds, or an event
  // every second.
  void Progress(absl::string_view text) override;
  void Log(absl::string_view line) override;
  // A step of the Dockerfile is shown in the image's row; each is an event.
  void Enter(const build::Phase& phase) override;
  void Warn(absl::string_view text) override;

  // Returns the path of the log file; empty if nothing was logged.
  std::string log_file() const {
    return log_ && log_->written() ? log_->path() : "";
  }

 private:
  void Line(absl::string_view text);
  void Keep(absl::string_view line);
  void Emit(output::EventKind kind, absl::string_view text);
  std::string ForBoard(absl::string_view text) const;
  void WriteToFile(absl::string_view line);

  Console* const console_;
  const ImageConsoleOptions options_;
  const size_t row_;
  std::optional<LogFile> log_;
  // The log, for its group.
  std::string kept_;
  bool was_cut_ = false;
  absl::Time last_step_ = absl::InfinitePast();  // or line of progress
};

// Returns whether a line of kaniko's log says nothing about the build, by the
// rules of DevSpace 4.11.
bool IsNoise(absl::string_view line);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_CONSOLE_H_
