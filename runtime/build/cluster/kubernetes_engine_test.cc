#include "runtime/build/cluster/kubernetes_engine.h"

#include <atomic>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/json.h"
#include "runtime/base/mutex.h"
#include "runtime/base/platform.h"
#include "runtime/base/source_file.h"
#include "runtime/build/cluster/expiry.h"
#include "runtime/build/cluster/inventory.h"
#include "runtime/build/engine.h"
#include "runtime/build/failure.h"
#include "runtime/build/login_refresh.h"
#include "runtime/build/observer.h"
#include "runtime/build/owner.h"
#include "runtime/build/timeline.h"
#include "runtime/config/config.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/client.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/rights.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/kube/testing/authorizer.h"
#include "runtime/kube/testing/context_receiver.h"
#include "runtime/kube/testing/object_server.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/plan/image_plan.h"
#include "runtime/plan/section.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::build {
namespace {

using kube::testing::Authorizer;
using kube::testing::ClientOf;
using kube::testing::ObjectCall;
using kube::testing::ObjectServer;
using kube::testing::ObjectServerOptions;
using kube::testing::Reception;
using kube::testing::StatusResponse;
using net::testing::Conversation;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kDigest[] =
    "sha256:1111111111111111111111111111111111111111111111111111111111111111";
constexpr char kReady[] = R"({"initContainerStatuses":[
    {"name":"context","state":{"running":{}}}]})";
constexpr char kRunning[] = R"({"initContainerStatuses":[
    {"name":"context","state":{"terminated":{"exitCode":0}}}],
    "containerStatuses":[{"name":"kaniko","state":{"running":{}}}]})";

constexpr char kRejected[] = R"({"phase":"Failed","reason":"NodeAffinity",
    "message":"Pod was rejected: Predicate NodeAffinity failed"})";

// Of a kubelet whose node shuts down.
constexpr char kTerminated[] = R"({"phase":"Failed","reason":"Terminated",
    "message":"Pod was terminated in response to imminent node shutdown.",
    "initContainerStatuses":[
    {"name":"context","state":{"terminated":{"exitCode":0}}}],
    "containerStatuses":[{"name":"kaniko","state":{"terminated":{
    "startedAt":"t","reason":"Error","exitCode":143}}}]})";

std::string Ended(int code) {
  return absl::StrCat(
      R"({"initContainerStatuses":[)",
      R"({"name":"context","state":{"terminated":{"exitCode":0}}}],)",
      R"("containerStatuses":[{"name":"kaniko","state":{"terminated":)",
      R"({"startedAt":"t","reason":"Error","exitCode":)", code,
      R"(,"message":")", code == 0 ? kDigest : "", R"("}}}]})");
}

// "/api/v1/namespaces/ns/pods/NAME/log?..." -> NAME
std::string PodOf(const net::Request& request) {
  const size_t begin = request.target.find("/pods/") + 6;
  return request.target.substr(begin, request.target.find('/', begin) - begin);
}

// Engine, cluster and user: the cluster's kubelet runs each pod to its end.
class BuildRun : public Observer {
 public:
  // Of the executor, and the answer to calls that differ.
  struct Script {
    int exit_code = 0;
    // So many pods are rejected by their node first. A real kubelet does that
    // only in the moments after a change of its node, which no test can hold.
    int rejected = 0;
    // So many pods are terminated by their node while kaniko runs.
    int disrupted = 0;
    int retries = 1;
    std::string log_line = "no such file";
    std::function<std::optional<net::Response>(const ObjectCall&)> answer;
    // Not set: the login is never renewed.
    LoginSource login;
    absl::Duration login_interval = absl::Milliseconds(1);
    // Called while the executor runs, with the name of its pod and Secret.
    std::function<void(ObjectServer&, const std::string& name)> while_running;
    // The build is interrupted at this step, or when this object is created.
    std::string interrupt;
    // Memory runs out at this step, or in this phase.
    std::string throws_at;
    std::optional<PhaseKind> throws_in;
    // The user's, if the server is to check them; must outlive the run.
    Authorizer* rights = nullptr;
    // Breaks the connection once for the creation of each kind of object, after
    // the server has carried it out.
    bool loses_answers = false;
  };

  BuildRun() : BuildRun(Script{}) {}
  explicit BuildRun(Script script)
      : script_(std::move(script)),
        server_(OptionsOf()),
        engine_(std::make_unique<KubernetesEngine>(
            ClientOf(server_.server(), {.retry_for = RetryFor(script_)}),
            inventory_, EngineOptions(script_))) {
    kaniko_.namespace_ = "ns";
    kaniko_.image = "registry.example.com/kaniko:v1";
  }

