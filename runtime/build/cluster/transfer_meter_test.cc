#include "runtime/build/cluster/transfer_meter.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

using Time = TransferMeter::Time;
using std::chrono::milliseconds;

TEST(TransferMeterTest, RateAndTimeLeft) {
  const Time start;
  TransferMeter meter(300'000'000, start);
  struct Step {
    int at_ms;
    uint64_t done;
    const char* text;  // "": none
  };
  for (const Step& step : {
           Step{100, 1'000'000, ""},
           {999, 9'000'000, ""},
           {1000, 10'000'000, "10.0 of 300.0 MB, 10.0 MB/s, 0:29 left"},
           {1100, 11'000'000, ""},
           {2000, 20'000'000, "20.0 of 300.0 MB, 10.0 MB/s, 0:28 left"},
           // Slower from here on; the last five seconds count.
           {4500, 21'000'000, "21.0 of 300.0 MB, 4.7 MB/s, 1:00 left"},
           {7000, 22'000'000, "22.0 of 300.0 MB, 0.4 MB/s, 11:35 left"},
           // Nothing moves: how long it takes is not known.
           {12000, 22'000'000, "22.0 of 300.0 MB, 0.0 MB/s"},
           {17000, 22'100'000, "22.1 of 300.0 MB, 0.0 MB/s, 3:51:35 left"},
       }) {
    EXPECT_EQ(
        meter.Update(step.done, start + milliseconds(step.at_ms)).value_or(""),
        step.text)
        << step.at_ms;
  }
}

}  // namespace
}  // namespace ovenbird::build
