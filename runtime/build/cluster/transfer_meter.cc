#include "runtime/build/cluster/transfer_meter.h"

#include "absl/strings/str_cat.h"
#include "runtime/base/format_text.h"

namespace ovenbird::build {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kQuiet(1);
constexpr milliseconds kBetween(200);
constexpr seconds kWindow(5);

std::string Duration(double length) {
  const auto all = static_cast<int64_t>(length + 0.5);
  if (all >= 3600) {
    return FormatText("%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60);
  }
  return FormatText("%d:%02d", all / 60, all % 60);
}

}  // namespace

TransferMeter::TransferMeter(uint64_t total, Time start)
    : total_(total), next_(start + kQuiet), samples_({{start, 0}}) {}

std::optional<std::string> TransferMeter::Update(uint64_t done, Time now) {
  if (now < next_) return std::nullopt;
  next_ = now + kBetween;
  samples_.push_back({now, done});
  // The first one stays older than the window, so that it is always filled.
  while (samples_.size() > 2 && samples_[1].time + kWindow <= now) {
    samples_.pop_front();
  }
  const Sample& first = samples_.front();
  const double rate = static_cast<double>(done - first.done) /
                      std::chrono::duration<double>(now - first.time).count();
  std::string text =
      FormatText("%.1f of %.1f MB, %.1f MB/s", static_cast<double>(done) / 1e6,
                 static_cast<double>(total_) / 1e6, rate / 1e6);
  if (rate >= 1) {
    absl::StrAppend(&text, ", ",
                    Duration(static_cast<double>(total_ - done) / rate),
                    " left");
  }
  return text;
}

}  // namespace ovenbird::build
