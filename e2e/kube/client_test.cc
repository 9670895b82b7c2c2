// The API client on a real cluster: KUBECONFIG names it, OVENBIRD_E2E_NAMESPACE
// a namespace (made and deleted when not set), and the image alpine:3.20.3 is
// on its node.
#include "runtime/kube/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "e2e/kube/relay.h"
#include "runtime/base/json.h"
#include "runtime/kube/access.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/exec.h"
#include "runtime/kube/log.h"
#include "runtime/kube/watch.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::e2e {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;
using namespace ::ovenbird::kube;  // NOLINT

constexpr char kImage[] = "alpine:3.20.3";
constexpr size_t kLarge = 100 * 1000 * 1000;

ClusterAccess Access(const std::string& kubeconfig = "") {
  AccessOptions options;
  options.kubeconfig = kubeconfig;
  auto access = FindCluster(options);
  EXPECT_THAT(access, IsOk());
  return *std::move(access);
}

std::unique_ptr<Client> ClientFor(const ClusterAccess& access) {
  ClientOptions options;
  options.on_retry = [](const absl::Status& status) {
    std::cerr << "again: " << status << "\n";
  };
  auto client = Client::New(access, options);
  EXPECT_THAT(client, IsOk());
  return *std::move(client);
}

// A client whose first connections are cut after so many bytes.
struct BadNetwork {
  explicit BadNetwork(std::vector<size_t> cuts)
      : access(Access()),
        relay(access.server.host, access.server.port, std::move(cuts)) {
    access.options.tls.server_name = access.server.host;
    access.server.host = "127.0.0.1";
    access.server.port = relay.port();
    client = ClientFor(access);
  }
  ClusterAccess access;
  Relay relay;
  std::unique_ptr<Client> client;
};

class ApiClientTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    client_ = ClientFor(Access()).release();
    const char* given = std::getenv("OVENBIRD_E2E_NAMESPACE");
    own_namespace_ = given == nullptr;
    ns_ = own_namespace_ ? absl::StrCat("e2e-", getpid(), "-client") : given;
    if (own_namespace_) {
      json::Value name_space;
      name_space.Set("metadata", json::Object{{"name", ns_}});
      ASSERT_THAT(
          client_->Create({.plural = "namespaces"}, name_space, nullptr),
          IsOk());
    }
    // Pods are refused before their service account is there.
    WaitFor({.plural = "serviceaccounts", .name_space = ns_}, "default",
            [](const json::Value&) { return true; });
  }

  static void TearDownTestSuite() {
    if (own_namespace_) {
      EXPECT_THAT(client_->Delete({.plural = "namespaces"}, ns_, {}, nullptr),
                  IsOk());
    }
    delete client_;
  }

  static Resource Pods() { return {.plural = "pods", .name_space = ns_}; }

  // Watches until `condition` holds for the object of that name.
  static json::Value WaitFor(
      const Resource& resource, const std::string& name,
      const std::function<bool(const json::Value&)>& condition) {
    WatchOptions options;
    options.resource = resource;
    options.select.field_selector = absl::StrCat("metadata.name=", name);
    json::Value found;
    EXPECT_THAT(Watch(
                    *client_, options,
                    [&](const WatchEvent& event) {
                      if (event.object.is_null() || !condition(event.object)) {
                        return true;
                      }
                      found = event.object;
                      return false;
                    },
                    nullptr),
                IsOk());
    return found;
  }

  // A pod with one container, `c`, that runs the script.
  static json::Value StartPod(const std::string& name,
                              const std::string& script) {
    json::Value container;
    container.Set("name", "c");
    container.Set("image", kImage);
    container.Set("command", json::Array{"sh", "-c", script});
    json::Value pod;
    pod.Set("metadata", json::Object{{"name", name}});
    pod.Set("spec", json::Object{{"containers", json::Array{container}},
                                 {"restartPolicy", "Never"},
                                 {"terminationGracePeriodSeconds", 0}});
    const auto created = client_->Create(Pods(), pod, nullptr);
    EXPECT_THAT(created, IsOk());
    return created.ok() ? *created : json::Value();
  }

  static bool HasPhase(const json::Value& pod, absl::string_view phase) {
    return pod.Get({"status", "phase"}).string_or() == phase;
  }
  static void WaitUntilRunning(const std::string& name) {
    WaitFor(Pods(), name,
            [](const json::Value& pod) { return HasPhase(pod, "Running"); });
  }
  static void WaitUntilEnded(const std::string& name) {
    WaitFor(Pods(), name, [](const json::Value& pod) {
      return HasPhase(pod, "Succeeded") || HasPhase(pod, "Failed");
    });
  }
  static void WaitUntilStarted(const std::string& name) {
    WaitFor(Pods(), name,
            [](const json::Value& pod) { return !HasPhase(pod, "Pending"); });
  }

  // The pod that exec tests share.
  static const std::string& ExecPod() {
    static const std::string* const name = [] {
      StartPod("exec", "sleep 3600");
      WaitUntilRunning("exec");
      return new std::string("exec");
    }();
    return *name;
  }

  static ExecRequest Command(std::vector<std::string> command) {
    ExecRequest request;
    request.name_space = ns_;
    request.pod = ExecPod();
    request.container = "c";
    request.command = std::move(command);
    return request;
  }

  static LogOptions Log(const std::string& pod) {
    LogOptions options;
    options.name_space = ns_;
    options.pod = pod;
    options.container = "c";
    return options;
  }

  static Client* client_;
  static std::string ns_;
  static bool own_namespace_;
};

