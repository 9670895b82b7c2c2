#include "runtime/build/cluster/cleanup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::build {
namespace {

const Owner& Me() {
  static const Owner* const me = new Owner(ThisProcess());
  return *me;
}

// Whose an object is.
Owner By(const std::string& user, const std::string& host,
         const std::string& process) {
  return {user, host, process};
}
Owner Ended() { return By(Me().user, Me().host, Me().process + "1"); }
Owner Elsewhere() { return By(Me().user, "elsewhere", "boot/1/2/3"); }

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::string Ago(absl::Duration age) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", kNow - age,
                          absl::UTCTimeZone());
}

// An object of a build of at most an hour.
json::Value Object(const std::string& name, const Owner& owner,
                   absl::Duration age = absl::Minutes(1)) {
  json::Object annotations = {{"ovenbird.dev/user", owner.user},
                              {"ovenbird.dev/host", owner.host},
                              {"ovenbird.dev/process", owner.process},
                              {"ovenbird.dev/image-key", "app"},
                              {"ovenbird.dev/lifetime-seconds", "3600"}};
  json::Object labels = {{"app.kubernetes.io/managed-by", "ovenbird"},
                         {"ovenbird.dev/build-id", name}};
  json::Object metadata = {{"name", name},
                           {"uid", "uid-" + name},
                           {"creationTimestamp", Ago(age)},
                           {"labels", labels},
                           {"annotations", annotations}};
  json::Value object;
  object.Set("metadata", metadata);
  return object;
}

json::Value WithPhase(json::Value pod, const char* phase,
                      absl::Duration ended = absl::ZeroDuration()) {
  json::Object terminated = {{"finishedAt", Ago(ended)}};
  json::Object state = {{"terminated", terminated}};
  pod.Set("status",
          json::Object{{"phase", phase},
                       {"containerStatuses",
                        json::Array{json::Object{{"state", state}}}}});
  return pod;
}

// kaniko has ended, and an injected sidecar keeps the pod running.
json::Value WithSidecar(json::Value pod, absl::Duration ended) {
  json::Object terminated = {{"finishedAt", Ago(ended)}};
  json::Object kaniko = {{"name", "kaniko"},
                         {"state", json::Object{{"terminated", terminated}}}};
  json::Object sidecar = {
      {"name", "aaa"},
      {"state", json::Object{{"running", json::Object{{"startedAt", "t"}}}}}};
  pod.Set("status",
          json::Object{{"phase", "Running"},
                       {"containerStatuses", json::Array{sidecar, kaniko}}});
  return pod;
}

// "name deleted", "name kept", in the order of the names.
std::vector<std::string> Verdicts(const FoundObjects& found,
                                  bool this_host_only = false) {
  CleanupScope scope;
  scope.owner = Me();
  scope.this_host_only = this_host_only;
  std::vector<std::string> out;
  for (const Remains& remains : Judge(found, scope, kNow)) {
    EXPECT_FALSE(remains.why.empty());
    EXPECT_EQ(remains.image, "app");
    for (const RemainingObject& object : remains.objects) {
      EXPECT_EQ(object.uid, "uid-" + object.name);
      out.push_back(absl::StrCat(object.plural, " ", object.name,
                                 remains.in_use ? " kept" : " deleted"));
    }
  }
  return out;
}

TEST(CleanupTest, BuildsOfThisMachineGoWhenTheirProcessHasEnded) {
  FoundObjects found;
  found.pods = {WithPhase(Object("a", Ended()), "Running"),
                WithPhase(Object("b", Me()), "Succeeded", absl::Hours(9))};
  found.secrets = {Object("a", Ended()), Object("b", Me()),
                   Object("c", Ended())};
  found.jobs = {Object("a", Ended())};
  EXPECT_THAT(Verdicts(found),
              testing::ElementsAre("pods a deleted", "secrets a deleted",
                                   "jobs a deleted", "pods b kept",
                                   "secrets b kept", "secrets c deleted"));
}

TEST(CleanupTest, OfEachNamespaceByItself) {
  FoundObjects found;
  for (const char* name_space : {"one", "two"}) {
    json::Value pod = Object("a", Ended());
    json::Value metadata = pod["metadata"];
    metadata.Set("namespace", name_space);
    pod.Set("metadata", metadata);
    found.pods.push_back(pod);
  }
  CleanupScope scope;
  scope.owner = Me();
  std::vector<std::string> namespaces;
  for (const Remains& remains : Judge(found, scope, kNow)) {
    EXPECT_EQ(remains.objects.size(), 1u);
    namespaces.push_back(remains.name_space);
  }
  EXPECT_THAT(namespaces, testing::ElementsAre("one", "two"));
}

