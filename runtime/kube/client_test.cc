#include "runtime/kube/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"
#include "runtime/base/steady_time.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/testing/api_server.h"
#include "runtime/net/testing/certificates.h"
#include "runtime/net/testing/server.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::kube {
namespace {

using net::testing::Conversation;
using net::testing::EachRequest;
using net::testing::Server;
using ::ovenbird::kube::testing::ClientOf;
using ::ovenbird::kube::testing::Pod;
using ::ovenbird::kube::testing::StatusJson;
using ::ovenbird::kube::testing::StatusResponse;
using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Resource kPods = {.plural = "pods", .name_space = "ns"};

TEST(ClientTest, PathsOfTheApi) {
  EXPECT_EQ(ResourcePath(kPods), "/api/v1/namespaces/ns/pods");
  EXPECT_EQ(ResourcePath(kPods, "a/b", "log"),
            "/api/v1/namespaces/ns/pods/a%2Fb/log");
  EXPECT_EQ(ResourcePath({.plural = "nodes"}, "n"), "/api/v1/nodes/n");
  EXPECT_EQ(ResourcePath({"batch/v1", "jobs", "ns"}, "j"),
            "/apis/batch/v1/namespaces/ns/jobs/j");
}

// Each call, as the server sees it.
TEST(ClientTest, Requests) {
  std::vector<std::string> seen;
  Server server(EachRequest([&](const net::Request& request) {
    seen.push_back(absl::StrCat(
        request.method, " ", request.target, " ",
        net::FindHeader(request.headers, "content-type"), " ", request.body));
    return net::Response{200, {}, R"({"kind":"Pod"})"};
  }));
  const auto client = ClientOf(server);
  json::Value pod;
  pod.Set("kind", "Pod");
  EXPECT_THAT(client->Create(kPods, pod, nullptr), IsOk());
  EXPECT_THAT(client->Get(kPods, "a", nullptr), IsOk());
  EXPECT_THAT(
      client->List(kPods, {"app=x,y in (z)", "metadata.name=b"}, nullptr),
      IsOk());
  EXPECT_THAT(client->Delete(kPods, "a", {}, nullptr), IsOk());
  EXPECT_THAT(client->Delete(kPods, "a", {"uid-1", 0, "Background"}, nullptr),
              IsOk());
  EXPECT_THAT(client->Patch(kPods, "a", "status", pod, nullptr), IsOk());
  EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
  EXPECT_THAT(
      seen,
      ElementsAre(
          R"(POST /api/v1/namespaces/ns/pods application/json {"kind":"Pod"})",
          "GET /api/v1/namespaces/ns/pods/a  ",
          "GET /api/v1/namespaces/ns/pods?labelSelector="
          "app%3Dx%2Cy%20in%20%28z%29&fieldSelector=metadata.name%3Db  ",
          "DELETE /api/v1/namespaces/ns/pods/a application/json "
          R"({"kind":"DeleteOptions","apiVersion":"v1"})",
          "DELETE /api/v1/namespaces/ns/pods/a application/json "
          R"({"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":0,)"
          R"("preconditions":{"uid":"uid-1"},"propagationPolicy":"Background"})",
          "PATCH /api/v1/namespaces/ns/pods/a/status "
          R"(application/merge-patch+json {"kind":"Pod"})",
          "GET /version  "));
}

TEST(ClientTest, ATriedCreationIsADryRun) {
  std::string target;
  int answers = 0;
  Server server(EachRequest([&](const net::Request& request) {
    target = request.target;
    if (++answers == 2) return StatusResponse(403, "Forbidden", "no room");
    return net::Response{200,
                         {{"Warning", R"(299 - "a \"b\" \\c")"},
                          {"X-Other", R"("x")"},
                          {"warning", R"(299 - "second)"},
                          {"Warning", "299"}},
                         R"({"kind":"Pod"})"};
  }));
  const auto client = ClientOf(server);
  const absl::StatusOr<DryRun> tried =
      client->TryCreate(kPods, Pod("a", 1), nullptr);
  ASSERT_THAT(tried, IsOk());
  EXPECT_EQ(target, "/api/v1/namespaces/ns/pods?dryRun=All");
  EXPECT_EQ(tried->object["kind"].string_or(), "Pod");
  EXPECT_THAT(tried->warnings, ElementsAre(R"(a "b" \c)", "second"));
  EXPECT_THAT(client->TryCreate(kPods, Pod("a", 1), nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("try to create pod `a` in namespace `ns`: no "
                                 "room")));
}

TEST(ClientTest, TheServersVersionAndClock) {
  std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  Server server(EachRequest([&](const net::Request&) {
    return net::Response{200, {{"Date", date}}, R"({"gitVersion":"v1.2.3"})"};
  }));
  const auto client = ClientOf(server);
  absl::StatusOr<ServerInfo> info = client->GetServerInfo(nullptr);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->version["gitVersion"].string_or(), "v1.2.3");
  EXPECT_EQ(info->time, absl::FromUnixSeconds(784111777));
  date = "yesterday";
  info = client->GetServerInfo(nullptr);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->time, std::nullopt);
}

