#include "runtime/cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/ignore_exceptions.h"
#include "runtime/base/steady_time.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/events.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {

namespace {

constexpr absl::Duration kBetweenPictures = absl::Milliseconds(100);
constexpr absl::Duration kBetweenLines = absl::Seconds(10);  // of progress
constexpr absl::Duration kBetweenEvents = absl::Seconds(1);  // of progress
// Of an image's log, until it is written as a group.
constexpr size_t kMostKept = 4 << 20;
constexpr absl::string_view kNoColor = "\x1B[0m";

std::string Prefixed(absl::string_view prefix, absl::string_view text) {
  return prefix.empty() ? std::string(text)
                        : absl::StrCat("[", prefix, "] ", text);
}

// Without the sequences for colours, of which the board has its own.
std::string WithoutColors(absl::string_view line) {
  std::string result;
  while (true) {
    const size_t escape = line.find('\x1B');
    absl::StrAppend(&result, line.substr(0, escape));
    const size_t end = escape == line.npos ? line.npos : line.find('m', escape);
    if (end == line.npos) return result;
    line.remove_prefix(end + 1);
  }
}

// The lines that `line` has after the terminal has become narrower.
size_t WrappedLines(absl::string_view line, size_t width) {
  const size_t columns = static_cast<size_t>(report::VisibleWidth(line));
  return columns == 0 ? 1 : (columns + width - 1) / width;
}

}  // namespace

BoardSize TerminalSize() {
  BoardSize result;
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0) {
    if (size.ws_col > 0) result.width = size.ws_col;
    if (size.ws_row > 0) result.height = size.ws_row;
  }
  return result;
}

Console::~Console() {
  if (started_ == absl::InfiniteFuture()) return;
  ended_.Cancel();
  Join(ticker_);
  IgnoreExceptions([this] { End(); });
}

void Console::Emit(output::Event event) {
  if (!has_events()) return;
  const std::string line = EventLine(std::move(event), mask_, absl::Now());
  MutexLock lock(&mutex_);
  *out_ << line << std::flush;
}

void Console::Line(absl::string_view prefix, absl::string_view text) {
  if (has_events()) {
    return Emit(TextEvent(output::EventKind::kMessage, prefix, text));
  }
  const std::string line =
      absl::StrCat(Prefixed(prefix, mask_.Apply(text)), "\n");
  MutexLock lock(&mutex_);
  if (drawn_.empty()) {
    *out_ << line << std::flush;
    return;
  }
  const BoardSize size = size_();
  Erase(size);
  *out_ << line;
  Draw(DrawBoard(rows_, size, started_, SteadyNow()));
}

void Console::Command(absl::string_view command) {
  MutexLock lock(&mutex_);
  if (commands_ != nullptr) commands_->Write(command);
}

void Console::Group(absl::string_view title, absl::string_view lines) {
  MutexLock lock(&mutex_);
  if (commands_ != nullptr) commands_->WriteGroup(title, lines);
}

size_t Console::AddRow(BoardRow row) {
  MutexLock lock(&mutex_);
  rows_.push_back(std::move(row));
  last_lines_.push_back(absl::InfiniteFuture());
  return rows_.size() - 1;
}

void Console::Change(size_t row, const std::function<void(BoardRow&)>& change) {
  MutexLock lock(&mutex_);
  change(rows_[row]);
  last_lines_[row] = SteadyNow();
}

void Console::Begin() {
  started_ = SteadyNow();
  if (has_events()) return;
  // Without a thread the run is shown by its lines and its last picture.
  StartThread(
      ticker_, [this] { Tick(); }, NobodyWaits)
      .IgnoreError();
}

void Console::End(std::vector<BoardLine> table) {
  if (started_ == absl::InfiniteFuture()) return;
  ended_.Cancel();
  Join(ticker_);
  if (!has_events()) {
    MutexLock lock(&mutex_);
    BoardSize size = size_();
    Erase(size);
    size.height = rows_.size() + 3;  // It may scroll now.
    if (has_board() && table.empty()) {
      table = DrawBoard(rows_, size, started_, SteadyNow());
    }
    Draw(std::move(table));
    drawn_.clear();
  }
  started_ = absl::InfiniteFuture();
}

void Console::Tick() {
  do {
    MutexLock lock(&mutex_);
    if (!has_board()) {
      TellOfQuietImages();
      continue;
    }
    const BoardSize size = size_();
    std::vector<BoardLine> now = DrawBoard(rows_, size, started_, SteadyNow());
    if (now == drawn_) continue;
    Erase(size);
    Draw(std::move(now));
  } while (!ended_.SleepFor(kBetweenPictures));
}

void Console::TellOfQuietImages() {
  const absl::Time now = SteadyNow();
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].state != RowState::kRunning) continue;
    if (now - last_lines_[i] < quiet_) continue;
    last_lines_[i] = now;
    *out_ << Prefixed(rows_.size() > 1 ? rows_[i].key : "",
                      absl::StrCat("still running after ",
                                   Elapsed(now - rows_[i].started), ": ",
                                   Doing(rows_[i])))
          << "\n"
          << std::flush;
  }
}

void Console::Draw(std::vector<BoardLine> lines) {
  std::string text;
  for (const BoardLine& line : lines) {
    const bool colored =
        style_ == ConsoleStyle::kColoredBoard && !line.color.empty();
    absl::StrAppend(&text, colored ? line.color : "", line.text,
                    colored ? kNoColor : "", "\n");
  }
  *out_ << text << std::flush;
  drawn_ = std::move(lines);
}

