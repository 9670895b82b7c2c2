#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/net/http.h"
#include "runtime/net/testing/server.h"
#include "runtime/net/url.h"
#include "runtime/registry/client.h"
#include "runtime/registry/digest.h"
#include "runtime/registry/testing/real_registry.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::IsOk;
using ::ovenbird::testing::IsOkAndHolds;
using ::ovenbird::testing::StatusIs;
using registry::testing::RealRegistry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Bytes that do not repeat.
std::string SomeBytes(size_t size) {
  std::string bytes(size, '\0');
  uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

net::BodySource From(absl::string_view bytes) {
  return [bytes](absl::Span<char> buffer) mutable -> absl::StatusOr<size_t> {
    // Small pieces, as from a compressor.
    const size_t size = std::min({buffer.size(), bytes.size(), size_t{100000}});
    bytes.copy(buffer.data(), size);
    bytes.remove_prefix(size);
    return size;
  };
}

TEST(ClientUploadTest, ABlobOfAnySize) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  for (const size_t size :
       {size_t{0}, size_t{1}, size_t{2} << 20, kUploadPiece,
        2 * kUploadPiece + 12345, kUploadPiece + (3 << 20)}) {
    const std::string bytes = SomeBytes(size);
    EXPECT_THAT(client.HasBlob("a/b", DigestOf(bytes)), IsOkAndHolds(false));
    const absl::StatusOr<Blob> blob = client.UploadBlob("a/b", From(bytes));
    ASSERT_THAT(blob, IsOk()) << size;
    EXPECT_EQ(blob->size, size);
    EXPECT_EQ(blob->digest, DigestOf(bytes));
    EXPECT_THAT(client.HasBlob("a/b", blob->digest), IsOkAndHolds(true));
    std::string there;
    EXPECT_THAT(client.ReadBlob("a/b", blob->digest,
                                [&](absl::string_view piece) {
                                  absl::StrAppend(&there, piece);
                                  return absl::OkStatus();
                                }),
                IsOk());
    EXPECT_TRUE(there == bytes) << size;
  }
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(ClientUploadTest, AnErrorOfTheSourceCancelsTheUpload) {
  RealRegistry registry;
  Client client(registry.domain(), {});
  int reads = 0;
  EXPECT_THAT(
      client.UploadBlob("a/b",
                        [&](absl::Span<char> buffer) -> absl::StatusOr<size_t> {
                          if (++reads == 3)
                            return absl::AbortedError("it changed");
                          std::fill(buffer.begin(), buffer.end(), 'x');
                          return buffer.size();
                        }),
      StatusIs(absl::StatusCode::kAborted, "it changed"));
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(ClientUploadTest, AStoppedUploadIsCancelled) {
  RealRegistry registry;
  Cancellation cancel;
  Client client(registry.domain(), {.cancel = &cancel});
  size_t reads = 0;
  EXPECT_THAT(
      client.UploadBlob("a/b",
                        [&](absl::Span<char> buffer) -> absl::StatusOr<size_t> {
                          reads += buffer.size();
                          if (reads > 2 * kUploadPiece) cancel.Cancel();
                          std::fill(buffer.begin(), buffer.end(), 'x');
                          return buffer.size();
                        }),
      StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(ClientUploadTest, ABlobOfAnotherRepositoryIsNotSent) {
  RealRegistry registry;
  const std::string digest = registry.PushBlob("first", "content");
  Client client(registry.domain(), {});
  EXPECT_THAT(client.MountBlob("second", digest, "first"), IsOkAndHolds(true));
  EXPECT_THAT(client.HasBlob("second", digest), IsOkAndHolds(true));
  EXPECT_THAT(client.MountBlob("third", DigestOf("other"), "first"),
              IsOkAndHolds(false));
  EXPECT_EQ(registry.OpenUploads(), 0);
}

TEST(ClientUploadTest, OnlyDigestsAreAskedFor) {
  Client client("127.0.0.1:1", {});
  EXPECT_THAT(client.HasBlob("a", "latest"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(client.MountBlob("a", "latest", "b"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// A registry that drops connections: a real one does not do that on demand.
class DroppingRegistry {
 public:
  // Keeps `kept` bytes of the first PATCH and closes its connection.
  explicit DroppingRegistry(size_t kept)
      : kept_(kept), server_([this](net::testing::Conversation& talk) {
          while (auto request = talk.Next()) {
            if (!Answer(talk, *request)) return;
          }
        }) {}

  std::string domain() const { return server_.url().HostPort(); }
  std::string content() {
    MutexLock lock(&mutex_);
    return content_;
  }
  std::vector<std::string> ranges() {
    MutexLock lock(&mutex_);
    return ranges_;
  }

 private:
  bool Answer(net::testing::Conversation& talk, const net::Request& request) {
    MutexLock lock(&mutex_);
    const net::Headers place = {
        {"Location", "/v2/a/blobs/uploads/1"},
        {"Range",
         absl::StrCat("0-", content_.empty() ? 0 : content_.size() - 1)}};
    if (request.method == "POST") return talk.Reply(202, "", place);
    if (request.method == "GET" && request.target == "/v2/") {
      return talk.Reply(200);
    }
    if (request.method == "GET") return talk.Reply(204, "", place);
    if (request.method == "PATCH") {
      ranges_.emplace_back(net::FindHeader(request.headers, "Content-Range"));
      if (!dropped_) {
        dropped_ = true;
        content_ += request.body.substr(0, kept_);
        return false;
      }
    }
    content_ += request.body;
    return talk.Reply(request.method == "PUT" ? 201 : 202, "", place);
  }

  const size_t kept_;
  Mutex mutex_;
  std::string content_;
  std::vector<std::string> ranges_;
  bool dropped_ = false;
  net::testing::Server server_;
};

TEST(ClientUploadTest, GoesOnWhereItWas) {
  const std::string bytes = SomeBytes(kUploadPiece + 1000);
  DroppingRegistry registry(5000);
  Client client(registry.domain(), {});
  const absl::StatusOr<Blob> blob = client.UploadBlob("a", From(bytes));
  ASSERT_THAT(blob, IsOk());
  EXPECT_TRUE(registry.content() == bytes);
  EXPECT_THAT(registry.ranges(),
              ElementsAre(absl::StrCat("0-", kUploadPiece - 1),
                          absl::StrCat("5000-", kUploadPiece - 1)));
}

TEST(ClientUploadTest, StartsAnewWhereNothingArrived) {
  const std::string bytes = SomeBytes(kUploadPiece + 1000);
  DroppingRegistry registry(0);
  Client client(registry.domain(), {});
  ASSERT_THAT(client.UploadBlob("a", From(bytes)), IsOk());
  EXPECT_TRUE(registry.content() == bytes);
}

// A registry behind a slow line: for a while it reads an upload in small pieces
// with pauses.
class SlowRegistry {
 public:
  // After `stop_at` bytes of a PATCH it reads nothing more.
  SlowRegistry(absl::Duration slow_for, size_t stop_at)
      : slow_for_(slow_for),
        stop_at_(stop_at),
        server_([this](net::testing::Conversation& talk) {
          while (Answer(talk)) {
          }
        }) {}

  std::string domain() const { return server_.url().HostPort(); }

 private:
  bool Answer(net::testing::Conversation& talk) const {
    constexpr absl::string_view kEnd = "\r\n\r\n";
    std::string bytes;
    size_t end = 0;
    while ((end = bytes.find(std::string(kEnd))) == std::string::npos) {
      const std::optional<std::string> more = talk.ReadRaw(4096);
      if (!more) return false;
      bytes += *more;
      if (bytes[0] == 0x16) return false;  // TLS
    }
    const std::string head = absl::AsciiStrToLower(bytes.substr(0, end));
    const std::string body = bytes.substr(end + kEnd.size());
    if (!ReadBody(talk, head, body.size())) return false;
    const bool ends = absl::StartsWith(head, "put");
    return talk.Raw(absl::StrCat(
        "HTTP/1.1 ", ends ? "201 Created" : "202 Accepted",
        "\r\nLocation: /v2/a/blobs/uploads/1\r\nContent-Length: 0\r\n\r\n"));
  }

  bool ReadBody(net::testing::Conversation& talk, const std::string& head,
                size_t got) const {
    constexpr absl::string_view kLength = "content-length: ";
    const size_t at = head.find(std::string(kLength));
    if (at == std::string::npos) return true;
    const std::string number = head.substr(at + kLength.size());
    size_t length = 0;
    EXPECT_TRUE(absl::SimpleAtoi(number.substr(0, number.find('\r')), &length));
    const absl::Time fast_from = absl::Now() + slow_for_;
    while (got < length) {
      if (got >= stop_at_) {
        talk.WaitForClose();
        return false;
      }
      const std::optional<std::string> more =
          talk.ReadRaw(std::min(size_t{32} << 10, length - got));
      if (!more) return false;
      got += more->size();
      if (absl::Now() < fast_from) absl::SleepFor(absl::Milliseconds(20));
    }
    return true;
  }

  const absl::Duration slow_for_;
  const size_t stop_at_;
  net::testing::Server server_;
};

TEST(ClientUploadTest, ASlowUploadMayTakeLongerThanTheTimeout) {
  SlowRegistry registry(absl::Seconds(3), SIZE_MAX);
  Client client(registry.domain(), {.timeout = absl::Seconds(2)});
  EXPECT_THAT(client.UploadBlob("a", From(SomeBytes(kUploadPiece + 1000))),
              IsOk());
}

TEST(ClientUploadTest, AnUploadThatDoesNotMoveFails) {
  SlowRegistry registry(absl::ZeroDuration(), 100000);
  Client client(registry.domain(), {.timeout = absl::Milliseconds(300)});
  EXPECT_THAT(client.UploadBlob("a", From(SomeBytes(kUploadPiece + 1000))),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

// Another address of a real registry that closes a connection at the n-th
// PATCH. Of its body the registry gets `kept` bytes.
class CutRegistry {
 public:
  CutRegistry(int cut_at, size_t kept)
      : cut_at_(cut_at), kept_(kept), server_([this](auto& talk) {
          while (const auto request = talk.Next()) {
            if (!Answer(talk, *request)) return;
          }
        }) {}

  std::string domain() const { return server_.url().HostPort(); }
  int open_uploads() const { return real_.OpenUploads(); }
  // Returns the bytes of all bodies that came here.
  size_t sent() {
    MutexLock lock(&mutex_);
    return sent_;
  }

 private:
  bool Answer(net::testing::Conversation& talk, const net::Request& request) {
    bool is_cut = false;
    {
      MutexLock lock(&mutex_);
      sent_ += request.body.size();
      is_cut = request.method == "PATCH" && ++patches_ == cut_at_;
    }
    if (is_cut) {
      if (kept_ > 0) SendHalf(request);
      return false;
    }
    const auto client = NewClient();
    net::Request forwarded;
    forwarded.method = request.method;
    forwarded.target = request.target;
    forwarded.body = request.body;
    forwarded.headers = {
        {"Content-Type",
         std::string(net::FindHeader(request.headers, "Content-Type"))}};
    const auto answer = client->Send(forwarded, absl::Seconds(20));
    if (!answer.ok()) return false;
    net::Headers headers;
    for (const char* name : {"Location", "Docker-Content-Digest", "Range"}) {
      const std::string value = absl::StrReplaceAll(
          answer->Header(name), {{real_.domain(), domain()}});
      if (!value.empty()) headers.emplace_back(name, value);
    }
    return talk.Reply(answer->status, answer->body, headers);
  }

  std::unique_ptr<net::Client> NewClient() const {
    const auto url = net::ParseUrl(absl::StrCat("http://", real_.domain()));
    EXPECT_THAT(url, IsOk());
    auto client = net::NewClient(*url, net::TlsOptions());
    EXPECT_THAT(client, IsOk());
    return *std::move(client);
  }

  // A request whose client goes away.
  void SendHalf(const net::Request& request) const {
    const std::string head = absl::StrCat(
        "PATCH ", request.target, " HTTP/1.1\r\nHost: ", real_.domain(),
        "\r\nContent-Type: application/octet-stream\r\nContent-Length: ",
        request.body.size(), "\r\n\r\n");
    const int port = std::stoi(real_.domain().substr(10));  // 127.0.0.1:
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    const std::string bytes = head + request.body.substr(0, kept_);
    ASSERT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    close(fd);
  }

  RealRegistry real_;
  const int cut_at_;
  const size_t kept_;
  Mutex mutex_;
  int patches_ = 0;
  size_t sent_ = 0;
  net::testing::Server server_;
};

TEST(ClientUploadTest, GoesOnAtTheLastPieceThatARealRegistryHasConfirmed) {
  const std::string bytes = SomeBytes(4 * kUploadPiece);
  CutRegistry registry(/*cut_at=*/3, /*kept=*/0);
  Client client(registry.domain(), {});
  const absl::StatusOr<Blob> blob = client.UploadBlob("a", From(bytes));
  ASSERT_THAT(blob, IsOk());
  EXPECT_EQ(blob->digest, DigestOf(bytes));
  // One piece twice.
  EXPECT_EQ(registry.sent(), 5 * kUploadPiece);
  EXPECT_EQ(registry.open_uploads(), 0);
}

// The CNCF's registry drops an upload that is cut within a piece: the caller
// starts again (PushLayer).
TEST(ClientUploadTest, AnUploadThatTheRegistryDropsIsAFailureThatMayPass) {
  const std::string bytes = SomeBytes(2 * kUploadPiece);
  CutRegistry registry(/*cut_at=*/2, /*kept=*/kUploadPiece / 2);
  Client client(registry.domain(), {});
  EXPECT_THAT(client.UploadBlob("a", From(bytes)),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(client.UploadBlob("a", From(bytes)), IsOk());
}

TEST(ClientUploadTest, ServersOfOthersGetNothing) {
  net::testing::Server registry(
      net::testing::EachRequest([](const net::Request& request) {
        if (request.method != "POST") return net::Response{200, {}, ""};
        return net::Response{
            202, {{"Location", "http://127.0.0.1:9/v2/a/blobs/uploads/1"}}, ""};
      }));
  Client client(registry.url().HostPort(), {});
  EXPECT_THAT(client.UploadBlob("a", From("content")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the registry wants it at "
                                 "http://127.0.0.1:9")));
}

}  // namespace
}  // namespace ovenbird::registry