  Outcome Build() {
    plan::ImagePlan plan;
    plan.key = "app";
    plan.kaniko = plan::Section<config::Kaniko>(&kaniko_);
    plan.sends_everything = true;
    plan.files = {{"Dockerfile", "FROM scratch\n"}};
    plan.push_registries = {"r.io"};
    plan.spec.key = "app";
    plan.spec.image = "r.io/app";
    plan.spec.kaniko = &kaniko_;
    plan.spec.docker_config = R"({"auths":{}})";
    return engine_->Build(plan, *this, cancel_);
  }

  std::optional<Failure> CheckBefore(const std::string& platform,
                                     bool needs_own_node) {
    plan::ImagePlan plan;
    plan.spec.platform = *ParsePlatform(platform);
    plan.spec.needs_own_node = needs_own_node;
    return engine_->CheckBefore(plan, cancel_);
  }

  // Puts what a killed build of this user has left: a pod, a Secret, a Job.
  void PutKilledBuild() {
    json::Object annotations;
    for (const auto& [key, value] : Annotations(
             {"ann", "laptop", absl::StrCat(ThisProcess().process, "1")})) {
      annotations.emplace_back(key, value);
    }
    for (const char* plural : {"pods", "secrets", "jobs"}) {
      json::Value object;
      object.Set("metadata",
                 json::Object{
                     {"labels", json::Object{{kube::kManagedByLabel,
                                              kube::kManagedByValue},
                                             {kube::kBuildIdLabel, "killed"}}},
                     {"annotations", annotations}});
      server_.Put(plural, "killed", object);
    }
  }

  // Waits until the cleanup in the background has deleted it, or cannot.
  void WaitForCleanup() { engine_.reset(); }

  ObjectServer& server() { return server_; }
  Cancellation& cancel() { return cancel_; }
  config::Kaniko& kaniko() { return kaniko_; }
  std::string inventory() const { return inventory_.Describe(); }
  // "create", "delete": what happened to pods.
  std::vector<std::string> PodCalls() {
    std::vector<std::string> verbs;
    for (const std::string& call : server_.calls()) {
      const size_t blank = call.find(" pods/");
      if (blank != call.npos) verbs.push_back(call.substr(0, blank));
    }
    return verbs;
  }
  std::vector<std::string> said() {
    MutexLock lock(&mutex_);
    return said_;
  }

 private:
  // A server that loses one answer is asked again, however slow the machine is.
  static absl::Duration RetryFor(const Script& script) {
    return script.loses_answers ? absl::Minutes(1) : absl::Milliseconds(20);
  }

  static KubernetesEngineOptions EngineOptions(const Script& script) {
    KubernetesEngineOptions options;
    options.retries = script.retries;
    options.login = script.login;
    options.login_interval = script.login_interval;
    options.patience.rejected = absl::Milliseconds(1);
    options.patience.resend = absl::Milliseconds(1);
    options.patience.last_words = absl::Milliseconds(1);
    options.owner = {"ann", "laptop", ThisProcess().process};
    options.annotations = {{"example.com/team", "a"}};
    return options;
  }

  ObjectServerOptions OptionsOf() {
    ObjectServerOptions options;
    options.answer =
        [this](const ObjectCall& call) -> std::optional<net::Response> {
      if (!script_.answer) return std::nullopt;
      return script_.answer(call);
    };
    if (script_.rights != nullptr) {
      options.authorize = [this](const net::Request& request) {
        std::optional<net::Response> refusal = script_.rights->Check(request);
        // kaniko ends although its log is not read.
        if (refusal && absl::StrContains(request.target, "/log?")) {
          Become(PodOf(request), Ended(script_.exit_code));
        }
        return refusal;
      };
    }
    options.loses_answer = [this](const ObjectCall& call) {
      if (!script_.loses_answers || call.verb != "create") return false;
      MutexLock lock(&mutex_);
      return lost_.insert(call.plural).second;
    };
    options.after = [this](const ObjectCall& call) {
      if (call.verb != "create") return;
      if (call.plural == "pods") {
        Become(call.name, pods_++ < script_.rejected ? kRejected : kReady);
      }
      Happened(absl::StrCat("create ", call.plural));
    };
    options.exec = [this](Conversation& c, const net::Request& request) {
      kube::testing::ReceiveContext(c, request, Reception::kComplete);
      Become(PodOf(request), kRunning);
    };
    options.log = [this](Conversation& c, const net::Request& request) {
      if (script_.while_running) {
        script_.while_running(server_, PodOf(request));
      }
      const bool is_disrupted = pods_ <= script_.disrupted;
      Become(PodOf(request),
             is_disrupted ? kTerminated : Ended(script_.exit_code));
      c.Reply(200,
              absl::StrCat("2024-01-01T00:00:00.1Z ", script_.log_line, "\n"));
    };
    return options;
  }

