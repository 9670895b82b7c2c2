#include "runtime/doctor/dry_run.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/config/config.h"
#include "runtime/config/decode.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/build_spec.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::doctor {
namespace {

using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::StatusResponse;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Lines(const Findings& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    lines.push_back(absl::StrCat(ToString(finding.state), " ", finding.subject,
                                 ": ", finding.text));
  }
  return lines;
}

class DryRunTest : public ::testing::Test {
 protected:
  // Tries a build with credentials, in namespace `ns`.
  Tried Try(const std::function<net::Response(const net::Request&)>& answer) {
    net::testing::Server server(
        net::testing::EachRequest([&](const net::Request& request) {
          asked_.push_back(absl::StrCat(request.method, " ", request.target));
          return answer(request);
        }));
    kube::BuildSpec spec;
    spec.key = "app";
    spec.build_id = "doctor";
    spec.image = "r.io/app";
    spec.tags = {"v1"};
    spec.kaniko = &kaniko_;
    spec.docker_config = "{}";
    Cancellation cancel;
    return TryObjects(*ClientOf(server), "image `app`", "ns", spec, cancel);
  }

  config::Kaniko kaniko_;
  std::vector<std::string> asked_;
};

net::Response Echo(const net::Request& request) {
  return {201, {}, request.body};
}

TEST_F(DryRunTest, NothingIsCreated) {
  const Tried tried = Try(Echo);
  EXPECT_THAT(asked_,
              ElementsAre("POST /api/v1/namespaces/ns/secrets?dryRun=All",
                          "POST /api/v1/namespaces/ns/pods?dryRun=All"));
  EXPECT_THAT(Lines(tried.findings),
              ElementsAre("ok pod of image `app`: the cluster accepts it (dry "
                          "run)"));
  EXPECT_TRUE(tried.has_secret);
  EXPECT_EQ(tried.pod.Get({"metadata", "name"}).string_or(),
            "ovenbird-app-doctor");
}

TEST_F(DryRunTest, TheServersWarnings) {
  const Tried tried = Try([](const net::Request& request) {
    net::Response response = Echo(request);
    if (absl::StrContains(request.target, "pods")) {
      response.headers = {{"Warning", "299 - \"would violate PodSecurity\""}};
    }
    return response;
  });
  EXPECT_THAT(Lines(tried.findings),
              ElementsAre(HasSubstr("ok pod"), HasSubstr("warning pod")));
  EXPECT_THAT(tried.findings[1].details,
              ElementsAre("would violate PodSecurity"));
}

TEST_F(DryRunTest, ARefusalIsExplained) {
  const Tried tried = Try([](const net::Request& request) {
    return absl::StrContains(request.target, "secrets")
               ? StatusResponse(403, "Forbidden", "exceeded quota: q")
               : StatusResponse(403, "Forbidden", "pod violates PodSecurity");
  });
  EXPECT_THAT(
      Lines(tried.findings),
      ElementsAre("error Secret of image `app`: cannot create the build's "
                  "secret: the build exceeds the namespace's quota",
                  "error pod of image `app`: cannot create the build pod: the "
                  "namespace's Pod Security level rejects the pod"));
  EXPECT_THAT(tried.findings[1].details,
              ElementsAre("pod violates PodSecurity"));
  EXPECT_THAT(tried.findings[1].next, HasSubstr("build in another namespace"));
  // What was sent says what the pod needs.
  EXPECT_EQ(tried.pod["kind"].string_or(), "Pod");
}