TEST(ClientTest, PrefixAndHeadersAreSent) {
  net::Request seen;
  Server server(EachRequest([&](const net::Request& request) {
    seen = request;
    return net::Response{200, {}, "{}"};
  }));
  ClusterAccess access;
  access.server = server.url();
  access.path_prefix = "/k8s/clusters/c-1";
  access.headers = {{"Impersonate-User", "jane"}};
  access.credentials = FixedCredentials({.authorization = "Bearer t"});
  const auto client = Client::New(access, {});
  EXPECT_THAT((*client)->Get(kPods, "a", nullptr), IsOk());
  EXPECT_EQ(seen.target, "/k8s/clusters/c-1/api/v1/namespaces/ns/pods/a");
  EXPECT_EQ(net::FindHeader(seen.headers, "impersonate-user"), "jane");
  EXPECT_EQ(net::FindHeader(seen.headers, "authorization"), "Bearer t");
}

struct ErrorCase {
  int http;
  const char* reason;
  absl::StatusCode code;
};

TEST(ClientTest, ErrorsOfTheApi) {
  const ErrorCase kCases[] = {
      {400, "BadRequest", absl::StatusCode::kInvalidArgument},
      {401, "Unauthorized", absl::StatusCode::kUnauthenticated},
      {403, "Forbidden", absl::StatusCode::kPermissionDenied},
      {404, "NotFound", absl::StatusCode::kNotFound},
      {405, "MethodNotAllowed", absl::StatusCode::kFailedPrecondition},
      {409, "AlreadyExists", absl::StatusCode::kAlreadyExists},
      {409, "Conflict", absl::StatusCode::kAborted},
      {410, "Expired", absl::StatusCode::kOutOfRange},
      {422, "Invalid", absl::StatusCode::kInvalidArgument},
      {429, "TooManyRequests", absl::StatusCode::kResourceExhausted},
      {500, "InternalError", absl::StatusCode::kInternal},
  };
  for (const ErrorCase& c : kCases) {
    SCOPED_TRACE(c.http);
    Server server(EachRequest([&](const net::Request&) {
      return StatusResponse(c.http, c.reason, "the server's words");
    }));
    const absl::Status status =
        ClientOf(server)->Create(kPods, Pod("a", 1), nullptr).status();
    EXPECT_THAT(status,
                StatusIs(c.code, AllOf(HasSubstr("cannot create pod `a` "
                                                 "in namespace `ns`"),
                                       HasSubstr(": the server's "
                                                 "words"))));
    const auto error = ApiErrorOf(status);
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, c.http);
    EXPECT_EQ(error->reason, c.reason);
    EXPECT_EQ(error->message, "the server's words");
  }
}