  void Become(const std::string& pod, const std::string& status) {
    server_.SetStatus(pod, *json::Parse(status));
  }
  void Happened(absl::string_view what) {
    if (!script_.interrupt.empty() &&
        absl::StartsWith(what, script_.interrupt)) {
      cancel_.Cancel();
    }
  }

  void Step(absl::string_view text) override {
    Happened(text);
    MutexLock lock(&mutex_);
    said_.push_back(absl::StrCat("step: ", text));
    if (!script_.throws_at.empty() &&
        absl::StartsWith(text, script_.throws_at)) {
      throw std::bad_alloc();
    }
  }
  void Enter(const Phase& phase) override {
    if (phase.kind == script_.throws_in) throw std::bad_alloc();
  }
  void Log(absl::string_view line) override {
    MutexLock lock(&mutex_);
    said_.push_back(absl::StrCat("log: ", line));
  }
  void Warn(absl::string_view text) override {
    MutexLock lock(&mutex_);
    said_.push_back(absl::StrCat("warning: ", text));
  }

  const Script script_;
  std::atomic<int> pods_ = 0;
  config::Kaniko kaniko_;
  Cancellation cancel_;
  Mutex mutex_;
  std::vector<std::string> said_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> lost_ ABSL_GUARDED_BY(mutex_);
  Inventory inventory_;
  ObjectServer server_;
  std::unique_ptr<KubernetesEngine> engine_;
};

TEST(KubernetesEngineTest, BuildsAndLeavesNothing) {
  BuildRun run;
  const Outcome outcome = run.Build();
  ASSERT_FALSE(outcome.failure.has_value()) << outcome.failure->what;
  EXPECT_EQ(outcome.digest, kDigest);
  EXPECT_THAT(outcome.warnings, IsEmpty());
  EXPECT_THAT(run.said(), Contains("log: no such file"));
  EXPECT_THAT(run.server().objects(), IsEmpty());
  EXPECT_EQ(run.inventory(), "");
}

TEST(KubernetesEngineTest, ARejectedValueIsNamedInTheConfig) {
  const SourceFile file("devspace.yaml", "tolerations:\n- {key: a}\n");
  yaml::Arena arena;
  diag::Collector problems;
  BuildRun::Script script;
  script.answer = [](const ObjectCall& call) -> std::optional<net::Response> {
    if (call.verb != "create" || call.plural != "pods") return std::nullopt;
    return net::Response{
        422, {}, R"({"kind":"Status","code":422,"reason":"Invalid",
                     "message":"Pod \"p\" is invalid","details":{"causes":[
                     {"field":"spec.tolerations[0].operator","message":"no"}]}})"};
  };
  BuildRun run(script);
  run.kaniko().tolerations.emplace_back().key = "a";
  run.kaniko().source = yaml::Parse(file, arena, problems);
  const Outcome outcome = run.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, FailureKind::kConfig);
  ASSERT_THAT(outcome.failure->diagnostics, SizeIs(1));
  EXPECT_EQ(outcome.failure->diagnostics[0].config_path,
            "images.app.build.kaniko.tolerations[0]");
  EXPECT_THAT(outcome.failure->details, ElementsAre("Pod \"p\" is invalid"));
  EXPECT_THAT(run.server().objects(), IsEmpty());
}