TEST(CleanupTest, OthersAreNotSeen) {
  json::Value devspace = Object("d", Ended());
  devspace.Set(
      "metadata",
      json::Object{{"name", "d"},
                   {"labels", json::Object{{"devspace-build", "true"}}}});
  json::Value bare = Object("e", Ended());
  bare.Set("metadata",
           json::Object{{"name", "e"},
                        {"labels", json::Object{{"app.kubernetes.io/managed-by",
                                                 "ovenbird"}}}});
  json::Value going = Object("f", Ended());
  json::Value metadata = going["metadata"];
  metadata.Set("deletionTimestamp", Ago(absl::Seconds(1)));
  going.Set("metadata", metadata);
  FoundObjects found;
  found.pods = {Object("a", By("other", Me().host, Ended().process)), devspace,
                bare, going};
  found.secrets = {Object("b", By("other", "elsewhere", "x")), devspace, bare};
  EXPECT_THAT(Verdicts(found), testing::IsEmpty());
}

TEST(CleanupTest, BuildsOfOtherMachinesGoWhenNothingCanBeAtWork) {
  struct Case {
    const char* what;
    json::Value pod;
    bool deleted;
  };
  const Case kCases[] = {
      {"running", WithPhase(Object("a", Elsewhere()), "Running"), false},
      {"pending", Object("a", Elsewhere(), absl::Minutes(59)), false},
      {"its log may still be read",
       WithPhase(Object("a", Elsewhere()), "Succeeded", absl::Minutes(1)),
       false},
      {"succeeded",
       WithPhase(Object("a", Elsewhere()), "Succeeded", absl::Minutes(6)),
       true},
      {"failed",
       WithPhase(Object("a", Elsewhere()), "Failed", absl::Minutes(6)), true},
      {"a sidecar runs on",
       WithSidecar(Object("a", Elsewhere()), absl::Minutes(6)), true},
      {"a sidecar runs on, and kaniko's log may still be read",
       WithSidecar(Object("a", Elsewhere()), absl::Minutes(1)), false},
      {"over its time",
       WithPhase(Object("a", Elsewhere(), absl::Minutes(70)), "Running"), true},
      {"this machine before it was started again",
       WithPhase(Object("a", By(Me().user, Me().host, "boot/1/2/3")),
                 "Running"),
       false},
      {"processes cannot be identified",
       WithPhase(Object("a", By(Me().user, Me().host, "")), "Running"), false},
      {"a machine with the same processes: a container",
       WithPhase(Object("a", By(Me().user, "elsewhere", Ended().process)),
                 "Running"),
       false},
  };
  for (const Case& row : kCases) {
    FoundObjects found;
    found.pods = {row.pod};
    EXPECT_THAT(
        Verdicts(found),
        testing::ElementsAre(row.deleted ? "pods a deleted" : "pods a kept"))
        << row.what;
  }
}

// The clock of its node is wrong by hours; the API server has noted when the
// pod was changed.
TEST(CleanupTest, TheEndOfAPodIsThatOfTheApiServersClock) {
  struct Case {
    absl::Duration by_node;
    absl::Duration by_server;
    bool deleted;
  };
  for (const Case& c : {Case{absl::Hours(3), absl::Minutes(1), false},
                        Case{-absl::Hours(3), absl::Minutes(6), true}}) {
    json::Value pod = WithPhase(Object("a", Elsewhere(), absl::Minutes(30)),
                                "Succeeded", c.by_node);
    json::Value metadata = pod["metadata"];
    metadata.Set(
        "managedFields",
        json::Array{json::Object{{"time", Ago(absl::Minutes(30))}},
                    json::Object{{"time", Ago(c.by_server)}}, json::Object{}});
    pod.Set("metadata", metadata);
    FoundObjects found;
    found.pods = {pod};
    EXPECT_THAT(
        Verdicts(found),
        testing::ElementsAre(c.deleted ? "pods a deleted" : "pods a kept"));
  }
}

TEST(CleanupTest, ASecretWithoutItsPod) {
  FoundObjects found;
  found.secrets = {Object("a", Elsewhere(), absl::Minutes(1)),
                   Object("b", Elsewhere(), absl::Minutes(20))};
  EXPECT_THAT(Verdicts(found),
              testing::ElementsAre("secrets a kept", "secrets b deleted"));
}

