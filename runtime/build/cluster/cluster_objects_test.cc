#include "runtime/build/cluster/cluster_objects.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/failure.h"
#include "runtime/config/config.h"
#include "runtime/kube/client.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"

namespace ovenbird::build {
namespace {

using kube::testing::ClientOf;
using kube::testing::ObjectCall;
using kube::testing::ObjectServer;
using kube::testing::ObjectServerOptions;
using kube::testing::StatusResponse;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kName[] = "ovenbird-app-0123456789";

kube::Manifest SomeManifest(bool with_secret, bool host_users = true) {
  config::Kaniko kaniko;
  kaniko.host_users = host_users;
  kube::BuildSpec spec;
  spec.key = "app";
  spec.build_id = "0123456789";
  spec.image = "registry.example.com/app";
  spec.kaniko = &kaniko;
  if (with_secret) spec.docker_config = R"({"auths":{}})";
  return kube::MakeManifest(spec);
}

std::vector<std::string> AllCalls(const std::vector<std::string>& verbs) {
  std::vector<std::string> calls;
  for (const std::string& verb : verbs) {
    calls.push_back(absl::StrCat(verb, "/", kName));
  }
  return calls;
}

// The answer to calls whose "VERB PLURAL" is `call`.
struct Refusal {
  const char* call;
  int code;
  const char* reason;
  const char* message;
};

// How long the client tries. A server that loses one answer is asked again,
// however slow the machine is.
absl::Duration RetryFor(bool loses_answers) {
  return loses_answers ? absl::Minutes(1) : absl::Milliseconds(20);
}

// The objects of one build, on a server of the test's.
class Build {
 public:
  explicit Build(ObjectServerOptions options = {},
                 std::vector<Refusal> refusals = {}, bool old_jobs = false)
      : retry_for_(RetryFor(options.loses_answer != nullptr)),
        server_(
            WithRefusals(std::move(options), std::move(refusals), old_jobs)),
        client_(ClientOf(server_.server(), {.retry_for = retry_for_})),
        objects_(*client_, "ns", inventory_) {}

  std::optional<Failure> Create(bool with_secret = true,
                                bool host_users = true) {
    return objects_.Create(SomeManifest(with_secret, host_users),
                           absl::Minutes(20), cancel_);
  }
  const std::vector<std::string>& warnings() { return objects_.warnings(); }
  std::vector<std::string> Delete(bool pod_has_ended = true) {
    return objects_.Delete(pod_has_ended, /*in_a_hurry=*/true);
  }

  // Lets the client know that the server is there, so that it repeats requests.
  void Reach() {
    (void)client_->Get(kube::ResourceOf("pods", "ns"), "none", nullptr);
  }

  absl::Status ReplaceLogin(const std::string& login) {
    return objects_.ReplaceLogin(login, cancel_);
  }

  ObjectServer& server() { return server_; }
  Cancellation& cancel() { return cancel_; }
  std::string inventory() const { return inventory_.Describe(); }

 private:
  const absl::Duration retry_for_;
  static ObjectServerOptions WithRefusals(ObjectServerOptions options,
                                          std::vector<Refusal> refusals,
                                          bool old_jobs) {
    if (options.answer) return options;
    options.answer =
        [refusals = std::move(refusals),
         old_jobs](const ObjectCall& call) -> std::optional<net::Response> {
      const std::string what = absl::StrCat(call.verb, " ", call.plural);
      for (const Refusal& refusal : refusals) {
        if (what == refusal.call) {
          return StatusResponse(refusal.code, refusal.reason, refusal.message);
        }
      }
      if (old_jobs && what == "create jobs") {
        return net::Response{
            201, {}, R"({"metadata":{"name":"j","uid":"u"},"spec":{}})"};
      }
      return std::nullopt;
    };
    return options;
  }

