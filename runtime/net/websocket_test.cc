#include "runtime/net/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/mutex.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::net {
namespace {

using testing::Conversation;
using ::testing::HasSubstr;
using testing::Server;
using testing::ServerOptions;

constexpr absl::Duration kPatience = absl::Seconds(60);

void Echo(Conversation& c) {
  const auto request = c.Next();
  if (!request || !c.AcceptWebSocket(*request, "")) return;
  while (const auto message = c.ReadMessage()) {
    if (!c.WriteMessage(*message)) return;
  }
}

std::unique_ptr<WebSocket> Open(const Server& server,
                                WebSocketRequest request = {},
                                Cancellation* cancel = nullptr,
                                TlsOptions tls = {}) {
  ClientOptions options;
  options.tls = std::move(tls);
  auto reply = OpenWebSocket(server.url(), options, request, cancel);
  EXPECT_TRUE(reply.ok()) << reply.status();
  if (!reply.ok()) return nullptr;
  EXPECT_NE(reply->socket, nullptr) << reply->refusal.status;
  return std::move(reply->socket);
}

TEST(WebSocketTest, EchoesMessagesOfManySizes) {
  const testing::KeyPair ca = testing::MakeAuthority("ca");
  ServerOptions tls;
  tls.tls = testing::MakeCertificate({}, &ca);
  for (const ServerOptions& options : {ServerOptions(), tls}) {
    Server server(options, Echo);
    const auto socket = Open(server, {}, nullptr, {.ca_pem = ca.cert_pem});
    ASSERT_NE(socket, nullptr);
    for (const size_t size :
         {0, 1, 124, 125, 126, 127, 65503, 65504, 65535, 65536, 300000}) {
      std::string data(size, '\0');
      for (size_t i = 0; i < size; ++i) data[i] = static_cast<char>(i * 7);
      ASSERT_TRUE(socket->Write("h", data).ok());
      const auto message = socket->Read();
      ASSERT_TRUE(message.ok()) << message.status();
      ASSERT_TRUE(message->has_value());
      EXPECT_TRUE(**message == absl::StrCat("h", data)) << size;
    }
    socket->Close(kPatience);
  }
}

TEST(WebSocketTest, SendsTargetHeadersAndOffers) {
  Request seen;
  Server server([&](Conversation& c) {
    seen = *c.Next();
    c.AcceptWebSocket(seen, "v4.channel.k8s.io");
    c.ReadMessage();
  });
  WebSocketRequest request;
  request.target = "/exec?command=a";
  request.headers = {{"Authorization", "Bearer t"}};
  request.subprotocols = {"v5.channel.k8s.io", "v4.channel.k8s.io"};
  const auto socket = Open(server, request);
  ASSERT_NE(socket, nullptr);
  EXPECT_EQ(socket->subprotocol(), "v4.channel.k8s.io");
  EXPECT_EQ(seen.target, "/exec?command=a");
  EXPECT_EQ(FindHeader(seen.headers, "authorization"), "Bearer t");
  EXPECT_EQ(FindHeader(seen.headers, "sec-websocket-protocol"),
            "v5.channel.k8s.io, v4.channel.k8s.io");
}

TEST(WebSocketTest, ARefusalIsAResponse) {
  Server server([](Conversation& c) {
    c.Next();
    c.Reply(403, "no exec for you", {{"X-A", "b"}});
  });
  const auto reply = OpenWebSocket(server.url(), {}, {});
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->socket, nullptr);
  EXPECT_EQ(reply->refusal.status, 403);
  EXPECT_EQ(reply->refusal.body, "no exec for you");
  EXPECT_EQ(reply->refusal.Header("x-a"), "b");
}

TEST(WebSocketTest, ARefusalHasAStatus) {
  Server server([](Conversation& c) {
    c.Next();
    c.Raw("HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n");
  });
  const auto reply = OpenWebSocket(server.url(), {}, {});
  EXPECT_TRUE(absl::IsUnavailable(reply.status())) << reply.status();
}

TEST(WebSocketTest, ServersGoodbye) {
  Server server([](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    c.WriteMessage("last");
    c.CloseWebSocket(1000, "done here");
  });
  const auto socket = Open(server);
  ASSERT_NE(socket, nullptr);
  EXPECT_EQ(**socket->Read(), "last");
  const auto end = socket->Read();
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_FALSE(end->has_value());
  EXPECT_EQ(socket->close_reason(), "done here");
  EXPECT_EQ(socket->Write("", "x").code(), absl::StatusCode::kUnavailable);
}