TEST_F(DryRunTest, TheOptionsThatTheClusterRejects) {
  const SourceFile file("devspace.yaml", "\nnodeSelector: {pool: \"x y\"}\n");
  yaml::Arena arena;
  diag::Collector problems;
  config::decode::Context context(&problems);
  Decode(*yaml::Parse(file, arena, problems), context, &kaniko_);
  const Tried tried = Try([](const net::Request& request) {
    if (absl::StrContains(request.target, "secrets")) return Echo(request);
    return net::Response{422, {}, R"({"kind":"Status","apiVersion":"v1",
        "metadata":{},"status":"Failure","message":"Pod \"p\" is invalid: x",
        "reason":"Invalid","code":422,"details":{"name":"p","kind":"Pod",
        "causes":[{"reason":"FieldValueInvalid","field":"spec.nodeSelector",
        "message":"Invalid value: \"x y\": a valid label must"}]}})"};
  });
  ASSERT_THAT(Lines(tried.findings), ElementsAre(HasSubstr("error pod")));
  EXPECT_EQ(tried.findings[0].next, "fix these values");
  EXPECT_THAT(tried.findings[0].details,
              Contains(HasSubstr("devspace.yaml:2:22: ")));
}

TEST_F(DryRunTest, WhatCannotBeTriedIsNoError) {
  EXPECT_THAT(
      Lines(Try([](const net::Request& request) {
              return absl::StrContains(request.target, "secrets")
                         ? Echo(request)
                         : StatusResponse(400, "BadRequest",
                                          "admission webhook \"w\" does not "
                                          "support dry run");
            }).findings),
      ElementsAre("warning pod of image `app`: not checked: a webhook of the "
                  "cluster allows no dry run"));
  EXPECT_THAT(
      Lines(Try([](const net::Request&) {
              return StatusResponse(
                  403, "Forbidden",
                  "pods is forbidden: User \"u\" cannot create resource "
                  "\"pods\" in API group \"\" in the namespace \"ns\"");
            }).findings),
      ElementsAre(HasSubstr("warning Secret of image `app`: not checked"),
                  HasSubstr("warning pod of image `app`: not checked")));
}

json::Value PodOf(const char* spec) {
  const absl::StatusOr<json::Value> pod =
      json::Parse(absl::StrCat(R"({"spec":)", spec, "}"));
  EXPECT_TRUE(pod.ok()) << pod.status();
  return *pod;
}

TEST(CompareWithSentTest, Containers) {
  const json::Value sent = PodOf(R"({"initContainers":[{"name":"context"}],
                                     "containers":[{"name":"kaniko"}]})");
  // Defaults of the server are no changes.
  EXPECT_THAT(CompareWithSent("pod", sent, PodOf(R"({
          "initContainers":[{"name":"context","resources":{}}],
          "containers":[{"name":"kaniko","terminationMessagePath":"/x",
                         "securityContext":{}}]})")),
              IsEmpty());
  const Findings findings = CompareWithSent("pod", sent, PodOf(R"({
      "initContainers":[{"name":"first","image":"i"},
                        {"name":"mesh","image":"m","restartPolicy":"Always"},
                        {"name":"context"}],
      "containers":[{"name":"proxy","image":"p"},{"name":"kaniko"}]})"));
  EXPECT_THAT(
      Lines(findings),
      ElementsAre("warning pod: admission adds container `first` of image "
                  "`i`, which runs before the build",
                  "warning pod: admission adds container `mesh` of image `m`, "
                  "which runs next to the build, which does not wait for its "
                  "end",
                  "warning pod: admission adds container `proxy` of image "
                  "`p`, which runs next to the build, which does not wait for "
                  "its end"));
  EXPECT_EQ(findings[0].check, "injection");
}

TEST(CompareWithSentTest, FieldsOfOurContainers) {
  EXPECT_THAT(
      Lines(CompareWithSent(
          "pod",
          PodOf(R"({"containers":[{"name":"kaniko","image":"a","args":["x"],
                    "securityContext":{"runAsUser":0}}]})"),
          PodOf(R"({"containers":[{"name":"kaniko","image":"b","args":["y"],
                    "securityContext":{"runAsUser":1,
                                       "readOnlyRootFilesystem":true}}]})"))),
      ElementsAre(
          "warning pod: admission changes `image` of container `kaniko` to `b`",
          "warning pod: admission changes `args` of container `kaniko`",
          "warning pod: admission changes "
          "`securityContext.readOnlyRootFilesystem` of container `kaniko` to "
          "`true`",
          "warning pod: admission changes `securityContext.runAsUser` of "
          "container `kaniko` to `1`"));
}

}  // namespace
}  // namespace ovenbird::doctor