TEST(KubernetesEngineTest, WhatTheObjectsSayOfTheBuild) {
  BuildRun run;
  run.kaniko().timeout = "10m";
  std::vector<std::string> ids;
  std::vector<std::string> runs;
  for (int i = 0; i < 2; ++i) {
    ASSERT_FALSE(run.Build().failure.has_value());
    const json::Value pod = run.server().Last("create", "pods").body;
    const json::Value& labels = pod.Get({"metadata", "labels"});
    ids.emplace_back(labels[kube::kBuildIdLabel].string_or());
    runs.emplace_back(labels[kube::kRunLabel].string_or());
    for (const char* plural : {"jobs", "secrets", "pods"}) {
      const json::Value object = run.server().Last("create", plural).body;
      const json::Value& annotations = object.Get({"metadata", "annotations"});
      EXPECT_EQ(annotations[kUserAnnotation].string_or(), "ann") << plural;
      EXPECT_EQ(annotations[kHostAnnotation].string_or(), "laptop") << plural;
      EXPECT_EQ(annotations["example.com/team"].string_or(), "a") << plural;
      // Until a node is found (5 minutes), its deadline, and a minute.
      EXPECT_EQ(annotations[kLifetimeAnnotation].string_or(), "960") << plural;
    }
  }
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_FALSE(runs[0].empty());
}

// A queue may hold the pod back for days; nothing may expire until then.
TEST(KubernetesEngineTest, ABuildInAQueueExpiresMuchLater) {
  BuildRun run;
  run.kaniko().timeout = "10m";
  run.kaniko().queue = "builds";
  ASSERT_FALSE(run.Build().failure.has_value());
  const json::Value pod = run.server().Last("create", "pods").body;
  EXPECT_EQ(pod.Get({"metadata", "labels", kube::kQueueLabel}).string_or(),
            "builds");
  EXPECT_EQ(
      pod.Get({"metadata", "annotations", kLifetimeAnnotation}).string_or(),
      absl::StrCat(960 + 7 * 24 * 60 * 60));
}

// Returns the login in a Secret.
std::string LoginIn(ObjectServer& server, const std::string& secret) {
  std::string login;
  absl::Base64Unescape(
      server.Find("secrets", secret).Get({"data", kube::kLoginKey}).string_or(),
      &login);
  return login;
}

// The token of a cloud expires before the push.
TEST(KubernetesEngineTest, ALoginThatChangesIsReplacedInTheRunningPod) {
  constexpr char kNew[] = R"({"auths":{"r.io":{"auth":"bmV3"}}})";
  BuildRun::Script script;
  std::atomic<bool> expired = false;
  script.login = [&](const plan::ImagePlan& plan, Cancellation*) {
    EXPECT_THAT(plan.push_registries, ElementsAre("r.io"));
    return expired ? kNew : R"({"auths":{}})";
  };
  std::string first;
  std::string last;
  script.while_running = [&](ObjectServer& server, const std::string& name) {
    if (!first.empty()) return;  // The log is read to its end twice.
    first = LoginIn(server, name);
    EXPECT_TRUE(server.Find("secrets", name)["immutable"].is_null());
    expired = true;
    for (int i = 0; i < 5000 && last != kNew; ++i) {
      absl::SleepFor(absl::Milliseconds(1));
      last = LoginIn(server, name);
    }
  };
  BuildRun run(std::move(script));
  const Outcome outcome = run.Build();
  EXPECT_FALSE(outcome.failure.has_value());
  EXPECT_THAT(outcome.warnings, IsEmpty());
  EXPECT_EQ(first, R"({"auths":{}})");
  EXPECT_EQ(last, kNew);
  EXPECT_THAT(run.server().objects(), IsEmpty());
}

// The credentials of the plan may be hours old, and the first renewal comes
// after minutes.
TEST(KubernetesEngineTest, ANewPodGetsTheCurrentLogin) {
  constexpr char kNew[] = R"({"auths":{"r.io":{"auth":"bmV3"}}})";
  for (const bool disrupted : {false, true}) {
    for (const bool helper_fails : {false, true}) {
      SCOPED_TRACE(absl::StrCat(disrupted, helper_fails));
      BuildRun::Script script;
      (disrupted ? script.disrupted : script.rejected) = 1;
      script.login_interval = absl::Hours(1);
      script.login = [&](const plan::ImagePlan&,
                         Cancellation*) -> absl::StatusOr<std::string> {
        if (helper_fails) return absl::UnavailableError("the helper failed");
        return kNew;
      };
      std::string login;
      script.while_running = [&](ObjectServer& server,
                                 const std::string& name) {
        login = LoginIn(server, name);
      };
      BuildRun run(std::move(script));
      EXPECT_FALSE(run.Build().failure.has_value());
      EXPECT_EQ(login, helper_fails ? R"({"auths":{}})" : kNew);
      EXPECT_THAT(run.server().objects(), IsEmpty());
    }
  }
}

