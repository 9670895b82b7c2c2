#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/mutex.h"
#include "runtime/net/testing/server.h"
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
