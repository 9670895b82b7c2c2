#include "runtime/build/cluster/build_pods.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/build/owner.h"
#include "runtime/kube/client.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/object_server.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::build {
namespace {

using kube::testing::ClientOf;
using kube::testing::ObjectServer;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What a test changes of a pod of image `app`, r.io/app.
struct PodOptions {
  std::string key = "app";
  std::string image = "r.io/app";
  std::string manager = "ovenbird";
  std::string created = "2026-01-01T00:00:00Z";
  std::string status = "{}";
  bool is_deleted = false;
  Owner owner = {"me", "here", ""};
  std::string platform;
};

void Put(ObjectServer& server, const std::string& name,
         const PodOptions& options) {
  json::Value metadata;
  metadata.Set("name", name);
  metadata.Set("creationTimestamp", options.created);
  if (options.is_deleted) {
    metadata.Set("deletionTimestamp", "2026-01-01T00:00:00Z");
  }
  metadata.Set("labels",
               json::Object{{"app.kubernetes.io/managed-by", options.manager},
                            {"ovenbird.dev/image", "app"}});
  metadata.Set("annotations",
               json::Object{{"ovenbird.dev/image-key", options.key},
                            {"ovenbird.dev/destination", options.image},
                            {"ovenbird.dev/platform", options.platform},
                            {"ovenbird.dev/user", options.owner.user},
                            {"ovenbird.dev/host", options.owner.host},
                            {"ovenbird.dev/process", options.owner.process}});
  json::Value pod;
  pod.Set("metadata", std::move(metadata));
  pod.Set("status", *json::Parse(options.status));
  server.Put("pods", name, std::move(pod));
}

std::vector<BuildPod> Find(ObjectServer& server) {
  const std::unique_ptr<kube::Client> client = ClientOf(server.server());
  const auto pods = FindBuildPods(*client, "ns", "app", "r.io/app", nullptr);
  EXPECT_THAT(pods, IsOk());
  return pods.value_or(std::vector<BuildPod>());
}

std::vector<std::string> Names(const std::vector<BuildPod>& pods) {
  std::vector<std::string> names;
  for (const BuildPod& pod : pods) {
    names.push_back(absl::StrCat(pod.name, pod.has_ended ? " ended" : ""));
  }
  return names;
}

TEST(BuildPodsTest, TheNewestIsFirst) {
  ObjectServer server;
  EXPECT_THAT(Find(server), IsEmpty());
  Put(server, "old", {.status = R"({"phase":"Failed"})"});
  Put(server, "new", {.created = "2026-01-01T00:02:00Z"});
  // A sidecar lets the pod run on.
  Put(server, "middle",
      {.created = "2026-01-01T00:01:00Z",
       .status = R"({"phase":"Running","containerStatuses":[
                             {"name":"kaniko","state":{"terminated":{}}},
                             {"name":"mesh","state":{"running":{}}}]})"});
  EXPECT_THAT(Names(Find(server)),
              ElementsAre("new", "middle ended", "old ended"));
}

// `a/b` and `a-b` have the same label, and so have keys of other projects.
TEST(BuildPodsTest, PodsOfOtherImagesAreNotFound) {
  ObjectServer server;
  Put(server, "key", {.key = "App"});
  Put(server, "image", {.image = "r.io/other/app"});
  Put(server, "manager", {.manager = "helm"});
  Put(server, "deleted", {.is_deleted = true});
  EXPECT_THAT(Find(server), IsEmpty());
}

TEST(BuildPodsTest, WhatUsersRead) {
  ObjectServer server;
  Owner killed = ThisProcess();
  killed.process += "1";
  Put(server, "p", {.owner = killed, .platform = "linux/arm64"});
  const std::vector<BuildPod> pods = Find(server);
  ASSERT_EQ(pods.size(), 1u);
  EXPECT_EQ(Describe(pods[0], "ns"),
            absl::StrCat("pod `p` in namespace `ns` (linux/arm64), started by ",
                         killed.user, "@", killed.host, ", whose process ",
                         PidOf(killed.process), " has exited"));
  EXPECT_EQ(Describe({.name = "q", .owner = {"ci", "there", "b/1/2/3"}}, "ns"),
            "pod `q` in namespace `ns`, started by ci@there");
  EXPECT_EQ(Describe({.name = "q"}, "ns"), "pod `q` in namespace `ns`");
}

TEST(BuildPodsTest, TheServerRefuses) {
  ObjectServer server(kube::testing::Refusing(
      [](const kube::testing::ObjectCall&) { return true; }));
  const std::unique_ptr<kube::Client> client = ClientOf(server.server());
  EXPECT_THAT(FindBuildPods(*client, "ns", "app", "r.io/app", nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

}  // namespace
}  // namespace ovenbird::build