// The build has waited for others that were built before it.
TEST(KubernetesEngineTest, ABuildThatWasQueuedGetsTheCurrentLogin) {
  constexpr char kNew[] = R"({"auths":{"r.io":{"auth":"bmV3"}}})";
  BuildRun::Script script;
  script.login = [&](const plan::ImagePlan&, Cancellation*) { return kNew; };
  BuildRun run(std::move(script));
  absl::SleepFor(absl::Milliseconds(2));
  EXPECT_FALSE(run.Build().failure.has_value());
  std::string login;
  absl::Base64Unescape(run.server()
                           .Last("create", "secrets")
                           .body.Get({"data", kube::kLoginKey})
                           .string_or(),
                       &login);
  EXPECT_EQ(login, kNew);
}

TEST(KubernetesEngineTest, ALoginThatCannotBeRenewedIsAWarning) {
  BuildRun::Script script;
  std::atomic<int> asked = 0;
  script.login = [&](const plan::ImagePlan&, Cancellation*) {
    ++asked;
    return absl::UnavailableError("the helper has failed");
  };
  script.while_running = [&](ObjectServer&, const std::string&) {
    for (int i = 0; i < 5000 && asked < 2; ++i) {
      absl::SleepFor(absl::Milliseconds(1));
    }
  };
  BuildRun run(std::move(script));
  const Outcome outcome = run.Build();
  EXPECT_FALSE(outcome.failure.has_value());
  EXPECT_THAT(outcome.warnings,
              ElementsAre(HasSubstr("the helper has failed")));
}

TEST(KubernetesEngineTest, FailuresLeaveNothing) {
  const auto refuses = [](const char* what, int code, const char* reason,
                          const char* message) {
    return [=](const ObjectCall& call) -> std::optional<net::Response> {
      if (absl::StrCat(call.verb, " ", call.plural) != what) {
        return std::nullopt;
      }
      return StatusResponse(code, reason, message);
    };
  };
  struct Case {
    const char* name;
    BuildRun::Script script;
    FailureKind kind;
    const char* what;
  };
  for (const Case& c : std::vector<Case>{
           {"kaniko fails", {.exit_code = 1}, FailureKind::kBuild, ""},
           {"no pod",
            {.answer = refuses("create pods", 403, "Forbidden",
                               "exceeded quota: small")},
            FailureKind::kEnvironment,
            "cannot create the build pod: the build exceeds the namespace's "
            "quota"},
           {"no secret",
            {.answer = refuses("create secrets", 403, "Forbidden",
                               "cannot create resource \"secrets\"")},
            FailureKind::kEnvironment,
            "cannot create the build's secret: "},
           {"no context",
            {.answer = refuses("exec pods", 403, "Forbidden",
                               "cannot create resource \"pods/exec\"")},
            FailureKind::kEnvironment,
            "cannot send the context: "},
       }) {
    BuildRun run(c.script);
    const Outcome outcome = run.Build();
    ASSERT_TRUE(outcome.failure.has_value()) << c.name;
    EXPECT_EQ(outcome.failure->kind, c.kind) << c.name;
    EXPECT_THAT(outcome.failure->what, HasSubstr(c.what)) << c.name;
    EXPECT_EQ(outcome.digest, "") << c.name;
    EXPECT_THAT(run.server().objects(), IsEmpty()) << c.name;
    EXPECT_EQ(run.inventory(), "") << c.name;
  }
}

TEST(KubernetesEngineTest, InterruptedInEachPhase) {
  for (const char* phase :
       {"create jobs", "create secrets", "create pods", "pod ovenbird-app",
        "sending the context", "the context has arrived", "kaniko runs"}) {
    BuildRun run({.interrupt = phase});
    const Outcome outcome = run.Build();
    ASSERT_TRUE(outcome.failure.has_value()) << phase;
    EXPECT_EQ(outcome.failure->kind, FailureKind::kInterrupted)
        << phase << ": " << outcome.failure->what;
    EXPECT_THAT(outcome.warnings, IsEmpty()) << phase;
    EXPECT_EQ(run.inventory(), "") << phase;
    // A request that was in flight may be carried out after its deletion.
    EXPECT_THAT(run.server().objects(), Not(Contains(StartsWith("jobs/"))))
        << phase;
  }
}