  ObjectServer server_;
  std::unique_ptr<kube::Client> client_;
  Inventory inventory_;
  Cancellation cancel_;
  ClusterObjects objects_;
};

// "Job/NAME/UID" of an object's owners.
std::vector<std::string> OwnersOf(const json::Value& object) {
  std::vector<std::string> owners;
  for (const json::Value& owner :
       object.Get({"metadata", "ownerReferences"}).items()) {
    owners.push_back(absl::StrCat(owner["kind"].string_or(), "/",
                                  owner["name"].string_or(), "/",
                                  owner["uid"].string_or()));
  }
  return owners;
}

TEST(ClusterObjectsTest, CreatesTheJobFirstAndDeletesItFirst) {
  Build build;
  EXPECT_FALSE(build.Create().has_value());
  EXPECT_EQ(build.server().calls(), AllCalls({"create jobs", "create secrets",
                                              "create pods", "patch secrets"}));
  const std::string job = absl::StrCat("Job/", kName, "/uid-jobs-", kName);
  EXPECT_THAT(OwnersOf(build.server().Find("pods", kName)), ElementsAre(job));
  EXPECT_THAT(OwnersOf(build.server().Last("create", "secrets").body),
              ElementsAre(job));
  // The Secret goes with its pod, whoever deletes that.
  EXPECT_THAT(OwnersOf(build.server().Find("secrets", kName)),
              ElementsAre(absl::StrCat("Pod/", kName, "/uid-pods-", kName)));
  EXPECT_THAT(build.inventory(), HasSubstr(kName));

  EXPECT_THAT(build.Delete(), IsEmpty());
  EXPECT_THAT(build.server().objects(), IsEmpty());
  EXPECT_EQ(build.inventory(), "");
  std::vector<std::string> calls = build.server().calls();
  calls.erase(calls.begin(), calls.begin() + 4);
  EXPECT_EQ(calls, AllCalls({"delete jobs", "delete secrets", "delete pods"}));
  const json::Value body = build.server().Last("delete", "pods").body;
  EXPECT_EQ(body.Get({"preconditions", "uid"}).string_or(),
            absl::StrCat("uid-pods-", kName));
  EXPECT_EQ(body["propagationPolicy"].string_or(), "Background");
  EXPECT_EQ(body["gracePeriodSeconds"], json::Value(0));
}

TEST(ClusterObjectsTest, TheLoginIsReplacedInItsOwnSecretOnly) {
  Build build;
  EXPECT_FALSE(build.Create().has_value());
  EXPECT_TRUE(build.ReplaceLogin("{}").ok());
  const json::Value patch = build.server().Last("patch", "secrets").body;
  EXPECT_EQ(json::Write(patch),
            absl::StrCat(R"({"metadata":{"uid":"uid-secrets-)", kName,
                         R"("},"data":{".dockerconfigjson":"e30="}})"));
  EXPECT_EQ(build.server()
                .Find("secrets", kName)
                .Get({"data", ".dockerconfigjson"})
                .string_or(),
            "e30=");
  EXPECT_THAT(build.Delete(), IsEmpty());

  Build refused({}, {{"patch secrets", 403, "Forbidden", "cannot patch"}});
  EXPECT_FALSE(refused.Create().has_value());
  EXPECT_TRUE(absl::IsPermissionDenied(refused.ReplaceLogin("{}")));
  EXPECT_THAT(refused.Delete(), IsEmpty());
}

TEST(ClusterObjectsTest, WithoutASecret) {
  Build build;
  EXPECT_FALSE(build.Create(/*with_secret=*/false).has_value());
  EXPECT_TRUE(absl::IsNotFound(build.ReplaceLogin("{}")));
  EXPECT_EQ(build.server().calls(), AllCalls({"create jobs", "create pods"}));
  EXPECT_THAT(build.Delete(), IsEmpty());
}

// An API server removes a field that it does not know.
TEST(ClusterObjectsTest, AClusterThatIgnoresHostUsers) {
  for (const bool is_known : {true, false}) {
    ObjectServerOptions options;
    options.answer =
        [&](const ObjectCall& call) -> std::optional<net::Response> {
      if (is_known || call.verb != "create" || call.plural != "pods") {
        return std::nullopt;
      }
      return net::Response{
          201, {}, R"({"metadata":{"name":"p","uid":"u"},"spec":{}})"};
    };
    Build build(std::move(options));
    EXPECT_FALSE(
        build.Create(/*with_secret=*/false, /*host_users=*/false).has_value());
    if (is_known) {
      EXPECT_THAT(build.warnings(), IsEmpty());
    } else {
      EXPECT_THAT(
          build.warnings(),
          ElementsAre(HasSubstr("the cluster ignores `hostUsers: false`")));
    }
    EXPECT_THAT(build.Delete(), IsEmpty());
  }
  Build other;
  EXPECT_FALSE(other.Create(/*with_secret=*/false).has_value());
  EXPECT_THAT(other.warnings(), IsEmpty());
  EXPECT_THAT(other.Delete(), IsEmpty());
}