Client* ApiClientTest::client_ = nullptr;
std::string ApiClientTest::ns_;
bool ApiClientTest::own_namespace_ = false;

TEST_F(ApiClientTest, DeletesByUidOnly) {
  const json::Value pod = StartPod("uid", "sleep 3600");
  const std::string uid(pod.Get({"metadata", "uid"}).string_or());
  EXPECT_THAT(
      client_->Delete(Pods(), "uid",
                      {.uid = "00000000-0000-0000-0000-000000000000"}, nullptr),
      StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(client_->Delete(Pods(), "uid",
                              {.uid = uid, .grace_period_seconds = 0}, nullptr),
              IsOk());
  EXPECT_THAT(client_->Get(Pods(), "uid", nullptr),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ApiClientTest, WhatTheServerRefuses) {
  json::Value pod;
  pod.Set("metadata", json::Object{{"name", "Not A Name"}});
  const absl::Status status = client_->Create(Pods(), pod, nullptr).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("metadata.name")));
  EXPECT_EQ(ApiErrorOf(status)->reason, "Invalid");
  EXPECT_THAT(client_->Get(Pods(), "nothing", nullptr),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("pods \"nothing\" not found")));
  StartPod("twice", "true");
  pod.Set("metadata", json::Object{{"name", "twice"}});
  EXPECT_THAT(client_->Create(Pods(), pod, nullptr).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(ApiClientTest, AUserWithoutRights) {
  const char* kubeconfig = std::getenv("OVENBIRD_E2E_RESTRICTED_KUBECONFIG");
  if (kubeconfig == nullptr) return;
  const auto client = ClientFor(Access(kubeconfig));
  EXPECT_THAT(client->Get(Pods(), "x", nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("cannot get resource \"pods\"")));
  WatchOptions options;
  options.resource = Pods();
  EXPECT_THAT(
      Watch(
          *client, options, [](const WatchEvent&) { return true; }, nullptr),
      StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Exec(*client, Command({"true"}), nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("RBAC must allow")));
}

TEST_F(ApiClientTest, WatchSeesAWholeLife) {
  std::vector<std::string> phases;
  bool deleted = false;
  std::thread starter;
  WatchOptions options;
  options.resource = Pods();
  options.select.field_selector = "metadata.name=life";
  EXPECT_THAT(Watch(
                  *client_, options,
                  [&](const WatchEvent& event) {
                    if (event.type == WatchEvent::Type::kSynced) {
                      starter = std::thread([] { StartPod("life", "true"); });
                      return true;
                    }
                    const std::string phase(
                        event.object.Get({"status", "phase"}).string_or());
                    if (phases.empty() || phases.back() != phase) {
                      phases.push_back(phase);
                      if (phase == "Succeeded") {
                        EXPECT_THAT(client_->Delete(Pods(), "life",
                                                    {.grace_period_seconds = 0},
                                                    nullptr),
                                    IsOk());
                      }
                    }
                    deleted = event.type == WatchEvent::Type::kDeleted;
                    return !deleted;
                  },
                  nullptr),
              IsOk());
  starter.join();
  EXPECT_TRUE(deleted);
  EXPECT_EQ(phases.front(), "Pending");
  EXPECT_EQ(phases.back(), "Succeeded");
}

TEST_F(ApiClientTest, WatchSurvivesABadNetwork) {
  StartPod("flaky", "true");
  WaitUntilEnded("flaky");
  BadNetwork bad({6000, 12000, 18000, 24000});
  WatchOptions options;
  options.resource = Pods();
  options.select.field_selector = "metadata.name=flaky";
  int changes = 0;
  std::string version;
  EXPECT_THAT(
      Watch(
          *bad.client, options,
          [&](const WatchEvent& event) {
            if (event.object.is_null()) return true;
            // Each change causes the next, until the connections
            // that are cut are used up.
            const absl::string_view seen =
                event.object.Get({"metadata", "annotations", "n"})
                    .string_or("0");
            const std::string before = version;
            version = std::string(
                event.object.Get({"metadata", "resourceVersion"}).string_or());
            // A change by the kubelet, which may be late, and no repetition.
            if (seen == absl::StrCat(changes - 1) && version != before) {
              return true;
            }
            EXPECT_EQ(seen, absl::StrCat(changes));
            if (bad.relay.connections() > 4) return false;
            json::Value patch;
            patch.Set(
                "metadata",
                json::Object{{"annotations",
                              json::Object{{"n", absl::StrCat(++changes)}}}});
            EXPECT_THAT(client_->Patch(Pods(), "flaky", "", patch, nullptr),
                        IsOk());
            return true;
          },
          nullptr),
      IsOk());
  EXPECT_GT(changes, 2);
}

// Lines 1 to `count`, each once and in order.
void ExpectAllLines(const std::vector<std::string>& lines, int count) {
  ASSERT_EQ(lines.size(), count);
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(lines[i], absl::StrCat("line ", i + 1));
  }
}