TEST(KubernetesEngineTest, WhatRunsOutLeavesNothing) {
  for (const char* step : {"pod ", "the context has arrived", "kaniko runs"}) {
    BuildRun run({.throws_at = step});
    const Outcome outcome = run.Build();
    ASSERT_TRUE(outcome.failure.has_value()) << step;
    EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
    EXPECT_THAT(outcome.failure->what, HasSubstr("no more memory or threads"));
    EXPECT_THAT(run.server().objects(), IsEmpty()) << step;
    EXPECT_EQ(run.inventory(), "") << step;
  }
}

TEST(KubernetesEngineTest, APhaseThatCannotBeShownLeavesNothing) {
  for (const PhaseKind phase : {PhaseKind::kUpload, PhaseKind::kCleanUp}) {
    BuildRun run({.throws_in = phase});
    try {
      (void)run.Build();
    } catch (const std::bad_alloc&) {
    }
    EXPECT_THAT(run.server().objects(), IsEmpty()) << Name(phase);
    EXPECT_EQ(run.inventory(), "") << Name(phase);
  }
}

TEST(KubernetesEngineTest, InterruptedBefore) {
  BuildRun run;
  run.cancel().Cancel();
  const Outcome outcome = run.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, FailureKind::kInterrupted);
  EXPECT_THAT(run.server().calls(), IsEmpty());
}

TEST(KubernetesEngineTest, ARejectedPodIsFollowedByAnother) {
  BuildRun run({.rejected = 1});
  const Outcome outcome = run.Build();
  ASSERT_FALSE(outcome.failure.has_value()) << outcome.failure->what;
  EXPECT_EQ(outcome.digest, kDigest);
  EXPECT_THAT(run.PodCalls(),
              ElementsAre("create", "delete", "create", "exec", "delete"));
  EXPECT_THAT(run.said(),
              Contains(HasSubstr("trying again in a new pod: the node "
                                 "rejected")));
  EXPECT_EQ(run.inventory(), "");
}

TEST(KubernetesEngineTest, TheThirdRejectionIsTheLast) {
  BuildRun run({.rejected = 3});
  const Outcome outcome = run.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, FailureKind::kEnvironment);
  EXPECT_THAT(outcome.failure->what, HasSubstr("(NodeAffinity)"));
  EXPECT_THAT(run.PodCalls(), SizeIs(6));
}

TEST(KubernetesEngineTest, ADisruptedBuildIsTriedAgain) {
  BuildRun run({.disrupted = 1});
  const Outcome outcome = run.Build();
  ASSERT_FALSE(outcome.failure.has_value()) << outcome.failure->what;
  EXPECT_EQ(outcome.digest, kDigest);
  EXPECT_THAT(run.PodCalls(), ElementsAre("create", "exec", "delete", "create",
                                          "exec", "delete"));
  EXPECT_THAT(run.said(), Contains(HasSubstr("trying again in a new pod: the "
                                             "node rejected or terminated the "
                                             "build pod (Terminated)")));
  EXPECT_EQ(run.inventory(), "");
}

TEST(KubernetesEngineTest, RetriesAreLimited) {
  const struct {
    int disrupted;
    int retries;
    size_t pods;
    bool is_built;
  } kCases[] = {{1, 0, 1, false}, {2, 1, 2, false}, {2, 2, 3, true}};
  for (const auto& c : kCases) {
    BuildRun run({.disrupted = c.disrupted, .retries = c.retries});
    const Outcome outcome = run.Build();
    EXPECT_EQ(!outcome.failure.has_value(), c.is_built) << c.retries;
    EXPECT_EQ(absl::c_count(run.PodCalls(), "create"), c.pods) << c.retries;
    EXPECT_EQ(run.inventory(), "");
  }
}

// Another build might push another image under the same tag.
TEST(KubernetesEngineTest, ABuildThatHasBegunToPushIsNotTriedAgain) {
  BuildRun run(
      {.disrupted = 1, .log_line = "INFO[0003] Pushing image to r.io/app"});
  const Outcome outcome = run.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_THAT(outcome.failure->what, HasSubstr("(Terminated)"));
  EXPECT_THAT(run.PodCalls(), ElementsAre("create", "exec", "delete"));
}

TEST(KubernetesEngineTest, ACancelledBuildCreatesNoOtherPod) {
  BuildRun run({.rejected = 1, .interrupt = "trying again"});
  const Outcome outcome = run.Build();
  ASSERT_TRUE(outcome.failure.has_value());
  EXPECT_EQ(outcome.failure->kind, FailureKind::kInterrupted);
  EXPECT_THAT(run.PodCalls(), ElementsAre("create", "delete"));
}

