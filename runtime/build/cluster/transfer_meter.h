// How far a transfer is, how fast, and how long it will take, as a text.
#ifndef OVENBIRD_RUNTIME_BUILD_CLUSTER_TRANSFER_METER_H_
#define OVENBIRD_RUNTIME_BUILD_CLUSTER_TRANSFER_METER_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace ovenbird::build {

// Measures the progress of a transfer of `total` bytes.
class TransferMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  TransferMeter(uint64_t total, Time start);

  // Returns "12.3 of 350.0 MB, 8.1 MB/s, 0:42 left" if it is time for an
  // update, else nullopt: none in the first second, then at most five a second.
  // `done` is in bytes.
  std::optional<std::string> Update(uint64_t done, Time now);

 private:
  struct Sample {
    Time time;
    uint64_t done;
  };

  const uint64_t total_;
  Time next_;
  // Samples of the last seconds, the oldest first, for the rate.
  std::deque<Sample> samples_;
};

}  // namespace ovenbird::build

#endif  // OVENBIRD_RUNTIME_BUILD_CLUSTER_TRANSFER_METER_H_