TEST(ClientTest, ErrorsThatAreNotTheApis) {
  Server server(EachRequest([&](const net::Request&) {
    return net::Response{403, {}, "<html>\nproxy says no</html>"};
  }));
  EXPECT_THAT(ClientOf(server)->Get(kPods, "a", nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("the server answers HTTP 403: <html>")));
  Server other(EachRequest([&](const net::Request&) {
    return net::Response{200, {}, "<html>welcome</html>"};
  }));
  EXPECT_THAT(ClientOf(other)->Get(kPods, "a", nullptr),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("is it a Kubernetes API server?")));
}

// What comes instead of an answer, per attempt; then all is well.
enum class Fault { kClose, kSlowDown, kGateway, kEtcd };

// Fails with `faults`, one per attempt after a first request that is answered,
// then answers with `last`.
struct FaultyServer {
  explicit FaultyServer(std::vector<Fault> faults, net::Response last)
      : server([this, faults = std::move(faults),
                last = std::move(last)](Conversation& c) {
          while (const auto request = c.Next()) {
            size_t n;
            {
              MutexLock lock(&mutex);
              n = requests.size();
              requests.push_back(request->method);
            }
            if (n == 0) {
              c.Reply(200, "{}");
            } else if (n - 1 >= faults.size()) {
              c.Reply(request->method == "POST" ? last.status : 200,
                      request->method == "POST" ? last.body
                                                : json::Write(Pod("a", 1)));
            } else if (faults[n - 1] == Fault::kClose) {
              return;
            } else if (faults[n - 1] == Fault::kSlowDown) {
              c.Reply(429, StatusJson(429, "TooManyRequests", "slow down"),
                      {{"Retry-After", "0"}});
            } else if (faults[n - 1] == Fault::kGateway) {
              c.Reply(503, "no server here");
            } else {
              c.Reply(500, StatusJson(500, "InternalError",
                                      "etcdserver: leader changed"));
            }
          }
        }) {}

  // Methods of the requests so far.
  std::vector<std::string> Requests() {
    MutexLock lock(&mutex);
    return requests;
  }

  Mutex mutex;
  std::vector<std::string> requests ABSL_GUARDED_BY(mutex);
  Server server;
};

TEST(ClientTest, ReadsAndDeletesAreRepeated) {
  FaultyServer faulty({Fault::kClose, Fault::kSlowDown, Fault::kGateway,
                       Fault::kEtcd, Fault::kClose},
                      {});
  int retries = 0;
  ClientOptions options;
  options.on_retry = [&](const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    ++retries;
  };
  const auto client = ClientOf(faulty.server, options);
  EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
  EXPECT_THAT(client->Get(kPods, "a", nullptr), IsOk());
  // A connection that was closed while idle is replaced silently.
  EXPECT_GE(retries, 3);
  EXPECT_EQ(faulty.Requests().size(), 7);
}

struct ServerErrorCase {
  int http;
  const char* body;
  bool passes;
};

