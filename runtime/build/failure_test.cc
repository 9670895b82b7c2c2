#include "runtime/build/failure.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace ovenbird::build {
namespace {

TEST(FailureTest, OfTheEnvironment) {
  const Failure failure = FromStatus(absl::UnavailableError("no answer"));
  EXPECT_EQ(failure.kind, FailureKind::kEnvironment);
  EXPECT_EQ(failure.what, "no answer");
  EXPECT_EQ(failure.hint, "");
}

TEST(FailureTest, OfCtrlC) {
  const Failure failure = FromStatus(absl::CancelledError("runc was stopped"));
  EXPECT_EQ(failure.kind, FailureKind::kInterrupted);
  EXPECT_EQ(failure.what, "interrupted");
}

}  // namespace
}  // namespace ovenbird::build