TEST(CleanupTest, ABuildLooksAtItsOwnHostOnly) {
  FoundObjects found;
  found.pods = {WithPhase(Object("a", Elsewhere()), "Failed", absl::Hours(1)),
                WithPhase(Object("b", Ended()), "Failed", absl::Hours(1))};
  EXPECT_THAT(Verdicts(found, true), testing::ElementsAre("pods b deleted"));
}

// Its containers get the time to end that a running pod's get.
TEST(CleanupTest, APodWhoseSidecarRunsOnHasNotEnded) {
  FoundObjects found;
  found.pods = {WithSidecar(Object("a", Elsewhere()), absl::Minutes(6))};
  CleanupScope scope;
  scope.owner = Me();
  const std::vector<Remains> remains = Judge(found, scope, kNow);
  ASSERT_EQ(remains.size(), 1u);
  EXPECT_FALSE(remains[0].objects[0].has_ended);
}

using kube::testing::ClientOf;
using kube::testing::ObjectCall;
using kube::testing::ObjectServer;
using kube::testing::Refusing;
using kube::testing::StatusResponse;

void CreateOnServer(kube::Client& client, const char* plural,
                    const json::Value& object) {
  const auto created =
      client.Create(kube::ResourceOf(plural, "ns"), object, nullptr);
  EXPECT_TRUE(created.ok()) << created.status();
}

CleanupScope MyScope() {
  CleanupScope scope;
  scope.owner = Me();
  return scope;
}

TEST(CleanupTest, WhatIsFoundWithoutSomeRights) {
  struct Case {
    const char* refused;
    std::vector<std::string> found;
    size_t problems;
  };
  for (const Case& c : std::vector<Case>{
           {"", {"pods a", "secrets a", "jobs a"}, 0},
           {"jobs", {"pods a", "secrets a"}, 0},
           {"secrets", {"pods a", "jobs a"}, 1},
           // A secret cannot be judged without its pod.
           {"pods", {}, 1},
       }) {
    ObjectServer server(Refusing([&](const ObjectCall& call) {
      return call.verb == "list" && call.plural == c.refused;
    }));
    const auto client = ClientOf(server.server());
    for (const char* plural : {"pods", "secrets", "jobs"}) {
      CreateOnServer(*client, plural, Object("a", Ended()));
    }
    const CleanupResult result = FindRemains(*client, "ns", MyScope(), nullptr);
    std::vector<std::string> found;
    for (const Remains& remains : result.remains) {
      EXPECT_EQ(remains.name_space, "ns");
      for (const RemainingObject& object : remains.objects) {
        found.push_back(absl::StrCat(object.plural, " ", object.name));
      }
    }
    EXPECT_EQ(found, c.found) << c.refused;
    EXPECT_EQ(result.problems.size(), c.problems) << c.refused;
    EXPECT_THAT(result.not_seen, testing::IsEmpty());
  }
}

// This machine's clock differs from the API server's, which sets the objects'
// times.
TEST(CleanupTest, ExpiryIsJudgedByTheApiServersClock) {
  struct Case {
    const char* what;
    absl::Duration server_behind;
    absl::Duration age;  // by the server's clock
    bool tells_time;
    bool deleted;
  };
  for (const Case& c : {
           Case{"same clock, young", {}, absl::Minutes(2), true, false},
           Case{"same clock, old", {}, absl::Hours(2), true, true},
           Case{"this clock is 3 h ahead", absl::Hours(3), absl::Minutes(2),
                true, false},
           Case{"this clock is 3 h behind", -absl::Hours(3), absl::Hours(2),
                true, true},
           Case{"the server gives no time", {}, absl::Hours(2), false, false},
       }) {
    const absl::Time server_now = absl::Now() - c.server_behind;
    json::Value pod = WithPhase(Object("a", Elsewhere()), "Running");
    json::Value metadata = pod["metadata"];
    metadata.Set("creationTimestamp",
                 absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", server_now - c.age,
                                  absl::UTCTimeZone()));
    pod.Set("metadata", metadata);
    net::testing::Server server(
        net::testing::EachRequest([&](const net::Request& request) {
          net::Response response = {200, {}, R"({"items":[]})"};
          if (absl::StrContains(request.target, "/pods")) {
            response.body =
                absl::StrCat(R"({"items":[)", json::Write(pod), "]}");
          }
          if (c.tells_time) {
            response.headers.emplace_back(
                "Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT",
                                         server_now, absl::UTCTimeZone()));
          }
          return response;
        }));
    const auto client = ClientOf(server);
    const CleanupResult result = FindRemains(*client, "ns", MyScope(), nullptr);
    ASSERT_EQ(result.remains.size(), 1u) << c.what;
    EXPECT_EQ(result.remains[0].in_use, !c.deleted) << c.what;
  }
}

