#include "runtime/net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "runtime/base/mutex.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::net {
namespace {

using testing::Conversation;
using testing::EachRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Server;

constexpr absl::Duration kTime = absl::Seconds(60);

std::unique_ptr<Client> ClientOf(const Url& url, ClientOptions options = {}) {
  auto client = NewClient(url, std::move(options));
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

TEST(HttpTest, SendsAndReceives) {
  Server server(EachRequest([](const Request& request) {
    Response response;
    response.status = 207;
    response.headers = {
        {"X-Host", std::string(FindHeader(request.headers, "host"))},
        {"X-Test", std::string(FindHeader(request.headers, "x-test"))}};
    response.body =
        absl::StrCat(request.method, " ", request.target, " ", request.body);
    return response;
  }));
  const auto client = ClientOf(server.url());
  Request request;
  request.method = "POST";
  request.target = "/a/b?c=d";
  request.headers = {{"X-Test", "yes"}};
  request.body = "body";
  const auto response = client->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 207);
  EXPECT_EQ(response->body, "POST /a/b?c=d body");
  EXPECT_EQ(response->Header("x-TEST"), "yes");
  EXPECT_EQ(response->Header("x-host"), server.url().HostPort());
  EXPECT_EQ(response->Header("absent"), "");
}

TEST(HttpTest, KeepsTheConnection) {
  Server server(EachRequest([](const Request&) {
    return Response{200, {}, "ok"};
  }));
  const auto client = ClientOf(server.url());
  for (const char* method : {"GET", "HEAD", "DELETE", "POST", "GET"}) {
    Request request;
    request.method = method;
    const auto response = client->Send(request, kTime);
    ASSERT_TRUE(response.ok()) << method << response.status();
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpTest, UsesAsManyConnectionsAsCalls) {
  Server server(EachRequest([](const Request& request) {
    return Response{200, {}, request.target};
  }));
  const auto client = ClientOf(server.url());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Request request;
        request.target = absl::StrCat("/", t, "/", i);
        const auto response = client->Send(request, kTime);
        ASSERT_TRUE(response.ok()) << response.status();
        EXPECT_EQ(response->body, request.target);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(server.connections(), 4);
}

// The server closes after each answer, with or without saying so.
TEST(HttpTest, ReplacesAClosedConnection) {
  for (const bool says_so : {true, false}) {
    Server server([&](Conversation& conversation) {
      conversation.Next();
      conversation.Reply(
          200, "ok", says_so ? Headers{{"Connection", "close"}} : Headers{});
    });
    const auto client = ClientOf(server.url());
    for (int i = 0; i < 5; ++i) {
      const auto response = client->Send(Request(), kTime);
      ASSERT_TRUE(response.ok()) << response.status();
    }
    EXPECT_EQ(server.connections(), 5);
  }
}

TEST(HttpTest, DoesNotSendAPostTwice) {
  std::atomic<int> posts = 0;
  Server server([&](Conversation& conversation) {
    conversation.Next();
    conversation.Reply(200);
    if (conversation.Next()) ++posts;
  });
  const auto client = ClientOf(server.url());
  Request request;
  request.method = "POST";
  ASSERT_TRUE(client->Send(request, kTime).ok());
  const auto response = client->Send(request, kTime);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(WasNeverSent(response.status()));
  EXPECT_EQ(posts, 1);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpTest, ReadsEveryFormOfBody) {
  const std::pair<const char*, const char*> kCases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: t\r\n\r\n",
       "hello"},
      {"HTTP/1.0 200 OK\r\n\r\nhello", "hello"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", ""},
      {"HTTP/1.1 100 Continue\r\n\r\n"
       "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
       "hello"},
      {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", ""},
  };
  for (const auto& [raw, want] : kCases) {
    SCOPED_TRACE(raw);
    Server server([raw = raw](Conversation& conversation) {
      conversation.Next();
      conversation.Raw(raw);
    });
    const auto response = ClientOf(server.url())->Send(Request(), kTime);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->body, want);
  }
}

struct BrokenCase {
  const char* raw;
  absl::StatusCode code;
  const char* message;
};

// Beast has an assertion that does not hold then.
TEST(HttpTest, AnEmptyBodyMayComeInPieces) {
  Server server([](Conversation& conversation) {
    conversation.Next();
    conversation.StartChunks(200);
    for (const char* piece : {"0", "\r\n", "\r", "\n"}) {
      absl::SleepFor(absl::Milliseconds(20));
      conversation.Raw(piece);
    }
  });
  const auto response = ClientOf(server.url())->Send(Request(), kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "");
}

TEST(HttpTest, SaysHowAnAnswerIsBroken) {
  const BrokenCase kCases[] = {
      {"", absl::StatusCode::kUnavailable,
       "the connection was closed before a response"},
      {"HTTP/1.1 20", absl::StatusCode::kUnavailable,
       "the connection was closed in the middle of the response"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
       absl::StatusCode::kUnavailable,
       "the connection was closed in the middle of the response"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
       absl::StatusCode::kUnavailable,
       "the connection was closed in the middle of the response"},
      {"SSH-2.0-OpenSSH_9.2\r\n", absl::StatusCode::kUnavailable,
       "it does not answer like an HTTP/1.1 server"},
      {"HTTP/1.1 044 Not Found\r\nContent-Length: 0\r\n\r\n",
       absl::StatusCode::kUnavailable,
       "it does not answer like an HTTP/1.1 server"},
      {"\x15\x03\x01\x00\x02\x02\x16", absl::StatusCode::kFailedPrecondition,
       "it speaks TLS on this port; use https://"},
      {"HTTP/1.0 400 Bad Request\r\n\r\n"
       "Client sent an HTTP request to an HTTPS server.\n",
       absl::StatusCode::kFailedPrecondition,
       "it speaks TLS on this port; use https://"},
  };
  for (const BrokenCase& c : kCases) {
    SCOPED_TRACE(c.raw);
    Server server([&](Conversation& conversation) {
      conversation.Next();
      conversation.Raw(
          absl::string_view(c.raw, c.raw[0] == '\x15' ? 7 : strlen(c.raw)));
    });
    const auto response = ClientOf(server.url())->Send(Request(), kTime);
    EXPECT_EQ(response.status().code(), c.code);
    EXPECT_THAT(
        std::string(response.status().message()),
        HasSubstr(absl::StrCat(server.url().Origin(), ": ", c.message)));
  }
}

// Each of them is a head of its own, so nothing else limits them.
TEST(HttpTest, AnswersBeforeTheAnswerHaveALimit) {
  Server server([](Conversation& conversation) {
    conversation.Next();
    while (conversation.Raw("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")) {
    }
  });
  const auto refused = [&](const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("it does not answer like an HTTP/1.1 server "
                          "(too many responses with status 1xx)"));
  };
  const auto client = ClientOf(server.url());
  refused(client->Send(Request(), kTime).status());
  // Logs and watches wait for as long as it takes.
  refused(client
              ->Stream(
                  Request(), [](absl::string_view) { return true; },
                  absl::InfiniteDuration())
              .status());
}