// The real answers of Kubernetes 1.20.2 and 1.34.4, where not said otherwise.
TEST(ClientTest, ErrorsOfTheServerThatPass) {
  const ServerErrorCase kCases[] = {
      // etcd was killed while it worked on the request: 1.34.4, 1.34.4, 1.20.2.
      {500,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"rpc error: code = Unavailable desc = error reading from )"
       R"(server: EOF","code":500})",
       true},
      {500,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"rpc error: code = Unavailable desc = error reading from )"
       R"(server: read tcp 127.0.0.1:48104-\u003e127.0.0.1:2379: read: )"
       R"(connection reset by peer","code":500})",
       true},
      {500,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"rpc error: code = Unavailable desc = transport is )"
       R"(closing","code":500})",
       true},
      // etcd stays away: a create in 1.20.2, changes in both, reads in both.
      {500,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"context deadline exceeded","code":500})",
       true},
      {504,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"Timeout: request did not complete within requested )"
       R"(timeout 34s","reason":"Timeout","details":{},"code":504})",
       true},
      {504,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"Timeout: request did not complete within requested )"
       R"(timeout - context deadline exceeded","reason":"Timeout",)"
       R"("details":{},"code":504})",
       true},
      {504,
       R"({"metadata":{},"status":"Failure","message":"Timeout: request did )"
       R"(not complete within 1m0s","reason":"Timeout","details":{},)"
       R"("code":504})",
       true},
      {504,
       R"({"metadata":{},"status":"Failure","message":"Timeout: request did )"
       R"(not complete within the allotted timeout","reason":"Timeout",)"
       R"("details":{},"code":504})",
       true},
      // An etcd of several members; the test cluster has one.
      {500, R"({"kind":"Status","message":"etcdserver: leader changed"})",
       true},
      // The node's kubelet is away, the server is not.
      {500,
       R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
       R"("message":"Get \"https://10.213.0.1:10250/containerLogs/ns/a/c\": )"
       R"(dial tcp 10.213.0.1:10250: connect: connection refused","code":500})",
       false},
      // A webhook's own trouble, in the server's words.
      {500,
       R"({"kind":"Status","message":"Internal error occurred: failed calling )"
       R"(webhook \"a.example.com\": context deadline exceeded",)"
       R"("reason":"InternalError","code":500})",
       false},
      {500, "<html>a proxy's page</html>", false},
  };
  for (const ServerErrorCase& c : kCases) {
    SCOPED_TRACE(c.body);
    std::atomic<int> requests = 0;
    Server server(EachRequest([&](const net::Request&) {
      if (requests++ == 1) return net::Response{c.http, {}, c.body};
      return net::Response{200, {}, "{}"};
    }));
    int outages = 0;
    ClientOptions options;
    options.on_outage = [&](const absl::Status& status) {
      if (!status.ok()) ++outages;
    };
    const auto client = ClientOf(server, options);
    EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
    EXPECT_EQ(client->Get(kPods, "a", nullptr).ok(), c.passes);
    EXPECT_EQ(outages, c.passes ? 1 : 0);
  }
}

TEST(ClientTest, ACreateWithoutANameIsNotRepeatedBlindly) {
  json::Value pod;
  pod.Set("metadata", json::Object{{"generateName", "a-"}});
  for (const Fault fault : {Fault::kClose, Fault::kGateway, Fault::kEtcd}) {
    FaultyServer faulty({fault}, {201, {}, "{}"});
    const auto client = ClientOf(faulty.server);
    EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
    EXPECT_FALSE(client->Create(kPods, pod, nullptr).ok());
    EXPECT_EQ(faulty.Requests().size(), 2);
  }
  // The server says itself that it has done nothing.
  FaultyServer faulty({Fault::kSlowDown}, {201, {}, "{}"});
  const auto client = ClientOf(faulty.server);
  EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
  EXPECT_THAT(client->Create(kPods, pod, nullptr), IsOk());
}

