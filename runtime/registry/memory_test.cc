// Uploads in a thread whose `new` fails once, at each of its calls: an
// exception, not the end of the program, which would leave objects in a
// cluster.
#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"
#include "runtime/net/url.h"
#include "runtime/registry/client.h"
#include "tools/testing/failing_new.h"

namespace ovenbird::registry {
namespace {

net::Response Answer(const net::Request& request) {
  if (request.method == "POST") {
    return {202, {{"Location", "/v2/a/b/blobs/uploads/1"}}, ""};
  }
  return {204, {}, ""};
}

// What was begun is cancelled by a destructor.
TEST(MemoryTest, AnUploadThatIsStopped) {
  const net::testing::Server server(net::testing::EachRequest(Answer));
  const int failures = ovenbird::testing::FailEachNew([&] {
    Client client(server.url().HostPort(), {});
    const auto fail = [](absl::Span<char>) -> absl::StatusOr<size_t> {
      return absl::AbortedError("it changed");
    };
    EXPECT_FALSE(client.UploadBlob("a/b", fail).ok());
  });
  EXPECT_GT(failures, 50);
}

}  // namespace
}  // namespace ovenbird::registry
