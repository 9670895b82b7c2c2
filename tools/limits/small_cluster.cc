#include "tools/limits/small_cluster.h"

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/kube/testing/context_receiver.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::testing {
namespace {

using net::testing::Conversation;

constexpr char kDigest[] =
    "sha256:1111111111111111111111111111111111111111111111111111111111111111";
constexpr char kReady[] = R"({"initContainerStatuses":[
    {"name":"context","state":{"running":{}}}]})";
constexpr char kRunning[] = R"({"initContainerStatuses":[
    {"name":"context","state":{"terminated":{"exitCode":0}}}],
    "containerStatuses":[{"name":"kaniko","state":{"running":{}}}]})";
constexpr char kDone[] = R"({"initContainerStatuses":[
    {"name":"context","state":{"terminated":{"exitCode":0}}}],
    "containerStatuses":[{"name":"kaniko","state":{"terminated":{
    "startedAt":"t","reason":"Completed","exitCode":0,"message":
    "sha256:1111111111111111111111111111111111111111111111111111111111111111"
    }}}]})";

net::Response Registry(const net::Request& request) {
  if (request.method == "POST") {
    return {202, {{"Location", "/v2/upload"}}, ""};
  }
  if (absl::StrContains(request.target, "/manifests/")) {
    return {200, {{"Docker-Content-Digest", kDigest}}, ""};
  }
  return {200, {}, ""};
}

// "/api/v1/namespaces/ns/pods/NAME/log?..." -> NAME
std::string PodOf(const net::Request& request) {
  const std::vector<std::string> parts = absl::StrSplit(request.target, '/');
  return parts.size() > 6 ? parts[6] : "";
}

void Write(const std::string& path, const std::string& content) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  EXPECT_TRUE(ReplaceFile(path, content).ok()) << path;
}

}  // namespace

SmallCluster::SmallCluster(int images)
    : folder_(NewFolder()),
      registry_(net::testing::EachRequest(Registry)),
      cluster_(Kubelet()) {
  const std::string registry = registry_.url().HostPort();
  std::string config = "images:\n";
  for (int i = 0; i < images; ++i) {
    absl::StrAppend(&config, "  image", i, ":\n    image: ", registry, "/image",
                    i, "\n    context: image", i, "\n    dockerfile: image", i,
                    "/Dockerfile\n    build: {kaniko: {namespace: ns}}\n");
    const std::string folder = absl::StrCat(folder_, "/image", i);
    Write(folder + "/Dockerfile", "FROM scratch\nCOPY file /\n");
    Write(folder + "/file", absl::StrCat("content ", i, "\n"));
  }
  Write(folder_ + "/devspace.yaml", config);
  Write(
      folder_ + "/kubeconfig",
      absl::StrCat("apiVersion: v1\nkind: Config\ncurrent-context: c\n",
                   "clusters: [{name: c, cluster: {server: \"",
                   cluster_.server().url().Origin(), "\"}}]\n",
                   "users: [{name: u, user: {}}]\n",
                   "contexts: [{name: c, context: {cluster: c, user: u}}]\n"));
  // "u:p"
  Write(folder_ + "/docker/config.json",
        absl::StrCat(R"({"auths":{")", registry, R"(":{"auth":"dTpw"}}})"));
}

std::vector<std::pair<std::string, std::string>> SmallCluster::Environment() {
  const std::string home = absl::StrCat(folder_, "/home", runs_++);
  std::filesystem::create_directory(home);
  return {{"HOME", home},
          {"XDG_CACHE_HOME", home + "/cache"},
          {"XDG_STATE_HOME", home + "/state"},
          {"KUBECONFIG", folder_ + "/kubeconfig"},
          {"DOCKER_CONFIG", folder_ + "/docker"}};
}

void SmallCluster::DeleteAll() {
  for (const std::string& object : cluster_.objects()) {
    const std::vector<std::string> parts = absl::StrSplit(object, '/');
    cluster_.Remove(parts[0], parts[1]);
  }
}

void SmallCluster::Become(const std::string& pod, const char* status) {
  cluster_.SetStatus(pod, *json::Parse(status));
}

kube::testing::ObjectServerOptions SmallCluster::Kubelet() {
  kube::testing::ObjectServerOptions options;
  options.after = [this](const kube::testing::ObjectCall& call) {
    if (call.verb == "create" && call.plural == "pods") {
      Become(call.name, kReady);
    }
  };
  options.exec = [this](Conversation& c, const net::Request& request) {
    if (!kube::testing::ReceiveContext(c, request,
                                       kube::testing::Reception::kComplete)
             .empty()) {
      // kaniko ends although its log may never be read.
      Become(PodOf(request), kRunning);
      Become(PodOf(request), kDone);
    }
  };
  options.log = [](Conversation& c, const net::Request&) {
    c.Reply(200, "2024-01-01T00:00:00.1Z Pushing image\n");
  };
  return options;
}

}  // namespace ovenbird::testing