TEST(HttpTest, StreamsABody) {
  Server server([](Conversation& conversation) {
    conversation.Next();
    conversation.StartChunks(200);
    for (const char* piece : {"a", "b", "c", ""}) {
      conversation.Chunk(piece);
    }
    conversation.Next();
    conversation.Reply(404, "not here");
  });
  const auto client = ClientOf(server.url());
  std::string got;
  const auto append = [&](absl::string_view data) {
    got.append(data.data(), data.size());
    return true;
  };
  auto response = client->Stream(Request(), append, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(got, "abc");
  EXPECT_EQ(response->body, "");
  response = client->Stream(Request(), append, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(got, "abc");
  EXPECT_EQ(response->body, "not here");
  EXPECT_EQ(server.connections(), 1);
}

// Each piece is handed over while the response goes on.
TEST(HttpTest, StreamsLiveAndStops) {
  Event first_came;
  Server server([&](Conversation& conversation) {
    conversation.Next();
    conversation.StartChunks(200);
    conversation.Chunk("one");
    first_came.Wait();
    conversation.Chunk("two");
    conversation.WaitForClose();
  });
  std::vector<std::string> got;
  const auto response = ClientOf(server.url())
                            ->Stream(
                                Request(),
                                [&](absl::string_view data) {
                                  got.emplace_back(data);
                                  if (got.size() == 2) first_came.Notify();
                                  return got.size() < 3;
                                },
                                kTime);
  EXPECT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(got, ElementsAre("", "one", "two"));
}

TEST(HttpTest, CancellationEndsEveryPhase) {
  // What the server does before it falls silent.
  const std::function<void(Conversation&)> kPhases[] = {
      [](Conversation&) {},
      [](Conversation& c) { c.Next(); },
      [](Conversation& c) {
        c.Next();
        c.StartChunks(200);
        c.Chunk("x");
      },
  };
  for (const auto& phase : kPhases) {
    Event silent;
    Cancellation cancel;
    Server server([&](Conversation& conversation) {
      phase(conversation);
      silent.Notify();
      conversation.WaitForClose();
    });
    std::thread canceller([&] {
      silent.Wait();
      cancel.Cancel();
    });
    const auto response =
        ClientOf(server.url())
            ->Send(Request(), absl::InfiniteDuration(), &cancel);
    EXPECT_EQ(response.status().code(), absl::StatusCode::kCancelled)
        << response.status();
    canceller.join();
  }
}

TEST(HttpTest, CancelledBeforeItBegins) {
  Server server(EachRequest([](const Request&) { return Response{200}; }));
  Cancellation cancel;
  cancel.Cancel();
  EXPECT_EQ(
      ClientOf(server.url())->Send(Request(), kTime, &cancel).status().code(),
      absl::StatusCode::kCancelled);
}

TEST(HttpTest, SilenceEndsWithTheTimeout) {
  Server server([](Conversation& conversation) {
    conversation.Next();
    conversation.WaitForClose();
  });
  const auto client = ClientOf(server.url());
  EXPECT_EQ(client->Send(Request(), absl::Milliseconds(1)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(client
                ->Stream(
                    Request(), [](absl::string_view) { return true; },
                    absl::Milliseconds(1))
                .status()
                .code(),
            absl::StatusCode::kDeadlineExceeded);
}

// Makes `count` pieces of `size` bytes.
BodySource Pieces(int count, size_t size) {
  return [=, left = count](
             absl::Span<char> buffer) mutable -> absl::StatusOr<size_t> {
    if (left-- <= 0) return 0;
    const size_t n = std::min(size, buffer.size());
    std::fill_n(buffer.data(), n, 'x');
    return n;
  };
}

TEST(HttpTest, UploadsFromASource) {
  Server server(EachRequest([](const Request& request) {
    return Response{
        201,
        {},
        absl::StrCat(request.body.size(), " ",
                     FindHeader(request.headers, "content-length"), " ",
                     FindHeader(request.headers, "transfer-encoding"))};
  }));
  const auto client = ClientOf(server.url());
  Request request;
  request.method = "PUT";
  request.body_source = Pieces(100, 40000);
  auto response = client->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "4000000  chunked");

  request.body_source = Pieces(100, 40000);
  request.body_size = 4000000;
  response = client->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "4000000 4000000 ");
  EXPECT_EQ(server.connections(), 1);

  request.body_source = Pieces(0, 0);
  request.body_size = 0;
  response = client->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "0 0 ");
}

TEST(HttpTest, UploadEndsWithTheSourcesError) {
  Server server(
      [](Conversation& conversation) { conversation.WaitForClose(); });
  Request request;
  request.method = "PUT";
  request.body_source = [](absl::Span<char>) -> absl::StatusOr<size_t> {
    return absl::PermissionDeniedError("unreadable");
  };
  EXPECT_EQ(ClientOf(server.url())->Send(request, kTime).status(),
            absl::PermissionDeniedError("unreadable"));
  request.body_size = 10;
  for (const int pieces : {1, 3}) {
    request.body_source = Pieces(pieces, 4 + pieces);
    EXPECT_EQ(ClientOf(server.url())->Send(request, kTime).status().code(),
              absl::StatusCode::kDataLoss);
  }
}

// The answer comes while the endless upload goes on.
TEST(HttpTest, UploadStopsWhenTheServerRefuses) {
  Server server([](Conversation& conversation) {
    conversation.ReadRaw(1000);
    conversation.Reply(413, "too much");
    conversation.WaitForClose();
  });
  Request request;
  request.method = "PUT";
  request.body_source = Pieces(std::numeric_limits<int>::max(), 100000);
  const auto response = ClientOf(server.url())->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 413);
  EXPECT_EQ(response->body, "too much");
}