// The build goes on where only a way to clean up is missing.
TEST(ClusterObjectsTest, RightsThatABuildCanDoWithout) {
  struct Case {
    Refusal refusal;
    std::vector<std::string> pod_owners;
  };
  const std::string job = absl::StrCat("Job/", kName, "/uid-jobs-", kName);
  for (const Case& c : std::vector<Case>{
           {{"create jobs", 403, "Forbidden", "cannot create"}, {}},
           {{"create jobs", 404, "NotFound", "no such API"}, {}},
           {{"patch secrets", 403, "Forbidden", "cannot patch"}, {job}},
           {{"delete jobs", 403, "Forbidden", "cannot delete"}, {job}},
       }) {
    Build build({}, {c.refusal});
    const std::optional<Failure> failure = build.Create();
    EXPECT_FALSE(failure.has_value()) << c.refusal.call << failure->what;
    EXPECT_EQ(OwnersOf(build.server().Find("pods", kName)), c.pod_owners)
        << c.refusal.call;
    // A Job that stays expires on its own.
    EXPECT_THAT(build.Delete(), IsEmpty()) << c.refusal.call;
    EXPECT_EQ(build.inventory(), "") << c.refusal.call;
  }
}

// A cluster that drops the lifetime would keep the Job forever.
TEST(ClusterObjectsTest, AJobThatDoesNotExpireIsDeletedImmediately) {
  Build build({}, {}, /*old_jobs=*/true);
  EXPECT_FALSE(build.Create().has_value());
  EXPECT_EQ(build.server().calls()[1], absl::StrCat("delete jobs/", kName));
  EXPECT_THAT(OwnersOf(build.server().Find("pods", kName)), IsEmpty());
  EXPECT_THAT(build.Delete(), IsEmpty());

  Build stays({}, {{"delete jobs", 403, "Forbidden", "cannot delete"}}, true);
  EXPECT_FALSE(stays.Create().has_value());
  // It is tried once more at the end.
  EXPECT_THAT(stays.Delete(), IsEmpty());
  EXPECT_EQ(stays.server().Last("delete", "jobs").name, kName);
}

TEST(ClusterObjectsTest, WhatCannotBeCreated) {
  struct Case {
    Refusal refusal;
    const char* what;
    std::vector<std::string> deleted;
  };
  for (const Case& c : std::vector<Case>{
           {{"create secrets", 403, "Forbidden",
             "secrets is forbidden: cannot create resource \"secrets\" in"},
            "cannot create the build's secret: you are not allowed to "
            "`create` `secrets` in namespace `ns`",
            {"delete jobs"}},
           {{"create pods", 403, "Forbidden", "exceeded quota: small"},
            "cannot create the build pod: the build exceeds the namespace's "
            "quota",
            {"delete jobs", "delete secrets"}},
           {{"create pods", 422, "Invalid", "spec.containers[0].name"},
            "cannot create the build pod: the cluster rejected the object as "
            "invalid",
            {"delete jobs", "delete secrets"}},
           // It may have been created nevertheless.
           {{"create pods", 500, "InternalError", "failed calling webhook"},
            "cannot create the build pod: an admission webhook of the cluster "
            "does not answer",
            {"delete jobs", "delete secrets", "delete pods"}},
           {{"patch secrets", 404, "NotFound", "secrets \"x\" not found"},
            "cannot hand the secret to its pod: ",
            {"delete jobs", "delete secrets", "delete pods"}},
       }) {
    Build build({}, {c.refusal});
    const std::optional<Failure> failure = build.Create();
    ASSERT_TRUE(failure.has_value()) << c.what;
    EXPECT_EQ(failure->kind, FailureKind::kEnvironment);
    EXPECT_THAT(failure->what, HasSubstr(c.what));
    const size_t before = build.server().calls().size();
    EXPECT_THAT(build.Delete(), IsEmpty()) << c.what;
    std::vector<std::string> calls = build.server().calls();
    calls.erase(calls.begin(), calls.begin() + static_cast<long>(before));
    calls.erase(std::unique(calls.begin(), calls.end()), calls.end());
    EXPECT_EQ(calls, AllCalls(c.deleted)) << c.what;
    EXPECT_THAT(build.server().objects(), IsEmpty()) << c.what;
    EXPECT_EQ(build.inventory(), "") << c.what;
  }
}

