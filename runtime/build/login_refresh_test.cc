#include "runtime/build/login_refresh.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/plan/image_plan.h"

namespace ovenbird::build {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Plays a helper whose answers are `answers`, the last one from then on.
class Helper {
 public:
  explicit Helper(std::vector<absl::StatusOr<std::string>> answers)
      : answers_(std::move(answers)) {}

  LoginRefreshOptions Options() {
    LoginRefreshOptions options;
    options.login = "old";
    options.interval = absl::Milliseconds(1);
    options.ask = [this](Cancellation*) { return Next(); };
    options.replace = [this](const std::string& login, Cancellation*) {
      MutexLock lock(&mutex_);
      replaced_.push_back(login);
      return result_;
    };
    return options;
  }
  void set_result(absl::Status result) { result_ = std::move(result); }

  // Returns whether it was asked more than `times` times, so that the answer
  // before has been dealt with.
  bool WaitUntilAsked(size_t times) {
    for (int i = 0; i < 5000; ++i) {
      {
        MutexLock lock(&mutex_);
        if (asked_ > times) return true;
      }
      absl::SleepFor(absl::Milliseconds(1));
    }
    return false;
  }
  std::vector<std::string> replaced() {
    MutexLock lock(&mutex_);
    return replaced_;
  }
  size_t asked() {
    MutexLock lock(&mutex_);
    return asked_;
  }

 private:
  absl::StatusOr<std::string> Next() {
    MutexLock lock(&mutex_);
    const size_t at = std::min(asked_, answers_.size() - 1);
    ++asked_;
    return answers_[at];
  }

  const std::vector<absl::StatusOr<std::string>> answers_;
  absl::Status result_;
  Mutex mutex_;
  size_t asked_ = 0;
  std::vector<std::string> replaced_;
};

TEST(LoginForStartTest, IsTheCurrentOneIfThereIsOne) {
  const struct {
    absl::StatusOr<std::string> now;
    const char* want;
  } kCases[] = {{"new", "new"},
                {"old", "old"},
                {"", "old"},
                {absl::UnavailableError("helper"), "old"}};
  for (const auto& c : kCases) {
    EXPECT_EQ(LoginForStart(
                  [&](const plan::ImagePlan&, Cancellation*) { return c.now; },
                  plan::ImagePlan(), "old", nullptr),
              c.want);
  }
}

TEST(LoginRefreshTest, ReplacesOnlyWhatHasChanged) {
  Helper helper({std::string("old"), std::string("new"), std::string("new"),
                 std::string(""), std::string("newer")});
  Cancellation cancel;
  LoginRefresh refresh(helper.Options(), &cancel);
  EXPECT_TRUE(helper.WaitUntilAsked(6));
  EXPECT_EQ(refresh.Stop(), "");
  EXPECT_THAT(helper.replaced(), ElementsAre("new", "newer"));
}

TEST(LoginRefreshTest, AFailureIsToldUnlessItPasses) {
  const absl::Status failed = absl::UnavailableError("the helper has failed");
  for (const bool passes : {false, true}) {
    Helper helper(
        {failed, passes ? absl::StatusOr<std::string>("new") : failed});
    Cancellation cancel;
    LoginRefresh refresh(helper.Options(), &cancel);
    EXPECT_TRUE(helper.WaitUntilAsked(3));
    if (passes) {
      EXPECT_EQ(refresh.Stop(), "");
      EXPECT_THAT(helper.replaced(), ElementsAre("new"));
    } else {
      EXPECT_THAT(refresh.Stop(), HasSubstr("the helper has failed"));
      EXPECT_THAT(helper.replaced(), IsEmpty());
    }
  }
}

TEST(LoginRefreshTest, AServerThatIsAwayIsAskedAgain) {
  Helper helper({std::string("new")});
  helper.set_result(absl::UnavailableError("away"));
  Cancellation cancel;
  LoginRefresh refresh(helper.Options(), &cancel);
  EXPECT_TRUE(helper.WaitUntilAsked(3));
  EXPECT_THAT(refresh.Stop(), HasSubstr("away"));
  EXPECT_GT(helper.replaced().size(), 1u);
}

TEST(LoginRefreshTest, WithoutTheRightItStops) {
  Helper helper({std::string("new")});
  helper.set_result(absl::PermissionDeniedError("cannot patch secrets"));
  Cancellation cancel;
  LoginRefresh refresh(helper.Options(), &cancel);
  EXPECT_TRUE(helper.WaitUntilAsked(0));
  absl::SleepFor(absl::Milliseconds(30));
  EXPECT_EQ(helper.asked(), 1u);
  EXPECT_THAT(refresh.Stop(), HasSubstr("cannot patch secrets"));
}

TEST(LoginRefreshTest, IsStoppedAtOnce) {
  Helper helper({std::string("new")});
  LoginRefreshOptions options = helper.Options();
  options.interval = absl::Hours(1);
  Cancellation cancel;
  const absl::Time start = absl::Now();
  { LoginRefresh refresh(options, &cancel); }
  LoginRefresh refresh(options, &cancel);
  cancel.Cancel();
  EXPECT_EQ(refresh.Stop(), "");
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  EXPECT_EQ(helper.asked(), 0u);
}

}  // namespace
}  // namespace ovenbird::build