absl::Status Follow(Client& client, const LogOptions& options,
                    std::vector<std::string>& lines) {
  return FollowLog(
      client, options,
      [&](absl::Time, absl::string_view line) {
        lines.emplace_back(line);
        return true;
      },
      nullptr);
}

TEST_F(ApiClientTest, LogOfARunningAndOfAnEndedContainer) {
  StartPod("log",
           "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo line $i; "
           "[ $((i % 500)) = 0 ] && sleep 0.3; done");
  WaitUntilStarted("log");
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<std::string> lines;
    EXPECT_THAT(Follow(*client_, Log("log"), lines), IsOk());
    ExpectAllLines(lines, 2000);
    WaitUntilEnded("log");
  }
  EXPECT_THAT(TailLog(*client_, Log("log"), 2, nullptr),
              testing::IsOkAndHolds("line 1999\nline 2000\n"));
}

TEST_F(ApiClientTest, LogSurvivesABadNetwork) {
  StartPod("cut",
           "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; "
           "[ $((i % 300)) = 0 ] && sleep 0.3; done");
  WaitUntilStarted("cut");
  BadNetwork bad({5000, 9000, 20000, 33333, 40000, 50001, 60000});
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(*bad.client, Log("cut"), lines), IsOk());
  ExpectAllLines(lines, 3000);
  EXPECT_GT(bad.relay.connections(), 5);
}

// The runtime writes lines of more than 16 KiB in parts.
TEST_F(ApiClientTest, LogKeepsLongLines) {
  StartPod("long",
           "echo line 1; head -c 50000 /dev/zero | tr '\\0' x; echo; "
           "echo line 3; printf 'no end'");
  WaitUntilEnded("long");
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(*client_, Log("long"), lines), IsOk());
  ASSERT_EQ(lines.size(), 4);
  EXPECT_EQ(lines[0], "line 1");
  EXPECT_EQ(lines[1].size(), 50000);
  EXPECT_TRUE(lines[1] == std::string(50000, 'x'));
  EXPECT_EQ(lines[2], "line 3");
  EXPECT_EQ(lines[3], "no end");
}

TEST_F(ApiClientTest, LogOfWhatIsNotThere) {
  std::vector<std::string> lines;
  EXPECT_THAT(Follow(*client_, Log("no-such-pod"), lines),
              StatusIs(absl::StatusCode::kNotFound));
  LogOptions other = Log(ExecPod());
  other.container = "other";
  EXPECT_THAT(Follow(*client_, other, lines),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("container other is not valid for pod")));
  json::Value pod;
  json::Value container;
  container.Set("name", "c");
  container.Set("image", "10.213.0.1:5000/no/such:image");
  pod.Set("metadata", json::Object{{"name", "waiting"}});
  pod.Set("spec", json::Object{{"containers", json::Array{container}}});
  ASSERT_THAT(client_->Create(Pods(), pod, nullptr), IsOk());
  WaitFor(Pods(), "waiting", [](const json::Value& object) {
    return !object.Get({"status", "containerStatuses"}).is_null();
  });
  EXPECT_THAT(Follow(*client_, Log("waiting"), lines),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("is waiting to start")));
}

TEST_F(ApiClientTest, ExecOutputAndExitCode) {
  const auto result =
      Exec(*client_, Command({"sh", "-c", "echo out; echo err >&2; exit 3"}),
           nullptr);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
}