TEST(ClusterObjectsTest, WhatCannotBeDeletedIsNamed) {
  for (const char* plural : {"secrets", "pods"}) {
    const std::string call = absl::StrCat("delete ", plural);
    Build build({}, {{call.c_str(), 403, "Forbidden", "cannot delete it"}});
    EXPECT_FALSE(build.Create().has_value());
    EXPECT_THAT(build.Delete(),
                ElementsAre(HasSubstr(
                    absl::StrCat(plural, "/", kName, " in namespace ns: "))));
    EXPECT_THAT(build.server().objects(),
                ElementsAre(absl::StrCat(plural, "/", kName)));
    // The second Ctrl-C can still list it.
    EXPECT_THAT(build.inventory(), HasSubstr(kName)) << plural;
  }
}

// Deleted by another user, and created again: not ours.
TEST(ClusterObjectsTest, OthersObjectsAreLeftAlone) {
  Build build;
  EXPECT_FALSE(build.Create(/*with_secret=*/false).has_value());
  build.server().Remove("pods", kName);
  EXPECT_THAT(build.Delete(), IsEmpty());

  Build taken({}, {{"delete pods", 409, "Conflict", "the UID differs"}});
  EXPECT_FALSE(taken.Create(/*with_secret=*/false).has_value());
  EXPECT_THAT(taken.Delete(/*pod_has_ended=*/false), IsEmpty());
  EXPECT_THAT(taken.server().objects(),
              ElementsAre(absl::StrCat("pods/", kName)));
}

json::Value Parsed(const char* text) { return *json::Parse(text); }

TEST(ClusterObjectsTest, HowThePodIsEnded) {
  struct Case {
    const char* name;
    const char* status;
    bool pod_has_ended;
    bool stays;
    int deletions;
    int last_grace;
  };
  constexpr char kRuns[] =
      R"({"containerStatuses":[{"name":"kaniko","state":{"running":{}}}]})";
  constexpr char kHasRun[] = R"({"initContainerStatuses":[
      {"name":"context","state":{"terminated":{"exitCode":1}}}]})";
  for (const Case& c : std::vector<Case>{
           {"ended", kHasRun, true, false, 1, 0},
           {"runs", kRuns, false, false, 1, 1},
           {"its init container has run", kHasRun, false, false, 1, 1},
           // A kubelet that pulls an image does not end it.
           {"has not started", "{}", false, true, 2, 0},
       }) {
    ObjectServerOptions options;
    options.pods_stay = c.stays;
    Build build(std::move(options));
    EXPECT_FALSE(build.Create(/*with_secret=*/false).has_value());
    build.server().SetStatus(kName, Parsed(c.status));
    EXPECT_THAT(build.Delete(c.pod_has_ended), IsEmpty()) << c.name;
    EXPECT_THAT(build.server().objects(), IsEmpty()) << c.name;
    int deletions = 0;
    for (const std::string& call : build.server().calls()) {
      deletions += absl::StartsWith(call, "delete pods");
    }
    EXPECT_EQ(deletions, c.deletions) << c.name;
    EXPECT_EQ(build.server().Last("delete", "pods").body["gracePeriodSeconds"],
              json::Value(c.last_grace))
        << c.name;
  }
}