TEST(KubernetesEngineTest, ThePullSecretIsReadFirst) {
  struct Case {
    const char* name;
    net::Response secret;
    const char* what;  // null: it builds
  };
  for (const Case& c : std::vector<Case>{
           {"missing", StatusResponse(404, "NotFound", "secrets \"login\""),
            "pull secret `login` is not in namespace `ns`"},
           {"found", {200, {}, R"({"data":{"config.json":"e30="}})"}, nullptr},
       }) {
    BuildRun run(
        {.answer = [&](const ObjectCall& call) -> std::optional<net::Response> {
          if (call.verb != "get" || call.plural != "secrets")
            return std::nullopt;
          return c.secret;
        }});
    run.kaniko().pull_secret = "login";
    const Outcome outcome = run.Build();
    ASSERT_EQ(outcome.failure.has_value(), c.what != nullptr) << c.name;
    if (c.what != nullptr) {
      EXPECT_EQ(outcome.failure->what, c.what);
      EXPECT_THAT(run.server().calls(), ElementsAre("get secrets/login"));
    } else {
      EXPECT_THAT(json::Write(run.server().Last("create", "pods").body),
                  HasSubstr(R"("key":"config.json")"));
    }
  }
}

TEST(KubernetesEngineTest, WhatCannotBeDeletedIsAWarning) {
  BuildRun run(
      {.answer = [](const ObjectCall& call) -> std::optional<net::Response> {
        if (call.verb != "delete" || call.plural != "secrets")
          return std::nullopt;
        return StatusResponse(403, "Forbidden", "cannot delete it");
      }});
  const Outcome outcome = run.Build();
  ASSERT_FALSE(outcome.failure.has_value()) << outcome.failure->what;
  EXPECT_EQ(outcome.digest, kDigest);
  EXPECT_THAT(
      outcome.warnings,
      ElementsAre(StartsWith("could not delete secrets/ovenbird-app-")));
  EXPECT_THAT(run.inventory(), HasSubstr("secret/ovenbird-app-"));
}

// The nodes are listed once for a run, and only if a build needs one of them.
TEST(KubernetesEngineTest, APlatformWithoutANodeIsKnownBefore) {
  std::atomic<int> lists = 0;
  BuildRun run(
      {.answer = [&](const ObjectCall& call) -> std::optional<net::Response> {
        if (call.verb != "list") return std::nullopt;
        ++lists;
        return net::Response{200, {}, R"({"items":[{"metadata":{"labels":{
            "kubernetes.io/os":"linux","kubernetes.io/arch":"amd64"}}}]})"};
      }});
  EXPECT_FALSE(run.CheckBefore("linux/arm64", /*needs_own_node=*/false));
  EXPECT_EQ(lists, 0);
  EXPECT_FALSE(run.CheckBefore("linux/amd64", /*needs_own_node=*/true));
  const std::optional<Failure> failure =
      run.CheckBefore("linux/arm64", /*needs_own_node=*/true);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->what, "no arm64 node in this cluster");
  EXPECT_EQ(lists, 1);
}

// A cluster may take long for its list of nodes.
TEST(KubernetesEngineTest, OtherBuildsDoNotWaitForTheNodes) {
  Event asked;
  Event built;
  BuildRun run(
      {.answer = [&](const ObjectCall& call) -> std::optional<net::Response> {
        // The first one is that of the nodes.
        if (call.verb != "list" || asked.happened()) return std::nullopt;
        asked.Notify();
        built.Wait();
        return StatusResponse(403, "Forbidden", "cannot list nodes");
      }});
  std::thread check([&] {
    EXPECT_FALSE(run.CheckBefore("linux/arm64", /*needs_own_node=*/true));
  });
  asked.Wait();
  const Outcome outcome = run.Build();
  built.Notify();
  check.join();
  EXPECT_EQ(outcome.digest, kDigest);
}

TEST(KubernetesEngineTest, WhoMayNotListNodesBuildsAnyway) {
  std::atomic<int> lists = 0;
  BuildRun run(
      {.answer = [&](const ObjectCall& call) -> std::optional<net::Response> {
        if (call.verb != "list") return std::nullopt;
        ++lists;
        return StatusResponse(403, "Forbidden", "cannot list nodes");
      }});
  EXPECT_FALSE(run.CheckBefore("linux/arm64", /*needs_own_node=*/true));
  EXPECT_EQ(lists, 1);
}

// What the tests of rights need to know of a run.
struct RightsRun {
  Outcome outcome;
  std::set<std::string> used;
  std::set<std::string> refused;
  std::vector<std::string> objects;  // that are left
};