TEST_F(ApiClientTest, ExecOfWhatIsNotThere) {
  EXPECT_THAT(Exec(*client_, Command({"no-such-program"}), nullptr),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("no-such-program")));
  ExecRequest other = Command({"true"});
  other.container = "other";
  EXPECT_THAT(Exec(*client_, other, nullptr),
              StatusIs(absl::StatusCode::kNotFound));
  other = Command({"true"});
  other.pod = "no-such-pod";
  EXPECT_THAT(Exec(*client_, other, nullptr),
              StatusIs(absl::StatusCode::kNotFound));
  StartPod("over", "true");
  WaitUntilEnded("over");
  other = Command({"true"});
  other.pod = "over";
  EXPECT_THAT(Exec(*client_, other, nullptr),
              StatusIs(absl::StatusCode::kNotFound));
}

// Zeros, so many.
std::function<absl::StatusOr<size_t>(absl::Span<char>)> Zeros(size_t size) {
  return
      [left = size](absl::Span<char> buffer) mutable -> absl::StatusOr<size_t> {
        const size_t n = std::min(left, buffer.size());
        std::fill_n(buffer.data(), n, '\0');
        left -= n;
        return n;
      };
}

void Report(absl::string_view what, absl::Time start) {
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::cout << what << ": " << kLarge / 1e6 / seconds << " MB/s\n";
}

TEST_F(ApiClientTest, ExecStdin) {
  for (const bool v5 : {true, false}) {
    ExecRequest request =
        Command({"sh", "-c", absl::StrCat("head -c ", kLarge, " | wc -c")});
    request.offer_v5 = v5;
    request.stdin_source = Zeros(kLarge);
    const absl::Time start = absl::Now();
    const auto result = Exec(*client_, request, nullptr);
    ASSERT_THAT(result, IsOk());
    Report(v5 ? "stdin, newest protocol" : "stdin, v4", start);
    EXPECT_EQ(result->exit_code, 0) << result->err;
    EXPECT_EQ(result->out, absl::StrCat(kLarge, "\n"));
  }
}

TEST_F(ApiClientTest, ExecStdinHasAnEndWithV5) {
  ExecRequest request = Command({"wc", "-c"});
  request.stdin_source = Zeros(kLarge);
  bool has_end = false;
  request.on_open = [&](bool stdin_has_end) {
    has_end = stdin_has_end;
    return stdin_has_end ? absl::OkStatus() : absl::UnimplementedError("v4");
  };
  const auto result = Exec(*client_, request, nullptr);
  if (!has_end) {
    EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnimplemented, "v4"));
    return;
  }
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->out, absl::StrCat(kLarge, "\n"));
  EXPECT_TRUE(result->stdin_complete);
}

TEST_F(ApiClientTest, ExecStdout) {
  ExecRequest request =
      Command({"head", "-c", absl::StrCat(kLarge), "/dev/zero"});
  size_t size = 0;
  request.on_stdout = [&](absl::string_view data) { size += data.size(); };
  const absl::Time start = absl::Now();
  EXPECT_THAT(Exec(*client_, request, nullptr), IsOk());
  Report("stdout", start);
  EXPECT_EQ(size, kLarge);
}

// A command that fails reads on to the end: servers do not report the end of
// one that leaves more than some buffers of stdin unread (exec.h).
TEST_F(ApiClientTest, ExecCommandThatFailsEarly) {
  for (const bool v5 : {true, false}) {
    ExecRequest request = Command(
        {"sh", "-c",
         absl::StrCat(
             "head -c ", kLarge,
             " | { head -c 1000 >/dev/null; cat >/dev/null; exit 7; }")});
    request.offer_v5 = v5;
    request.stdin_source = Zeros(kLarge);
    const auto result = Exec(*client_, request, nullptr);
    ASSERT_THAT(result, IsOk());
    EXPECT_EQ(result->exit_code, 7);
  }
}

TEST_F(ApiClientTest, ExecIsCutAndCancelled) {
  BadNetwork bad({30000});
  ExecRequest request = Command({"cat", "/dev/zero"});
  request.on_stdout = [](absl::string_view) {};
  EXPECT_THAT(Exec(*bad.client, request, nullptr),
              StatusIs(absl::StatusCode::kUnavailable));
  Cancellation cancel;
  request.on_stdout = [&](absl::string_view) { cancel.Cancel(); };
  EXPECT_THAT(Exec(*client_, request, &cancel),
              StatusIs(absl::StatusCode::kCancelled));
  Cancellation cancel_writer;
  request = Command({"sleep", "3600"});
  size_t sent = 0;
  request.stdin_source = [&](absl::Span<char> data) -> absl::StatusOr<size_t> {
    sent += data.size();
    if (sent > 1000000) cancel_writer.Cancel();
    return data.size();
  };
  EXPECT_THAT(Exec(*client_, request, &cancel_writer),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace ovenbird::e2e
