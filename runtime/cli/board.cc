#include "runtime/cli/board.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/format_text.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

constexpr size_t kLogLines = 6;  // of an image, at most
constexpr absl::string_view kDim = "\x1B[2m";

// The order in which images get a line when not all have room.
int Importance(RowState state) {
  switch (state) {
    case RowState::kFailed:
      return 0;
    case RowState::kRunning:
      return 1;
    case RowState::kWaiting:
      return 2;
    case RowState::kUnchanged:
    case RowState::kBuilt:
      return 3;
  }
  return 3;
}

size_t Width(absl::string_view text) {
  return static_cast<size_t>(report::VisibleWidth(text));
}

// A byte of a UTF-8 character after its first one.
bool IsContinued(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string TimeOf(const BoardRow& row, absl::Time now) {
  if (row.started == absl::InfiniteFuture()) return "";
  return Elapsed(std::min(row.ended, now) - row.started);
}

// "3 built, 1 failed": those of `rows` whose number is not in `left_out`.
std::string Counts(const std::vector<BoardRow>& rows,
                   const std::set<size_t>& left_out = {}) {
  std::vector<std::string> parts;
  for (const auto& [state, name] :
       {std::pair(RowState::kBuilt, "built"),
        std::pair(RowState::kUnchanged, "unchanged"),
        std::pair(RowState::kFailed, "failed"),
        std::pair(RowState::kRunning, "running"),
        std::pair(RowState::kWaiting, "waiting")}) {
    size_t count = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].state == state && !left_out.contains(i)) ++count;
    }
    if (count > 0) parts.push_back(absl::StrCat(count, " ", name));
  }
  return absl::StrJoin(parts, ", ");
}

// The numbers of the rows that have room, at most `room`.
std::set<size_t> Shown(const std::vector<BoardRow>& rows, size_t room) {
  std::vector<size_t> order(rows.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Importance(rows[a].state) < Importance(rows[b].state);
  });
  order.resize(std::min(order.size(), room));
  return {order.begin(), order.end()};
}

// How many lines of each running image's log have room.
size_t LogLines(const std::vector<BoardRow>& rows,
                const std::set<size_t>& shown, size_t room) {
  size_t running = 0;
  for (size_t i : shown) {
    if (rows[i].state == RowState::kRunning && !rows[i].log.empty()) ++running;
  }
  return running == 0 ? 0 : std::min(kLogLines, room / running);
}

}  // namespace

std::string Elapsed(absl::Duration time) {
  const int64_t seconds = std::max<int64_t>(0, absl::ToInt64Seconds(time));
  if (seconds < 3600) {
    return FormatText("%d:%02d", seconds / 60, seconds % 60);
  }
  return FormatText("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                    seconds % 60);
}

std::string Cut(absl::string_view text, size_t columns) {
  size_t used = 0;
  size_t end = 0;
  while (end < text.size()) {
    size_t next = end + 1;
    while (next < text.size() && IsContinued(text[next])) ++next;
    used += next - end == 1 ? 1 : Width(text.substr(end, next - end));
    if (used > columns) break;
    end = next;
  }
  return std::string(text.substr(0, end));
}

std::string Padded(absl::string_view text, size_t columns) {
  std::string cut = Cut(text, columns);
  cut.append(columns - Width(cut), ' ');
  return cut;
}

absl::string_view RowColor(RowState state) {
  switch (state) {
    case RowState::kFailed:
      return "\x1B[31m";
    case RowState::kBuilt:
    case RowState::kUnchanged:
      return "\x1B[32m";
    case RowState::kWaiting:
      return kDim;
    case RowState::kRunning:
      return "";
  }
  return "";
}

std::string Doing(const BoardRow& row) {
  const std::string& text = row.progress.empty() ? row.step : row.progress;
  if (row.state != RowState::kRunning || row.instruction == 0) return text;
  if (row.instruction > row.instructions) return text;
  return absl::StrCat("[", row.instruction, "/", row.instructions, "] ", text);
}

std::vector<BoardLine> DrawBoard(const std::vector<BoardRow>& rows,
                                 const BoardSize& size, absl::Time started,
                                 absl::Time now) {
  // The last column stays empty: some terminals wrap a full line.
  const size_t width = std::max<size_t>(size.width, 20) - 1;
  const size_t height = std::max<size_t>(size.height, 4) - 1;
  size_t key_width = 0;
  for (const BoardRow& row : rows) {
    key_width = std::max(key_width, Width(row.key));
  }
  key_width = std::min(key_width, width / 3);

  const bool all_fit = rows.size() + 1 <= height;
  const std::set<size_t> shown =
      Shown(rows, all_fit ? rows.size() : height - 2);
  const size_t log_lines =
      LogLines(rows, shown, all_fit ? height - 1 - rows.size() : 0);

  std::vector<BoardLine> lines;
  for (size_t i : shown) {
    const BoardRow& row = rows[i];
    const std::string time = TimeOf(row, now);
    const size_t text_width = width - key_width - time.size() - 3;
    lines.push_back({absl::StrCat(Padded(row.key, key_width), "  ",
                                  Padded(Doing(row), text_width), " ", time),
                     RowColor(row.state)});
    if (row.state != RowState::kRunning) continue;
    const size_t first = row.log.size() - std::min(row.log.size(), log_lines);
    for (size_t line = first; line < row.log.size(); ++line) {
      lines.push_back(
          {absl::StrCat("  ", Cut(row.log[line], width - 2)), kDim});
    }
  }
  if (shown.size() < rows.size()) {
    lines.push_back({Cut(absl::StrCat("and ", rows.size() - shown.size(),
                                      " more: ", Counts(rows, shown)),
                         width),
                     ""});
  }
  lines.push_back(
      {Cut(absl::StrCat(Counts(rows), "  ", Elapsed(now - started)), width),
       ""});
  return lines;
}

}  // namespace ovenbird::cli