// One message, not one for each kind of objects.
TEST(CleanupTest, AnUnreachableServerIsReportedOnce) {
  std::unique_ptr<kube::Client> client;
  {
    ObjectServer server;
    client = ClientOf(server.server());
  }
  const CleanupResult result = FindRemains(*client, "ns", MyScope(), nullptr);
  ASSERT_EQ(result.problems.size(), 1u);
  EXPECT_TRUE(absl::IsUnavailable(result.problems[0])) << result.problems[0];
  EXPECT_THAT(result.remains, testing::IsEmpty());
}

// Answers lists of the whole cluster and of each namespace.
net::Response InNamespaces(const net::Request& request) {
  const auto asks = [&](const char* path) {
    return request.target.find(path) != std::string::npos;
  };
  if (request.target == "/api/v1/namespaces") {
    return {200,
            {},
            R"({"items":[{"metadata":{"name":"open"}},)"
            R"({"metadata":{"name":"closed"}}]})"};
  }
  if (asks("/namespaces/open/pods")) {
    json::Value pod = Object("a", Ended());
    json::Value metadata = pod["metadata"];
    metadata.Set("namespace", "open");
    pod.Set("metadata", metadata);
    return {200, {}, absl::StrCat(R"({"items":[)", json::Write(pod), "]}")};
  }
  if (asks("/namespaces/open/")) return {200, {}, R"({"items":[]})"};
  return StatusResponse(403, "Forbidden", "cannot list");
}

TEST(CleanupTest, OneNamespaceAfterTheOtherWithoutTheRightForAll) {
  net::testing::Server server(net::testing::EachRequest(InNamespaces));
  const auto client = ClientOf(server);
  const CleanupResult result = FindAllRemains(*client, MyScope(), nullptr);
  EXPECT_THAT(result.problems, testing::IsEmpty());
  EXPECT_THAT(result.not_seen, testing::ElementsAre("closed"));
  ASSERT_EQ(result.remains.size(), 1u);
  EXPECT_EQ(result.remains[0].name_space, "open");
}

TEST(CleanupTest, NamespacesThatCannotBeListed) {
  net::testing::Server server(
      net::testing::EachRequest([](const net::Request&) {
        return StatusResponse(403, "Forbidden", "cannot list");
      }));
  const auto client = ClientOf(server);
  const CleanupResult result = FindAllRemains(*client, MyScope(), nullptr);
  // Of secrets, of pods, and of namespaces.
  EXPECT_EQ(result.problems.size(), 3u);
  EXPECT_THAT(result.remains, testing::IsEmpty());
  EXPECT_THAT(result.not_seen, testing::IsEmpty());
}

TEST(CleanupTest, DeletesOneObjectByItsUid) {
  ObjectServer server;
  const auto client = ClientOf(server.server());
  CreateOnServer(*client, "pods", Object("a", Ended()));
  CreateOnServer(*client, "secrets", Object("a", Ended()));
  // Another object has the name now: it stays.
  RemainingObject other = {"pods", "a", "uid-of-another", false};
  EXPECT_TRUE(DeleteRemaining(*client, "ns", other, nullptr).ok());
  EXPECT_THAT(server.objects(), testing::ElementsAre("pods/a", "secrets/a"));
  struct Case {
    RemainingObject object;
    json::Value grace;
  };
  // A pod of which nothing runs needs no time to end.
  for (const Case& c : {Case{{"pods", "a", "uid-pods-a", false}, 1},
                        Case{{"pods", "a", "uid-pods-a", true}, 0},
                        Case{{"secrets", "a", "uid-secrets-a", false}, {}}}) {
    EXPECT_TRUE(DeleteRemaining(*client, "ns", c.object, nullptr).ok());
    const json::Value body = server.Last("delete", c.object.plural).body;
    EXPECT_EQ(body["gracePeriodSeconds"], c.grace) << c.object.plural;
    EXPECT_EQ(body["propagationPolicy"], json::Value("Background"));
    if (c.object.plural == "pods" && !c.object.has_ended) {
      EXPECT_THAT(server.objects(), testing::ElementsAre("secrets/a"));
    }
  }
  EXPECT_THAT(server.objects(), testing::IsEmpty());
}

TEST(CleanupTest, ARefusedDeletionIsAnError) {
  ObjectServer server(
      Refusing([](const ObjectCall& call) { return call.verb == "delete"; }));
  const auto client = ClientOf(server.server());
  const absl::Status status =
      DeleteRemaining(*client, "ns", {"secrets", "a", "u", false}, nullptr);
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
}

}  // namespace
}  // namespace ovenbird::build