TEST(WebSocketTest, ConnectionCutWithoutGoodbye) {
  Server server([](Conversation& c) { c.AcceptWebSocket(*c.Next(), ""); });
  const auto socket = Open(server);
  ASSERT_NE(socket, nullptr);
  const auto end = socket->Read();
  EXPECT_EQ(end.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(end.status().message(),
            absl::StrCat(server.url().Origin(),
                         ": the connection was closed without a close frame"));
}

TEST(WebSocketTest, OurGoodbyeEndsTheServersReadAndOurs) {
  Event server_saw_end;
  Server server([&](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    EXPECT_FALSE(c.ReadMessage().has_value());
    server_saw_end.Notify();
  });
  const auto socket = Open(server);
  ASSERT_NE(socket, nullptr);
  std::thread reader([&] { EXPECT_FALSE(socket->Read().value_or("x")); });
  socket->Close(kPatience);
  server_saw_end.Wait();
  reader.join();
}

// The server reads nothing until the writer has had to stop; then all.
TEST(WebSocketTest, WriterWaitsForTheReader) {
  constexpr int kMessages = 400;
  const std::string data(64 * 1024, 'x');
  Event go;
  std::atomic<int> received = 0;
  Server server([&](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    go.Wait();
    while (c.ReadMessage()) ++received;
  });
  const auto socket = Open(server);
  ASSERT_NE(socket, nullptr);
  std::atomic<int> sent = 0;
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_TRUE(socket->Write("", data).ok());
      ++sent;
    }
  });
  // 25 MB do not fit into the sockets' buffers.
  EXPECT_LT(sent, kMessages);
  go.Notify();
  writer.join();
  socket->Close(kPatience);
  EXPECT_EQ(received, kMessages);
}

TEST(WebSocketTest, ReadsWhileItWrites) {
  Server server(Echo);
  const auto socket = Open(server);
  ASSERT_NE(socket, nullptr);
  constexpr int kMessages = 500;
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_TRUE(socket->Write(absl::StrCat(i), std::string(5000, 'x')).ok());
    }
  });
  for (int i = 0; i < kMessages; ++i) {
    const auto message = socket->Read();
    ASSERT_TRUE(message.ok()) << message.status();
    EXPECT_THAT(message->value(), HasSubstr(absl::StrCat(i, "x")));
  }
  writer.join();
}

TEST(WebSocketTest, AnswersPings) {
  Server server([](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    c.Ping();
    // Beast's server sees the pong inside of this read.
    c.ReadMessage();
    c.WriteMessage("seen");
    c.ReadMessage();
  });
  const auto socket = Open(server);
  ASSERT_NE(socket, nullptr);
  ASSERT_TRUE(socket->Write("", "after the ping").ok());
  EXPECT_EQ(**socket->Read(), "seen");
}

TEST(WebSocketTest, CancellationEndsReadAndWrite) {
  Cancellation cancel;
  Server server([](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    // Reads no message, so that the writer comes to a stop.
    c.WriteMessage("go");
    c.Next();
    c.WaitForClose();
  });
  const auto socket = Open(server, {}, &cancel);
  ASSERT_NE(socket, nullptr);
  EXPECT_EQ(**socket->Read(), "go");
  std::thread writer([&] {
    const std::string data(1024 * 1024, 'x');
    absl::Status status;
    while (status.ok()) status = socket->Write("", data);
    EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  });
  std::thread canceller([&] { cancel.Cancel(); });
  EXPECT_EQ(socket->Read().status().code(), absl::StatusCode::kCancelled);
  writer.join();
  canceller.join();
}

// On a slow link, the answers to pings wait for all that was sent before them.
TEST(WebSocketTest, MessagesThatAreAcceptedAreASignOfLife) {
  Server server([](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    c.WaitForClose();
  });
  WebSocketRequest request;
  request.ping_interval = absl::Milliseconds(10);
  request.stall_timeout = absl::Milliseconds(500);
  const auto socket = Open(server, request);
  ASSERT_NE(socket, nullptr);
  const absl::Time end = absl::Now() + 2 * request.stall_timeout;
  while (absl::Now() < end) {
    const absl::Status status = socket->Write("", "x");
    ASSERT_TRUE(status.ok()) << status;
    absl::SleepFor(request.ping_interval);
  }
}

// Pings are sent to a silent server, and what does not answer is given up.
TEST(WebSocketTest, GivesUpASilentServer) {
  Server server([](Conversation& c) {
    c.AcceptWebSocket(*c.Next(), "");
    c.WaitForClose();
  });
  WebSocketRequest request;
  request.ping_interval = absl::Milliseconds(1);
  request.stall_timeout = absl::Milliseconds(20);
  const auto socket = Open(server, request);
  ASSERT_NE(socket, nullptr);
  absl::Status status = socket->Read().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("no data was transferred"));
}

}  // namespace
}  // namespace ovenbird::net