// The request is in flight then: its object is asked for, and is not there.
TEST(ClusterObjectsTest, InterruptedWhileItCreates) {
  struct Case {
    const char* call;
    std::vector<std::string> deleted;
  };
  for (const Case& c : std::vector<Case>{
           {"create jobs", {"delete jobs"}},
           {"create secrets", {"delete jobs", "delete secrets"}},
           {"create pods", {"delete jobs", "delete secrets", "delete pods"}},
       }) {
    Cancellation* cancel = nullptr;
    ObjectServerOptions options;
    options.answer =
        [&](const ObjectCall& call) -> std::optional<net::Response> {
      if (absl::StrCat(call.verb, " ", call.plural) != c.call) {
        return std::nullopt;
      }
      cancel->Cancel();
      return StatusResponse(503, "ServiceUnavailable", "restarts");
    };
    Build build(std::move(options));
    cancel = &build.cancel();
    const std::optional<Failure> failure = build.Create();
    ASSERT_TRUE(failure.has_value()) << c.call;
    EXPECT_EQ(failure->kind, FailureKind::kInterrupted) << failure->what;
    const size_t before = build.server().calls().size();
    EXPECT_THAT(build.Delete(), IsEmpty()) << c.call;
    std::vector<std::string> calls = build.server().calls();
    calls.erase(calls.begin(), calls.begin() + static_cast<long>(before));
    // It is asked for several times: see the next test.
    calls.erase(std::unique(calls.begin(), calls.end()), calls.end());
    EXPECT_EQ(calls, AllCalls(c.deleted)) << c.call;
    EXPECT_THAT(build.server().objects(), IsEmpty()) << c.call;
    EXPECT_EQ(build.inventory(), "") << c.call;
  }
}

// The deletion comes over another connection, and overtakes it.
TEST(ClusterObjectsTest, ARequestThatIsCutOffMayBeCarriedOutLater) {
  Cancellation* cancel = nullptr;
  ObjectServerOptions options;
  options.answer = [&](const ObjectCall& call) -> std::optional<net::Response> {
    if (absl::StrCat(call.verb, " ", call.plural) != "create pods") {
      return std::nullopt;
    }
    cancel->Cancel();
    return StatusResponse(503, "ServiceUnavailable", "restarts");
  };
  Build build(std::move(options));
  cancel = &build.cancel();
  EXPECT_TRUE(build.Create().has_value());
  std::thread late([&] {
    absl::SleepFor(absl::Milliseconds(150));
    build.server().Put("pods", kName, json::Object());
  });
  EXPECT_THAT(build.Delete(), IsEmpty());
  late.join();
  EXPECT_THAT(build.server().objects(), IsEmpty());
}

TEST(ClusterObjectsTest, ALostAnswerDoesNotLoseTheObject) {
  for (const char* what : {"create jobs", "create secrets", "create pods",
                           "delete secrets", "delete pods"}) {
    int lost = 0;
    ObjectServerOptions options;
    options.loses_answer = [&](const ObjectCall& call) {
      return absl::StrCat(call.verb, " ", call.plural) == what && lost++ == 0;
    };
    Build build(std::move(options));
    const std::optional<Failure> failure = build.Create();
    EXPECT_FALSE(failure.has_value()) << what << failure->what;
    EXPECT_THAT(build.Delete(), IsEmpty()) << what;
    EXPECT_THAT(build.server().objects(), IsEmpty()) << what;
    EXPECT_EQ(build.inventory(), "") << what;
    EXPECT_GE(lost, 1) << what;
  }
}

// The first request was carried out and its answer lost; what the server says
// to the second one, or to the question for the object, is not about the first.
TEST(ClusterObjectsTest, ARefusalAfterALostAnswerDoesNotLoseTheObject) {
  for (const char* plural : {"jobs", "secrets", "pods"}) {
    for (const char* refused : {"get", "create"}) {
      SCOPED_TRACE(absl::StrCat(refused, " ", plural));
      int creates = 0;
      ObjectServerOptions options;
      options.loses_answer = [&](const ObjectCall& call) {
        return call.verb == "create" && call.plural == plural && creates == 1;
      };
      options.answer =
          [&](const ObjectCall& call) -> std::optional<net::Response> {
        if (call.plural != plural) return std::nullopt;
        if (call.verb == "create") ++creates;
        // A user without the right to read Secrets; a quota that the first one
        // has used up.
        if (call.verb == refused && creates > 1) {
          return StatusResponse(403, "Forbidden", "no");
        }
        return std::nullopt;
      };
      Build build(std::move(options));
      build.Reach();
      build.Create();
      EXPECT_GE(creates, 2);
      EXPECT_THAT(build.Delete(), IsEmpty());
      EXPECT_THAT(build.server().objects(), IsEmpty());
      EXPECT_EQ(build.inventory(), "");
    }
  }
}

}  // namespace
}  // namespace ovenbird::build
