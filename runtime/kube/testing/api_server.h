// For tests of the client: answers like an API server's, from a real server.
#ifndef OVENBIRD_RUNTIME_KUBE_TESTING_API_SERVER_H_
#define OVENBIRD_RUNTIME_KUBE_TESTING_API_SERVER_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/kube/client.h"
#include "runtime/net/message.h"
#include "runtime/net/testing/server.h"

namespace ovenbird::kube::testing {

// A client of `server` with short pauses and without credentials.
std::unique_ptr<Client> ClientOf(
    const net::testing::Server& server, ClientOptions options = {},
    std::shared_ptr<Credentials> credentials = FixedCredentials({}));

// Pauses that do not slow a test down.
BackoffOptions NoPause();

// A Status object, and a response that consists of one.
std::string StatusJson(int code, absl::string_view reason,
                       absl::string_view message);
net::Response StatusResponse(int code, absl::string_view reason,
                             absl::string_view message);

// A pod with its version; the UID is "uid-NAME" when empty.
json::Value Pod(absl::string_view name, int version,
                absl::string_view uid = "");

// The value of a query's parameter, unescaped as far as tests need it.
std::string QueryValue(absl::string_view target, absl::string_view key);

}  // namespace ovenbird::kube::testing

#endif  // OVENBIRD_RUNTIME_KUBE_TESTING_API_SERVER_H_