void Console::Erase(const BoardSize& size) {
  size_t lines = 0;
  for (const BoardLine& line : drawn_) {
    lines += WrappedLines(line.text, size.width);
  }
  if (lines > 0) *out_ << "\x1B[" << lines << "A\r\x1B[J";
  drawn_.clear();
}

ImageConsole::ImageConsole(Console* console, std::optional<LogFile> log,
                           ImageConsoleOptions options)
    : console_(console),
      options_(std::move(options)),
      row_(console->AddRow([this] {
        BoardRow row;
        row.key = ForBoard(options_.key);
        row.step = ForBoard(options_.waits_for);
        return row;
      }())),
      log_(std::move(log)) {
  Emit(output::EventKind::kImageWaiting, options_.waits_for);
}

void ImageConsole::Begin() {
  Emit(output::EventKind::kImageStarted, "");
  console_->Change(row_, [](BoardRow& row) {
    row.state = RowState::kRunning;
    row.step.clear();
    row.started = SteadyNow();
  });
  if (options_.grouping == Grouping::kLive) {
    console_->Command(BeginGroup(options_.key));
  }
}

void ImageConsole::End(RowState state, absl::string_view text) {
  std::deque<std::string> log;
  console_->Change(row_, [&](BoardRow& row) {
    row.state = state;
    row.step = ForBoard(text);
    row.progress.clear();
    row.ended = SteadyNow();
    log.swap(row.log);
  });
  if (options_.grouping == Grouping::kLive) console_->Command("::endgroup::");
  if (!kept_.empty()) {
    console_->Group(
        absl::StrCat(options_.key, was_cut_ ? ": the end of the log" : ": log"),
        kept_);
    kept_.clear();
  }
  if (!console_->has_board() || state != RowState::kFailed) return;
  for (const std::string& line : log) Line(absl::StrCat("  ", line));
}

void ImageConsole::EndWithoutBegin(absl::string_view text) {
  console_->Change(row_, [&](BoardRow& row) {
    if (row.state == RowState::kWaiting) row.step = ForBoard(text);
  });
}

void ImageConsole::Step(absl::string_view text) {
  last_step_ = SteadyNow();
  console_->Change(row_, [&](BoardRow& row) {
    row.step = ForBoard(text);
    row.progress.clear();
  });
  if (console_->has_events()) {
    Emit(output::EventKind::kStatus, text);
  } else if (!console_->has_board()) {
    Line(report::Visible(text));
  }
}

void ImageConsole::Progress(absl::string_view text) {
  if (console_->has_board()) {
    console_->Change(row_,
                     [&](BoardRow& row) { row.progress = ForBoard(text); });
  } else if (console_->has_events()) {
    if (text.empty() || SteadyNow() - last_step_ < kBetweenEvents) return;
    last_step_ = SteadyNow();
    Emit(output::EventKind::kProgress, text);
  } else if (!text.empty() && SteadyNow() - last_step_ >= kBetweenLines) {
    Step(text);
  }
}

void ImageConsole::Log(absl::string_view line) {
  WriteToFile(line);
  if (options_.short_log && IsNoise(line)) return;
  // A message of kaniko may have several lines.
  const std::vector<std::string> lines = absl::StrSplit(line, '\n');
  if (console_->has_events()) {
    for (const std::string& each : lines) {
      Emit(output::EventKind::kLog, each);
    }
    return;
  }
  // Nothing is written yet: the image is as quiet as before.
  if (options_.grouping == Grouping::kAtTheEnd && !console_->has_board()) {
    for (const std::string& each : lines) {
      Keep(absl::StrCat("  ", report::VisibleWithColors(each)));
    }
    return;
  }
  console_->Change(row_, [&](BoardRow& row) {
    for (const std::string& each : lines) row.log.push_back(ForBoard(each));
    while (row.log.size() > kRowLog) row.log.pop_front();
  });
  if (console_->has_board()) return;
  for (const std::string& each : lines) {
    Line(absl::StrCat("  ", report::VisibleWithColors(each)));
  }
}

// The log file has the whole log.
void ImageConsole::Keep(absl::string_view line) {
  absl::StrAppend(&kept_, console_->mask().Apply(line), "\n");
  if (kept_.size() <= kMostKept) return;
  was_cut_ = true;
  kept_.erase(0, kept_.find('\n', kMostKept / 2) + 1);
}

void ImageConsole::Enter(const build::Phase& phase) {
  console_->Emit(StepEvent(options_.key, phase, absl::Now()));
  // A row has only one step.
  if (phase.kind != build::PhaseKind::kStep || !phase.platform.empty()) return;
  console_->Change(row_, [&](BoardRow& row) {
    row.step = ForBoard(phase.text);
    row.progress.clear();
    row.instruction = phase.number;
    row.instructions = phase.count;
  });
}

void ImageConsole::Warn(absl::string_view text) {
  if (console_->has_events()) {
    return Emit(output::EventKind::kWarning, text);
  }
  Line(absl::StrCat("warning: ", report::Visible(text)));
}

void ImageConsole::Emit(output::EventKind kind, absl::string_view text) {
  console_->Emit(TextEvent(kind, options_.key, text));
}

// What is cut to the width must have no passwords any more.
std::string ImageConsole::ForBoard(absl::string_view text) const {
  return report::Visible(
      WithoutColors(report::VisibleWithColors(console_->mask().Apply(text))));
}

void ImageConsole::Line(absl::string_view text) {
  console_->Line(options_.has_prefix ? options_.key : "", text);
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
