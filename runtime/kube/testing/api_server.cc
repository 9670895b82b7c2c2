#include "runtime/kube/testing/api_server.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ovenbird::kube::testing {

BackoffOptions NoPause() {
  return {absl::Microseconds(100), absl::Milliseconds(1)};
}

std::unique_ptr<Client> ClientOf(const net::testing::Server& server,
                                 ClientOptions options,
                                 std::shared_ptr<Credentials> credentials) {
  ClusterAccess access;
  access.server = server.url();
  access.credentials = std::move(credentials);
  access.description = "the test's server";
  options.backoff = NoPause();
  auto client = Client::New(std::move(access), std::move(options));
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

std::string StatusJson(int code, absl::string_view reason,
                       absl::string_view message) {
  json::Value status;
  status.Set("kind", "Status");
  status.Set("apiVersion", "v1");
  status.Set("status", "Failure");
  status.Set("message", message);
  status.Set("reason", reason);
  status.Set("code", code);
  return json::Write(status);
}

net::Response StatusResponse(int code, absl::string_view reason,
                             absl::string_view message) {
  return {code, {}, StatusJson(code, reason, message)};
}

json::Value Pod(absl::string_view name, int version, absl::string_view uid) {
  json::Value metadata;
  metadata.Set("name", name);
  metadata.Set("namespace", "ns");
  metadata.Set("uid",
               uid.empty() ? absl::StrCat("uid-", name) : std::string(uid));
  metadata.Set("resourceVersion", absl::StrCat(version));
  json::Value pod;
  pod.Set("metadata", std::move(metadata));
  return pod;
}

std::string QueryValue(absl::string_view target, absl::string_view key) {
  const std::string prefix = absl::StrCat(key, "=");
  target.remove_prefix(std::min(target.find('?'), target.size() - 1) + 1);
  for (absl::string_view part : absl::StrSplit(target, '&')) {
    if (absl::ConsumePrefix(&part, prefix)) {
      return absl::StrReplaceAll(part, {{"%3A", ":"}, {"%2F", "/"}});
    }
  }
  return "";
}

}  // namespace ovenbird::kube::testing
