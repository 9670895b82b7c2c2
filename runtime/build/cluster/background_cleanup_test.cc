#include "runtime/build/cluster/background_cleanup.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/testing/server.h"
#include "tools/testing/no_threads.h"

namespace ovenbird::build {
namespace {

using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::ObjectCall;
using ::ovenbird::kube::testing::ObjectServer;
using ::ovenbird::kube::testing::Refusing;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const Owner& Me() {
  static const Owner* const me = new Owner(ThisProcess());
  return *me;
}

// A killed process of this machine: no process has this start time.
Owner Killed() { return {Me().user, Me().host, Me().process + "1"}; }

json::Value ObjectOf(const std::string& name, const Owner& owner) {
  json::Value object;
  object.Set(
      "metadata",
      json::Object{
          {"name", name},
          {"creationTimestamp", "2024-01-01T00:00:00Z"},
          {"labels", json::Object{{"app.kubernetes.io/managed-by", "ovenbird"},
                                  {"ovenbird.dev/build-id", name}}},
          {"annotations",
           json::Object{{"ovenbird.dev/user", owner.user},
                        {"ovenbird.dev/host", owner.host},
                        {"ovenbird.dev/process", owner.process}}}});
  return object;
}

void Create(kube::Client& client, const char* plural,
            const json::Value& object) {
  const auto created =
      client.Create(kube::ResourceOf(plural, "ns"), object, nullptr);
  EXPECT_TRUE(created.ok()) << created.status();
}

// What a killed build leaves.
void CreateBuild(kube::Client& client, const std::string& name,
                 const Owner& owner) {
  for (const char* plural : {"pods", "secrets", "jobs"}) {
    Create(client, plural, ObjectOf(name, owner));
  }
}

// A server without answers.
void NeverAnswer(net::testing::Conversation& conversation) {
  conversation.Next();
  conversation.WaitForClose();
}

TEST(BackgroundCleanupTest, DeletesOnlyWhatKilledBuildsOfThisUserAndHostLeft) {
  ObjectServer server;
  const auto client = ClientOf(server.server());
  CreateBuild(*client, "killed", Killed());
  CreateBuild(*client, "mine", Me());
  CreateBuild(*client, "other-user", {"other", Me().host, Killed().process});
  CreateBuild(*client, "other-host", {Me().user, "else", Killed().process});
  Create(*client, "pods", [] {
    json::Value object;
    object.Set("metadata", json::Object{{"name", "foreign"}});
    return object;
  }());
  {
    Cancellation cancel;
    BackgroundCleanup cleanup(*client, Me());
    cleanup.Start("ns", cancel);
  }
  EXPECT_THAT(
      server.objects(),
      UnorderedElementsAre("jobs/mine", "jobs/other-host", "jobs/other-user",
                           "pods/foreign", "pods/mine", "pods/other-host",
                           "pods/other-user", "secrets/mine",
                           "secrets/other-host", "secrets/other-user"));
  // Only the object that was judged, if another one gets its name.
  EXPECT_EQ(server.Last("delete", "pods").body.Get({"preconditions", "uid"}),
            json::Value("uid-pods-killed"));
}

TEST(BackgroundCleanupTest, OnceForEachNamespace) {
  std::atomic<int> lists = 0;
  ObjectServer server(Refusing([&](const ObjectCall& call) {
    if (call.verb == "list" && call.plural == "pods") ++lists;
    return false;
  }));
  const auto client = ClientOf(server.server());
  Cancellation cancel;
  {
    BackgroundCleanup cleanup(*client, Me());
    for (int i = 0; i < 5; ++i) {
      cleanup.Start("ns", cancel);
      cleanup.Start("other", cancel);
    }
  }
  EXPECT_EQ(lists, 2);
}

TEST(BackgroundCleanupTest, WithoutTheRightToListPodsNothingIsDeleted) {
  ObjectServer server(Refusing([](const ObjectCall& call) {
    return call.verb == "list" && call.plural == "pods";
  }));
  const auto client = ClientOf(server.server());
  CreateBuild(*client, "killed", Killed());
  {
    Cancellation cancel;
    BackgroundCleanup cleanup(*client, Me());
    cleanup.Start("ns", cancel);
  }
  EXPECT_THAT(server.objects(),
              ElementsAre("jobs/killed", "pods/killed", "secrets/killed"));
}

TEST(BackgroundCleanupTest, ARefusedObjectDoesNotKeepTheOthers) {
  for (const char* plural : {"pods", "secrets", "jobs"}) {
    ObjectServer server(Refusing([&](const ObjectCall& call) {
      return call.verb == "delete" && call.plural == plural;
    }));
    const auto client = ClientOf(server.server());
    CreateBuild(*client, "killed", Killed());
    {
      Cancellation cancel;
      BackgroundCleanup cleanup(*client, Me());
      cleanup.Start("ns", cancel);
    }
    EXPECT_THAT(server.objects(), ElementsAre(absl::StrCat(plural, "/killed")));
  }
}

TEST(BackgroundCleanupTest, WithoutTheRightToListSecretsOrJobsPodsGo) {
  for (const char* plural : {"secrets", "jobs"}) {
    ObjectServer server(Refusing([&](const ObjectCall& call) {
      return call.verb == "list" && call.plural == plural;
    }));
    const auto client = ClientOf(server.server());
    CreateBuild(*client, "killed", Killed());
    {
      Cancellation cancel;
      BackgroundCleanup cleanup(*client, Me());
      cleanup.Start("ns", cancel);
    }
    EXPECT_THAT(server.objects(), ElementsAre(absl::StrCat(plural, "/killed")));
  }
}

TEST(BackgroundCleanupTest, TheDestructorWaitsTwoSecondsAtMost) {
  net::testing::Server server(NeverAnswer);
  const auto client = ClientOf(server);
  Cancellation cancel;
  const auto begin = std::chrono::steady_clock::now();
  {
    BackgroundCleanup cleanup(*client, Me());
    cleanup.Start("ns", cancel);
  }
  const auto taken = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(taken, std::chrono::milliseconds(1900));
  EXPECT_LT(taken, std::chrono::seconds(15));
}

// After Ctrl-C not even that.
TEST(BackgroundCleanupTest, ACancelledCleanupIsNotWaitedFor) {
  net::testing::Server server(NeverAnswer);
  const auto client = ClientOf(server);
  Cancellation cancel;
  const auto begin = std::chrono::steady_clock::now();
  {
    BackgroundCleanup cleanup(*client, Me());
    cleanup.Start("ns", cancel);
    cancel.Cancel();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin,
            std::chrono::milliseconds(1900));
}

TEST(BackgroundCleanupTest, WithoutAThreadNothingIsDoneOrWaitedFor) {
  ObjectServer server;
  const auto client = ClientOf(server.server());
  CreateBuild(*client, "killed", Killed());
  Cancellation cancel;
  const auto begin = std::chrono::steady_clock::now();
  {
    const ovenbird::testing::NoThreads none;
    BackgroundCleanup cleanup(*client, Me());
    cleanup.Start("ns", cancel);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin,
            std::chrono::milliseconds(1900));
  EXPECT_EQ(server.objects().size(), 3u);
}

}  // namespace
}  // namespace ovenbird::build
