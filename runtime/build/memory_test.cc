// The end of a build in a thread whose `new` fails: nothing ends the program.
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/build/login_refresh.h"
#include "tools/testing/failing_new.h"

namespace ovenbird::build {
namespace {

TEST(MemoryTest, TheEndOfALoginThatCannotBeReplaced) {
  Event asked;
  LoginRefreshOptions options;
  options.login = "old";
  options.interval = absl::Milliseconds(1);
  options.ask = [&](Cancellation*) {
    asked.Notify();
    return absl::UnavailableError("a helper whose message needs memory");
  };
  Cancellation cancel;
  auto refresh = std::make_unique<LoginRefresh>(std::move(options), &cancel);
  asked.Wait();
  absl::SleepFor(absl::Milliseconds(50));
  {
    const ovenbird::testing::FailingNew failing(1);
    refresh.reset();
  }
}

}  // namespace
}  // namespace ovenbird::build