// The first create was carried out, and its answer lost.
TEST(ClientTest, ACreateWithANameFindsItsObject) {
  const net::Response there =
      StatusResponse(409, "AlreadyExists", "pods \"a\" already exists");
  FaultyServer faulty({Fault::kClose}, there);
  const auto client = ClientOf(faulty.server);
  EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
  json::Value pod = Pod("a", 0);
  const auto created = client->Create(kPods, pod, nullptr);
  ASSERT_THAT(created, IsOk());
  EXPECT_EQ(created->Get({"metadata", "uid"}).string_or(), "uid-a");
  EXPECT_THAT(faulty.Requests(), ElementsAre("GET", "POST", "POST", "GET"));

  // Another user's object of that name is not ours.
  FaultyServer other({Fault::kClose}, there);
  const auto client2 = ClientOf(other.server);
  EXPECT_THAT(client2->GetPath("/version", nullptr), IsOk());
  pod = json::Value();
  pod.Set("metadata",
          json::Object{{"name", "a"}, {"labels", json::Object{{"b", "c"}}}});
  EXPECT_THAT(client2->Create(kPods, pod, nullptr),
              StatusIs(absl::StatusCode::kAlreadyExists));

  // What the server says to the second request is not about the first one.
  for (const char* verb : {"GET", "POST"}) {
    SCOPED_TRACE(verb);
    std::atomic<int> posts = 0;
    Server refusing([&](Conversation& c) {
      while (const auto request = c.Next()) {
        if (request->target == "/version") {
          c.Reply(200, "{}");
        } else if (request->method == "POST" && posts++ == 0) {
          return;
        } else if (request->method == verb) {
          c.Reply(403, StatusJson(403, "Forbidden", "no"));
        } else {
          c.Reply(there.status, there.body);
        }
      }
    });
    const auto client4 = ClientOf(refusing);
    EXPECT_THAT(client4->GetPath("/version", nullptr), IsOk());
    const absl::Status status =
        client4->Create(kPods, Pod("a", 0), nullptr).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kPermissionDenied));
    EXPECT_TRUE(HasLostAnAnswer(status));
  }

  // And without a fault there is nothing to look for.
  FaultyServer sane({}, there);
  const auto client3 = ClientOf(sane.server);
  EXPECT_THAT(client3->GetPath("/version", nullptr), IsOk());
  EXPECT_THAT(client3->Create(kPods, pod, nullptr),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

// Answers that are cut or have another length than they say. `is_repeated`: the
// request is sent again; else the error says what is wrong.
TEST(ClientTest, ABrokenAnswerIsNotAnObject) {
  const struct {
    const char* raw;
    bool is_repeated;
  } kCases[] = {
      {"200 OK\r\nContent-Length: 50\r\n\r\n{\"kind\":\"Pod\"}", true},
      {"200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{\"kind\":\"Pod\"}",
       true},
      {"200 OK\r\nContent-Length: 14\r\nContent-Length: 3\r\n\r\n"
       "{\"kind\":\"Pod\"}",
       true},
      {"200 OK\r\nContent-Length: 5\r\n\r\n{\"kind\":\"Pod\"}", false},
      {"200 OK\r\nContent-Length: 0\r\n\r\n", false},
      {"503 Busy\r\nRetry-After: 0\r\nContent-Length: 9\r\n\r\n{", true},
      {"429 Busy\r\nRetry-After: 0\r\nContent-Length: 1\r\n\r\n{", true},
      {"429 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Length: 0\r\n\r\n",
       true},
      {"429 Busy\r\nRetry-After: 4294967295\r\nContent-Length: 0\r\n\r\n",
       false},
      {"429 Busy\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n"
       "Content-Length: 0\r\n\r\n",
       false},
  };
  for (const auto& c : kCases) {
    for (const bool is_create : {false, true}) {
      SCOPED_TRACE(absl::StrCat(c.raw, is_create));
      std::atomic<int> requests = 0;
      Server server([&](Conversation& conversation) {
        while (conversation.Next()) {
          if (requests++ == 1) {
            conversation.Raw(absl::StrCat("HTTP/1.1 ", c.raw));
            return;
          }
          conversation.Reply(200, json::Write(Pod("a", 1)));
        }
      });
      const auto client = ClientOf(server);
      EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
      const absl::StatusOr<json::Value> result =
          is_create ? client->Create(kPods, Pod("a", 0), nullptr)
                    : client->Get(kPods, "a", nullptr);
      EXPECT_EQ(result.ok(), c.is_repeated) << result.status();
      EXPECT_EQ(requests, c.is_repeated ? 3 : 2);
    }
  }
}

TEST(ClientTest, AServerThatNeverAnsweredIsNotWaitedFor) {
  ClusterAccess access;
  access.server = *net::ParseUrl("http://127.0.0.1:1");
  access.credentials = FixedCredentials({});
  access.description = "context `dev` of config";
  const auto client = Client::New(access, {});
  EXPECT_THAT((*client)->Get(kPods, "a", nullptr),
              StatusIs(absl::StatusCode::kUnavailable,
                       "cannot get pod `a` in namespace `ns` (context `dev` of "
                       "config): http://127.0.0.1:1: connection refused; "
                       "nothing listens on this port"));
}

// Whether something may be there that has to be deleted.
TEST(ClientTest, AServerThatHasNotBeenReached) {
  ClusterAccess access;
  access.server = *net::ParseUrl("http://127.0.0.1:1");
  access.credentials = FixedCredentials({});
  const json::Value pod = Pod("a", 0);
  const auto client = Client::New(access, {});
  EXPECT_TRUE(
      HasNotReachedServer((*client)->Create(kPods, pod, nullptr).status()));

  FaultyServer refusing({}, {403, {}, "{}"});
  EXPECT_FALSE(HasNotReachedServer(
      ClientOf(refusing.server)->Create(kPods, pod, nullptr).status()));
  // The answer is lost.
  FaultyServer closing({Fault::kClose}, {201, {}, "{}"});
  const auto client2 = ClientOf(closing.server);
  EXPECT_THAT(client2->GetPath("/version", nullptr), IsOk());
  json::Value unnamed;
  unnamed.Set("metadata", json::Object{{"generateName", "a-"}});
  const absl::Status lost = client2->Create(kPods, unnamed, nullptr).status();
  EXPECT_FALSE(lost.ok());
  EXPECT_FALSE(HasNotReachedServer(lost));
}

TEST(ClientTest, AServerThatComesBackIsWaitedFor) {
  net::testing::ServerOptions same_port;
  ClientOptions options;
  std::unique_ptr<Server> server;
  const auto start = [&] {
    server = std::make_unique<Server>(same_port,
                                      EachRequest([](const net::Request&) {
                                        return net::Response{200, {}, "{}"};
                                      }));
  };
  start();
  same_port.port = server->url().port;
  options.on_retry = [&, tries = 0](const absl::Status&) mutable {
    if (++tries == 2) start();
  };
  std::vector<std::string> outages;
  options.on_outage = [&](const absl::Status& status) {
    outages.push_back(std::string(status.message()));
  };
  const auto client = ClientOf(*server, options);
  EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
  server = nullptr;
  json::Value pod;
  EXPECT_THAT(client->Create(kPods, pod, nullptr), IsOk());
  // Once, however many requests have met it.
  EXPECT_THAT(outages, ElementsAre(HasSubstr("connection refused"), ""));
}

// A stream's answer is known when it begins, for it may stay quiet for long;
// that a connection was cut in its middle is nobody's outage yet.
std::string NoRight(absl::string_view verb) {
  return absl::StrCat("pods is forbidden: User \"u\" cannot ", verb,
                      " resource \"pods\" in API group \"\" in the namespace "
                      "\"ns\"");
}

// Until it has read its rules, a server that has just started refuses what it
// has allowed before.
TEST(ClientTest, WhatWasAllowedBeforeIsAskedForAgain) {
  int creates = 0;
  Server server(EachRequest([&](const net::Request& request) {
    if (request.method == "DELETE") {
      return StatusResponse(403, "Forbidden", NoRight("delete"));
    }
    if (++creates == 2 || creates == 3) {
      return StatusResponse(403, "Forbidden", NoRight("create"));
    }
    if (creates == 5) return StatusResponse(403, "Forbidden", "exceeded quota");
    return net::Response{201, {}, request.body};
  }));
  const auto client = ClientOf(server);
  EXPECT_THAT(client->Create(kPods, Pod("a", 1), nullptr), IsOk());
  EXPECT_THAT(client->Create(kPods, Pod("b", 1), nullptr), IsOk());
  EXPECT_EQ(creates, 4);
  // Other refusals are not, and rights that were never granted.
  EXPECT_THAT(client->Create(kPods, Pod("c", 1), nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(creates, 5);
  const absl::Time start = absl::Now();
  EXPECT_THAT(client->Delete(kPods, "a", {}, nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST(ClientTest, AWithdrawnRightIsReportedInTheEnd) {
  int creates = 0;
  Server server(EachRequest([&](const net::Request& request) {
    return ++creates == 1 ? net::Response{201, {}, request.body}
                          : StatusResponse(403, "Forbidden", NoRight("create"));
  }));
  const auto client = ClientOf(server, {.retry_for = absl::Milliseconds(50)});
  EXPECT_THAT(client->Create(kPods, Pod("a", 1), nullptr), IsOk());
  EXPECT_THAT(client->Create(kPods, Pod("b", 1), nullptr),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("cannot create resource")));
  EXPECT_GT(creates, 2);
}

// Of a server that was away a moment ago no refusal of something new counts.
TEST(ClientTest, ARefusalAfterAnOutageMayPass) {
  int requests = 0;
  int execs = 0;
  Server server([&](Conversation& c) {
    while (const auto request = c.Next()) {
      if (absl::StrContains(request->target, "/exec")) {
        if (++execs == 1) {
          c.Reply(403, StatusJson(403, "Forbidden", NoRight("get")));
          return;
        }
        if (!c.AcceptWebSocket(*request, "v4.channel.k8s.io")) return;
        return;
      }
      if (++requests == 2) {
        c.Reply(503, "away");
        continue;
      }
      c.Reply(200, R"({"kind":"Pod"})");
    }
  });
  const auto client = ClientOf(server);
  EXPECT_THAT(client->Get(kPods, "a", nullptr), IsOk());
  EXPECT_THAT(client->Get(kPods, "a", nullptr), IsOk());
  net::WebSocketRequest request;
  request.subprotocols = {"v4.channel.k8s.io"};
  EXPECT_THAT(client
                  ->OpenWebSocket(ResourcePath(kPods, "a", "exec"), {}, "exec",
                                  request, nullptr)
                  .status(),
              IsOk());
  EXPECT_EQ(execs, 2);
}

TEST(ClientTest, AStreamTellsOfAnOutageAndOfItsEnd) {
  std::atomic<int> requests = 0;
  Server server([&](Conversation& c) {
    while (c.Next()) {
      switch (requests++) {
        case 0:
          c.Reply(200, "{}");
          break;
        case 1:
          c.StartChunks(200);
          c.Chunk("cut");
          return;
        case 2:
          c.Reply(503, "no server here");
          break;
        default:
          c.StartChunks(200);
          c.WaitForClose();
      }
    }
  });
  std::vector<std::string> outages;
  ClientOptions options;
  options.on_outage = [&](const absl::Status& status) {
    outages.push_back(std::string(status.message()));
  };
  const auto client = ClientOf(server, options);
  EXPECT_THAT(client->GetPath("/version", nullptr), IsOk());
  std::vector<std::string> pieces;
  const auto stream = [&](size_t pieces_wanted) {
    pieces.clear();
    return client->Stream(
        "/watch", {}, "watch",
        [&](absl::string_view data) {
          pieces.emplace_back(data);
          return pieces.size() < pieces_wanted;
        },
        absl::InfiniteDuration(), nullptr);
  };
  EXPECT_THAT(stream(9), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(pieces, ElementsAre("", "cut"));
  EXPECT_THAT(outages, IsEmpty());
  EXPECT_THAT(stream(9), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(pieces, IsEmpty());
  EXPECT_THAT(outages, ElementsAre(HasSubstr("no server here")));
  EXPECT_THAT(stream(1), IsOk());
  EXPECT_THAT(outages, ElementsAre(HasSubstr("no server here"), ""));
}

// A proxy ends handshakes while the server behind it is away.
TEST(ClientTest, AProxyWhoseServerIsAwayIsWaitedFor) {
  net::testing::ServerOptions options;
  options.tls = net::testing::MakeCertificate({});
  std::unique_ptr<Server> server;
  const auto start = [&] {
    server =
        std::make_unique<Server>(options, EachRequest([](const net::Request&) {
                                   return net::Response{200, {}, "{}"};
                                 }));
  };
  start();
  net::testing::ServerOptions proxy;
  options.port = proxy.port = server->url().port;
  ClusterAccess access;
  access.server = server->url();
  access.options.tls.insecure_skip_verify = true;
  access.credentials = FixedCredentials({});
  ClientOptions client_options;
  client_options.backoff = testing::NoPause();
  client_options.on_retry = [&, tries = 0](const absl::Status&) mutable {
    if (++tries != 2) return;
    server = nullptr;
    start();
  };
  const auto client = Client::New(access, client_options);
  ASSERT_THAT(client, IsOk());
  EXPECT_THAT((*client)->GetPath("/version", nullptr), IsOk());
  server = nullptr;
  server = std::make_unique<Server>(proxy, [](net::testing::Conversation& c) {
    // Its hello is heard, so that the end is a clean one.
    c.ReadRaw(65536);
  });
  EXPECT_THAT((*client)->GetPath("/version", nullptr), IsOk());
}

// Gives "Bearer 1", "Bearer 2", ... after each rejection.
class Renewing : public Credentials {
 public:
  absl::StatusOr<Credential> Get(Cancellation*) override {
    return Credential{.authorization = absl::StrCat("Bearer ", count_.load())};
  }
  bool Renew(const Credential&) override {
    ++count_;
    return true;
  }

 private:
  std::atomic<int> count_{1};
};

TEST(ClientTest, CredentialsAreRenewedOnce) {
  for (const std::string good : {"Bearer 2", "Bearer 3"}) {
    Server server(EachRequest([&](const net::Request& request) {
      if (net::FindHeader(request.headers, "authorization") != good) {
        return StatusResponse(401, "Unauthorized", "Unauthorized");
      }
      return net::Response{200, {}, "{}"};
    }));
    const auto client = ClientOf(server, {}, std::make_shared<Renewing>());
    const auto result = client->Get(kPods, "a", nullptr);
    if (good == "Bearer 2") {
      EXPECT_THAT(result, IsOk());
    } else {
      EXPECT_THAT(
          result,
          StatusIs(
              absl::StatusCode::kUnauthenticated,
              HasSubstr(
                  "the server rejected the credentials of the test's server")));
    }
  }
}

TEST(ClientTest, CancelledWhileItWaits) {
  Cancellation cancel;
  ClientOptions options;
  options.on_retry = [&](const absl::Status&) { cancel.Cancel(); };
  Server server(EachRequest([&](const net::Request&) {
    net::Response response = StatusResponse(503, "ServiceUnavailable", "");
    response.headers = {{"Retry-After", "100"}};
    return response;
  }));
  EXPECT_THAT(ClientOf(server, options)->Get(kPods, "a", &cancel),
              StatusIs(absl::StatusCode::kCancelled));
}

// Logs and watches are asked for again by their callers.
TEST(ClientTest, AStreamGivesABusyServerTheTimeThatItAsksFor) {
  Server server(EachRequest([&](const net::Request&) {
    net::Response response = StatusResponse(429, "TooManyRequests", "busy");
    response.headers = {{"Retry-After", "1"}};
    return response;
  }));
  const absl::Time start = SteadyNow();
  const auto all = [](absl::string_view) { return true; };
  EXPECT_THAT(ClientOf(server)->Stream("/log", {}, "read the log", all,
                                       absl::InfiniteDuration(), nullptr),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_GE(SteadyNow() - start, absl::Seconds(1));
}

TEST(ClientTest, AWebSocketIsOpenedAgainWhenABusyServerAsksForThat) {
  std::atomic<int> requests = 0;
  Server server(EachRequest([&](const net::Request&) {
    if (++requests > 2) return StatusResponse(404, "NotFound", "gone");
    net::Response response = StatusResponse(429, "TooManyRequests", "busy");
    response.headers = {{"Retry-After", "0"}};
    return response;
  }));
  EXPECT_THAT(
      ClientOf(server)->OpenWebSocket("/exec", {}, "start", {}, nullptr),
      StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(requests, 3);
}

}  // namespace
}  // namespace ovenbird::kube
