#include "runtime/build/cluster/upload.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/build/observer.h"
#include "runtime/context/tar.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/context_receiver.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/plan/image_plan.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using kube::testing::ClientOf;
using kube::testing::Reception;
using kube::testing::StatusJson;
using net::testing::Conversation;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class Said : public Observer {
 public:
  void Step(absl::string_view text) override { steps.emplace_back(text); }
  void Progress(absl::string_view text) override {
    MutexLock lock(&mutex_);
    progress_ = std::string(text);
  }
  void Log(absl::string_view) override {}
  void Sent(int64_t bytes) override { sent += bytes; }
  void Warn(absl::string_view) override {}

  std::string progress() {
    MutexLock lock(&mutex_);
    return progress_;
  }
  std::vector<std::string> steps;
  int64_t sent = 0;

 private:
  Mutex mutex_;
  std::string progress_ = "untouched";
};

plan::ImagePlan PlanWith(std::vector<context::MemoryFile> files) {
  plan::ImagePlan plan;
  plan.files = std::move(files);
  return plan;
}

struct Sent {
  absl::Status status;
  std::string received;
  std::string target;
};

Sent Send(const plan::ImagePlan& plan, Reception reception, Said& said) {
  Sent sent;
  {
    Cancellation cancel;
    net::testing::Server server([&](Conversation& c) {
      const auto request = c.Next();
      if (!request) return;
      sent.target = request->target;
      sent.received = kube::testing::ReceiveContext(c, *request, reception);
    });
    sent.status = Upload(*ClientOf(server), {"ns", "p"}, plan, said, cancel);
  }
  return sent;
}

TEST(UploadTest, SendsTheTarAndTheVerdict) {
  Said said;
  const Sent sent = Send(PlanWith({{"Dockerfile", "FROM scratch\n"}}),
                         Reception::kComplete, said);
  EXPECT_THAT(sent.status, IsOk());
  EXPECT_THAT(sent.received,
              AllOf(HasSubstr("Dockerfile"), HasSubstr("FROM scratch\n"),
                    EndsWith("complete")));
  EXPECT_THAT(sent.target,
              AllOf(HasSubstr("/namespaces/ns/pods/p/exec?container=context&"),
                    HasSubstr("stdin=true")));
  EXPECT_THAT(said.steps,
              ElementsAre(HasSubstr("sending the context: 1 files, ")));
  EXPECT_EQ(said.progress(), "");
  // Two records of tar for the file, two for its end.
  EXPECT_GE(said.sent, 4 * 512);
}

TEST(UploadTest, HowTheOtherEndEnds) {
  struct Case {
    Reception reception;
    absl::StatusCode code;
    const char* message;
    bool verdict;
  };
  for (const Case& c : std::vector<Case>{
           {Reception::kKilled, absl::StatusCode::kOk, "", true},
           {Reception::kCutAtTheEnd, absl::StatusCode::kUnavailable, "", true},
           {Reception::kCut, absl::StatusCode::kUnavailable, "", false},
           {Reception::kOtherDigest, absl::StatusCode::kDataLoss, "", false},
           {Reception::kExitsEarly, absl::StatusCode::kDataLoss,
            "the context did not arrive", false},
           {Reception::kCannotUnpack, absl::StatusCode::kInternal,
            "the init container could not unpack the context (exit code 2): "
            "tar: write error: No space left on device",
            false},
       }) {
    Said said;
    const Sent sent = Send(PlanWith({{"a", "1"}}), c.reception, said);
    EXPECT_THAT(sent.status, StatusIs(c.code, HasSubstr(c.message)));
    EXPECT_EQ(absl::EndsWith(sent.received, "complete"), c.verdict)
        << sent.status;
    EXPECT_EQ(said.progress(), "");
  }
}

TEST(UploadTest, TheServerRefuses) {
  struct Case {
    int code;
    const char* reason;
    const char* message;
    absl::StatusCode want;
  };
  for (const Case& c : std::vector<Case>{
           {403, "Forbidden", "cannot create resource \"pods/exec\"",
            absl::StatusCode::kPermissionDenied},
           {404, "NotFound", "pods \"p\" not found",
            absl::StatusCode::kNotFound},
       }) {
    net::testing::Server server([&](Conversation& conversation) {
      if (conversation.Next()) {
        conversation.Reply(c.code, StatusJson(c.code, c.reason, c.message));
      }
    });
    Said said;
    Cancellation cancel;
    EXPECT_THAT(
        Upload(*ClientOf(server), {"ns", "p"}, PlanWith({}), said, cancel),
        StatusIs(c.want, HasSubstr(c.message)));
  }
}

// Also when the pod reads nothing at all.
TEST(UploadTest, CancelEndsIt) {
  Cancellation cancel;
  net::testing::Server server([&](Conversation& conversation) {
    const auto request = conversation.Next();
    if (!request ||
        !conversation.AcceptWebSocket(*request, "v5.channel.k8s.io")) {
      return;
    }
    cancel.Cancel();
    while (conversation.ReadMessage()) {
    }
  });
  Said said;
  EXPECT_THAT(Upload(*ClientOf(server), {"ns", "p"}, PlanWith({{"a", "1"}}),
                     said, cancel),
              StatusIs(absl::StatusCode::kCancelled));
}

// Nothing is sent then.
TEST(UploadTest, FilesThatCannotBeRead) {
  plan::ImagePlan plan;
  plan.files = {{"a", "1"}, {"a", "2"}};
  Said said;
  const Sent sent = Send(plan, Reception::kComplete, said);
  EXPECT_THAT(sent.status, Not(IsOk()));
  EXPECT_EQ(sent.target, "");
}

}  // namespace
}  // namespace ovenbird::build
