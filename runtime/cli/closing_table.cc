#include "runtime/cli/closing_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "runtime/base/format_text.h"
#include "runtime/build/timeline.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

constexpr size_t kGap = 2;       // columns between two parts of a line
constexpr size_t kShortKey = 8;  // columns of a key on a narrow terminal

// How much of an image has room in its line.
struct Room {
  bool size = true;
  bool words = true;   // "3/9 cached", not "3/9"
  size_t digest = 12;  // digits
};

// From the most to the least.
constexpr Room kRooms[] = {
    {},
    {.size = false},
    {.size = false, .words = false},
    {.size = false, .words = false, .digest = 7},
};

bool WasStarted(const build::ImageResult& image) {
  return image.start != absl::InfinitePast();
}

// The rows of the board have the same colours.
RowState StateOf(const build::ImageResult& image) {
  if (!WasStarted(image)) return RowState::kWaiting;
  if (image.failure) return RowState::kFailed;
  return image.skipped ? RowState::kUnchanged : RowState::kBuilt;
}

std::string WhyNotBuilt(const build::ImageResult& image) {
  const std::string what = report::Visible(image.failure->what);
  if (WasStarted(image)) return absl::StrCat("failed: ", what);
  return image.failure->kind == build::FailureKind::kInterrupted ? "not started"
                                                                 : what;
}

std::string DigestOf(const build::ImageResult& image, const Room& room) {
  const absl::string_view digits = absl::StripPrefix(image.digest, "sha256:");
  return report::Visible(digits.substr(0, room.digest));
}

std::string SizeOf(const build::ImageResult& image) {
  if (!image.image_bytes) return "";
  const double bytes = static_cast<double>(*image.image_bytes);
  if (bytes < 1e6) return FormatText("%.1f kB", bytes / 1e3);
  if (bytes < 1e9) return FormatText("%.1f MB", bytes / 1e6);
  return FormatText("%.2f GB", bytes / 1e9);
}

struct Steps {
  int all = 0;
  int cached = 0;
};

// Returns how many steps the image has, without those of attempts that were
// repeated.
Steps StepsOf(const build::Timeline& timeline) {
  std::map<std::string, Steps> by_platform;
  for (size_t i = 0; i < timeline.phases.size(); ++i) {
    const build::Phase& phase = timeline.phases[i];
    Steps& steps = by_platform[phase.platform];
    if (phase.kind == build::PhaseKind::kStep) {
      ++steps.all;
      if (phase.cached) ++steps.cached;
    }
    if (phase.failed && build::WentOnAfter(timeline, i)) steps = {};
  }
  Steps sum;
  for (const auto& [platform, steps] : by_platform) {
    sum.all += steps.all;
    sum.cached += steps.cached;
  }
  return sum;
}

std::string NoteOf(const build::ImageResult& image, const Room& room) {
  if (image.skipped) return "unchanged";
  const Steps steps = StepsOf(image.timeline);
  std::vector<std::string> notes;
  if (steps.all > 0) {
    notes.push_back(absl::StrCat(steps.cached, "/", steps.all,
                                 room.words ? " cached" : ""));
  }
  if (!image.output_tar.empty()) {
    notes.push_back("saved");
  } else if (!image.pushed) {
    notes.push_back("not pushed");
  }
  return absl::StrJoin(notes, ", ");
}

std::string LeftPadded(const std::string& text, size_t columns) {
  return std::string(columns - std::min(columns, text.size()), ' ') + text;
}

// The parts of an image's line, after its key.
std::vector<std::string> PartsOf(const build::ImageResult& image,
                                 const Room& room) {
  return {DigestOf(image, room), room.size ? SizeOf(image) : "",
          Elapsed(image.duration), NoteOf(image, room)};
}

// The columns of each part; 0: no image has it.
std::vector<size_t> WidthsOf(const build::RunResult& result, const Room& room) {
  std::vector<size_t> widths(4);
  for (const build::ImageResult& image : result.images) {
    if (image.failure) continue;
    const std::vector<std::string> parts = PartsOf(image, room);
    for (size_t i = 0; i < parts.size(); ++i) {
      widths[i] = std::max(widths[i], parts[i].size());
    }
  }
  return widths;
}

size_t Total(size_t key, const std::vector<size_t>& widths) {
  size_t total = key;
  for (size_t width : widths) total += width == 0 ? 0 : kGap + width;
  return total;
}

std::string LineOf(const build::ImageResult& image, const Room& room,
                   size_t key_width, const std::vector<size_t>& widths) {
  std::string line = Padded(report::Visible(image.key), key_width);
  if (image.failure) {
    return absl::StrCat(line, std::string(kGap, ' '), WhyNotBuilt(image));
  }
  const std::vector<std::string> parts = PartsOf(image, room);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (widths[i] == 0) continue;
    // Sizes and times are numbers.
    const bool is_number = i == 1 || i == 2;
    absl::StrAppend(&line, std::string(kGap, ' '),
                    is_number ? LeftPadded(parts[i], widths[i])
                              : Padded(parts[i], widths[i]));
  }
  return line;
}

// "3 built, 1 failed".
std::string Counts(const build::RunResult& result) {
  std::map<RowState, int> counts;
  for (const build::ImageResult& image : result.images) {
    ++counts[StateOf(image)];
  }
  std::vector<std::string> parts;
  for (const auto& [state, name] :
       {std::pair(RowState::kBuilt, "built"),
        std::pair(RowState::kUnchanged, "unchanged"),
        std::pair(RowState::kFailed, "failed"),
        std::pair(RowState::kWaiting, "not started")}) {
    if (counts[state] > 0) {
      parts.push_back(absl::StrCat(counts[state], " ", name));
    }
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace

std::vector<BoardLine> ClosingTable(const build::RunResult& result,
                                    size_t width) {
  // The last column stays empty, as on the board.
  const size_t columns = std::max<size_t>(width, 20) - 1;
  size_t key_width = 0;
  for (const build::ImageResult& image : result.images) {
    key_width = std::max(key_width,
                         static_cast<size_t>(report::VisibleWidth(image.key)));
  }
  key_width = std::min(key_width, columns / 3);
  Room room;
  size_t total = 0;
  for (const Room& one : kRooms) {
    room = one;
    total = Total(key_width, WidthsOf(result, room));
    if (total <= columns) break;
  }
  const std::vector<size_t> widths = WidthsOf(result, room);
  if (total > columns && key_width > kShortKey) {
    key_width -= std::min(total - columns, key_width - kShortKey);
  }
  std::vector<BoardLine> lines;
  for (const build::ImageResult& image : result.images) {
    std::string line = Cut(LineOf(image, room, key_width, widths), columns);
    absl::StripTrailingAsciiWhitespace(&line);
    lines.push_back({std::move(line), RowColor(StateOf(image))});
  }
  lines.push_back({Cut(absl::StrCat(Counts(result), "  ",
                                    Elapsed(result.end - result.start)),
                       columns),
                   ""});
  return lines;
}

}  // namespace ovenbird::cli