// A short build may be over before its events are watched.
void WaitForEvents(Authorizer& authorizer) {
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (absl::Now() < end) {
    const std::set<std::string> refused = authorizer.refused();
    if (authorizer.used().contains("watch events") ||
        refused.contains("list events") || refused.contains("watch events")) {
      return;
    }
    absl::SleepFor(absl::Milliseconds(1));
  }
  ADD_FAILURE() << "nothing watches the events";
}

// Builds as a user with the rights, after a build that was killed. The server
// has checked the requests of all that a build does.
RightsRun RunWithRights(const std::vector<kube::Right>& rights,
                        const std::string& pull_secret = "",
                        bool loses_answers = false) {
  Authorizer authorizer(rights, "ns");
  RightsRun result;
  {
    BuildRun run({.rights = &authorizer, .loses_answers = loses_answers});
    run.PutKilledBuild();
    run.kaniko().pull_secret = pull_secret;
    if (!pull_secret.empty()) {
      run.server().Put(
          "secrets", pull_secret,
          *json::Parse(R"({"data":{".dockerconfigjson":"e30="}})"));
    }
    run.CheckBefore("linux/amd64", /*needs_own_node=*/true);
    result.outcome = run.Build();
    if (!result.outcome.failure) WaitForEvents(authorizer);
    // The cleanup in the background ends with the engine.
    run.WaitForCleanup();
    result.objects = run.server().objects();
  }
  result.used = authorizer.used();
  result.refused = authorizer.refused();
  return result;
}

std::set<std::string> Descriptions(const std::vector<kube::Right>& rights) {
  std::set<std::string> all;
  for (const kube::Right& right : rights) all.insert(kube::Describe(right));
  return all;
}

// The table of rights.h has all that a build asks for, and nothing else.
TEST(KubernetesEngineRightsTest, AreThoseThatBuildsUse) {
  struct Case {
    const char* name;
    kube::RightsNeeded needed;
    const char* pull_secret;
    std::set<std::string> refused;
  };
  for (const Case& c : std::vector<Case>{
           {"own Secret",
            {.creates_secrets = true, .lists_nodes = true},
            "",
            {}},
           // Only a build that creates Secrets looks for those of killed ones.
           {"pull secret",
            {.pull_secrets = {"login"}, .lists_nodes = true},
            "login",
            {"list secrets"}},
       }) {
    const std::vector<kube::Right> rights = kube::RightsFor(c.needed);
    std::set<std::string> used;
    for (const bool loses_answers : {false, true}) {
      const RightsRun run = RunWithRights(rights, c.pull_secret, loses_answers);
      EXPECT_FALSE(run.outcome.failure.has_value())
          << c.name << ": " << run.outcome.failure->what;
      EXPECT_THAT(run.outcome.warnings, IsEmpty()) << c.name;
      EXPECT_EQ(run.refused, c.refused) << c.name;
      used.insert(run.used.begin(), run.used.end());
    }
    EXPECT_EQ(used, Descriptions(rights)) << c.name;
  }
}

// What the table says of each right: without a required one the build fails
// with its name, and without another one it goes on.
TEST(KubernetesEngineRightsTest, WithoutOneOfThem) {
  const std::vector<kube::Right> all =
      kube::RightsFor({.creates_secrets = true, .lists_nodes = true});
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<kube::Right> others = all;
    others.erase(others.begin() + i);
    const std::string name = kube::Describe(all[i]);
    const RightsRun run = RunWithRights(others);
    EXPECT_THAT(run.refused, IsSubsetOf({name})) << name;
    if (!all[i].is_required) {
      EXPECT_FALSE(run.outcome.failure.has_value()) << name;
      EXPECT_EQ(run.outcome.digest, kDigest) << name;
      continue;
    }
    ASSERT_TRUE(run.outcome.failure.has_value()) << name;
    EXPECT_EQ(run.outcome.failure->kind, FailureKind::kEnvironment) << name;
    EXPECT_THAT(run.outcome.failure->what,
                HasSubstr(absl::StrCat("you are not allowed to `", all[i].verb,
                                       "` `", all[i].resource, "`")))
        << name;
    EXPECT_THAT(run.outcome.failure->hint, HasSubstr("ovenbird rbac")) << name;
    EXPECT_THAT(run.objects, Each(EndsWith("/killed"))) << name;
  }
}

}  // namespace
}  // namespace ovenbird::build