// Sent in pieces of 128 KiB.
TEST(HttpTest, ABodyOfAnySizeArrives) {
  Server server(EachRequest([](const Request& request) {
    return Response{201,
                    {},
                    absl::StrCat(FindHeader(request.headers, "content-length"),
                                 "|", request.body)};
  }));
  const auto client = ClientOf(server.url());
  for (const size_t size : {0, 1, 131071, 131072, 131073, 262144, 5000000}) {
    Request request;
    request.method = "PATCH";
    for (size_t i = 0; i < size; ++i) {
      request.body += static_cast<char>('a' + i / 1000 % 26);
    }
    const auto response = client->Send(request, kTime);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_TRUE(response->body == absl::StrCat(size, "|", request.body))
        << size;
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpTest, ALargeBodyIsNotSentToItsEndWhenTheServerRefuses) {
  Server server([](Conversation& conversation) {
    conversation.ReadRaw(1000);
    conversation.Reply(413, "too much");
    conversation.WaitForClose();
  });
  Request request;
  request.method = "PUT";
  request.body.resize(64 << 20);
  const auto response = ClientOf(server.url())->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 413);
  EXPECT_EQ(response->body, "too much");
}

// A server that reads in small pieces with pauses.
TEST(HttpTest, ABodyThatMayBeSlowHasNoLimitInAll) {
  for (const bool may_be_slow : {true, false}) {
    Server server([](Conversation& conversation) {
      const absl::Time fast_from = absl::Now() + absl::Seconds(2);
      size_t got = 0;
      while (got < (16 << 20)) {
        const auto more = conversation.ReadRaw(32 << 10);
        if (!more) return;
        got += more->size();
        if (absl::Now() < fast_from) absl::SleepFor(absl::Milliseconds(20));
      }
      conversation.Raw("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      conversation.WaitForClose();
    });
    Request request;
    request.method = "PUT";
    request.body.resize(16 << 20);
    request.may_be_slow = may_be_slow;
    const absl::Status status =
        ClientOf(server.url())->Send(request, absl::Seconds(1)).status();
    EXPECT_EQ(status.code(), may_be_slow ? absl::StatusCode::kOk
                                         : absl::StatusCode::kDeadlineExceeded)
        << status;
  }
}

// A server that takes the whole request and then says a little now and then.
TEST(HttpTest, TheResponseToALargeBodyHasALimitOfItsOwn) {
  Server server([](Conversation& conversation) {
    conversation.Next();
    conversation.StartChunks(200);
    while (conversation.Chunk("x")) absl::SleepFor(absl::Milliseconds(50));
  });
  Request request;
  request.method = "PUT";
  request.body.resize(1 << 20);
  request.may_be_slow = true;
  EXPECT_EQ(ClientOf(server.url())
                ->Send(request, absl::Milliseconds(500))
                .status()
                .code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(HttpTest, RefusesAHeaderWithALineEnd) {
  Server server(EachRequest([](const Request&) { return Response{200}; }));
  Request request;
  request.headers = {{"A", "b\r\nC: d"}};
  EXPECT_EQ(ClientOf(server.url())->Send(request, kTime).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(HttpTest, UnixSocket) {
  testing::ServerOptions options;
  // Not in the test's own folder, whose path is longer than a socket's may be.
  char folder[] = "/tmp/net_test_XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  options.unix_path = absl::StrCat(folder, "/sock");
  Server server(options, EachRequest([](const Request& request) {
                  return Response{200, {}, request.target};
                }));
  Request request;
  request.target = "/v1.40/info";
  const auto response = ClientOf(server.url())->Send(request, kTime);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->body, "/v1.40/info");
  std::filesystem::remove_all(folder);
}

// Wherever the limit is met, it is an error of a request that was not sent.
TEST(HttpTest, NobodyThere) {
  Url url;
  {
    Server server(EachRequest([](const Request&) { return Response{200}; }));
    url = server.url();
  }
  auto status = ClientOf(url)->Send(Request(), kTime).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(),
            absl::StrCat(url.Origin(),
                         ": connection refused; nothing listens on this port"));
  EXPECT_TRUE(WasNeverSent(status));

  status = ClientOf(*ParseUrl("unix:///nonexistent/docker.sock"))
               ->Send(Request(), kTime)
               .status();
  EXPECT_EQ(status.message(),
            "unix:/nonexistent/docker.sock: the socket does not exist; is the "
            "daemon running?");

  status = ClientOf(*ParseUrl("http://nowhere.invalid"))
               ->Send(Request(), kTime)
               .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("`nowhere.invalid`"));
}

}  // namespace
}  // namespace ovenbird::net
