// The picture of a run on a terminal: a line for each image, and under the
// images that are built the end of their logs. Only text is made here; Console
// writes it.
#ifndef OVENBIRD_RUNTIME_CLI_BOARD_H_
#define OVENBIRD_RUNTIME_CLI_BOARD_H_

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ovenbird::cli {

// How far an image is.
enum class RowState { kWaiting, kRunning, kBuilt, kUnchanged, kFailed };

// What the board knows of one image. All texts are as from report::Visible.
struct BoardRow {
  std::string key;
  RowState state = RowState::kWaiting;
  // What it does or waits for: "waiting for the pod on node a", "RUN npm ci".
  std::string step;
  // The progress of the step, which is shown instead of it; may be empty.
  std::string progress;
  // The number of the instruction that runs, and how many there are. 0: not
  // known.
  int instruction = 0;
  int instructions = 0;
  // The last lines of the log.
  std::deque<std::string> log;
  // By the steady clock. Infinite: not yet.
  absl::Time started = absl::InfiniteFuture();
  absl::Time ended = absl::InfiniteFuture();
};

// The terminal that a board is made for.
struct BoardSize {
  size_t width = 80;
  size_t height = 24;
};

// A line of the board, and the sequence that switches its colour on; empty:
// none.
struct BoardLine {
  std::string text;
  absl::string_view color;

  friend bool operator==(const BoardLine&, const BoardLine&) = default;
};

// How many lines of an image's log a row keeps.
inline constexpr size_t kRowLog = 10;

// Returns "1:05", or "1:02:03" from an hour on; seconds are cut off.
std::string Elapsed(absl::Duration time);

// Returns the start of `text` that fits into `columns`.
std::string Cut(absl::string_view text, size_t columns);

// Returns `text` cut to `columns` and filled up with spaces.
std::string Padded(absl::string_view text, size_t columns);

// Returns the sequence that switches the colour of a state on; empty: none.
absl::string_view RowColor(RowState state);

// Returns what an image does, in a few words: "[3/9] RUN npm ci".
std::string Doing(const BoardRow& row);

// Returns the lines of the board: each shorter than the width, and fewer than
// the height, so that nothing scrolls. The last one counts the images. Images
// that do not fit are counted in one line: first those that are done, then
// those that wait. `started`: when the run began.
std::vector<BoardLine> DrawBoard(const std::vector<BoardRow>& rows,
                                 const BoardSize& size, absl::Time started,
                                 absl::Time now);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_BOARD_H_
