#include "runtime/kube/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/file.h"
#include "tools/testing/status_matchers.h"

namespace ovenbird::kube {
namespace {

using ::ovenbird::testing::IsOk;
using ::testing::StartsWith;

// What the case expects, in the form of case.json's `want`.
std::map<std::string, std::string> Describe(const ClusterAccess& access,
                                            const Credential& credential) {
  std::map<std::string, std::string> out = {
      {"server", access.server.Origin()},
      {"path_prefix", access.path_prefix},
      {"namespace", access.name_space},
      {"context", access.context},
      {"ca", access.options.tls.ca_pem},
      {"insecure", access.options.tls.insecure_skip_verify ? "true" : ""},
      {"server_name", access.options.tls.server_name},
      {"proxy", access.options.proxy.value_or("")},
      {"authorization", credential.authorization},
      {"client_cert", credential.client_cert_pem},
      {"client_key", credential.client_key_pem},
  };
  for (const auto& [name, value] : access.headers) {
    std::string& all = out[absl::StrCat("header ", name)];
    absl::StrAppend(&all, all.empty() ? "" : ",", value);
  }
  std::erase_if(out, [](const auto& item) { return item.second.empty(); });
  return out;
}

std::map<std::string, std::string> Wanted(const json::Value& want) {
  std::map<std::string, std::string> out;
  for (const auto& [key, value] : want.members()) {
    if (key == "headers") {
      for (const auto& [name, header] : value.members()) {
        out[absl::StrCat("header ", name)] = std::string(header.string_or());
      }
    } else {
      out[key] = value.bool_or() ? "true" : std::string(value.string_or());
    }
  }
  std::erase_if(out, [](const auto& item) { return item.second.empty(); });
  return out;
}

AccessOptions OptionsOf(const std::string& name, const json::Value& spec) {
  std::vector<std::string> files;
  const json::Value& list = spec["kubeconfig"];
  if (list.is_null()) files = {absl::StrCat(name, "/config")};
  for (const json::Value& file : list.items()) {
    files.push_back(file.string_or().empty()
                        ? ""
                        : absl::StrCat(name, "/", file.string_or()));
  }
  AccessOptions options;
  options.context = std::string(spec["context"].string_or());
  options.service_account = absl::StrCat(name, "/serviceaccount");
  options.getenv = [=](absl::string_view variable) -> std::string {
    if (variable == "KUBECONFIG") return absl::StrJoin(files, ":");
    if (variable == "HOME") return name;
    return std::string(spec["env"][variable].string_or());
  };
  return options;
}

void RunCase(const std::string& name, const json::Value& spec) {
  absl::StatusOr<ClusterAccess> access = FindCluster(OptionsOf(name, spec));
  absl::StatusOr<Credential> credential =
      access.ok() ? access->credentials->Get(nullptr)
                  : absl::StatusOr<Credential>(access.status());
  const json::Value& error = spec["error"];
  if (error.is_null()) {
    ASSERT_THAT(credential, IsOk());
    EXPECT_EQ(Describe(*access, *credential), Wanted(spec["want"]));
    return;
  }
  EXPECT_EQ(absl::StatusCodeToString(credential.status().code()),
            error["code"].string_or());
  const std::string message(credential.status().message());
  if (error["message"].is_null()) {
    EXPECT_THAT(message,
                StartsWith(std::string(error["message_starts"].string_or())));
  } else {
    EXPECT_EQ(message, std::string(error["message"].string_or()));
  }
}

TEST(AccessTest, Cases) {
  std::filesystem::current_path("testdata/kubeconfig");
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(".")) {
    if (entry.is_directory()) names.insert(entry.path().filename());
  }
  EXPECT_GT(names.size(), 50);
  for (const std::string& name : names) {
    SCOPED_TRACE(name);
    const auto text = ReadFile(absl::StrCat(name, "/case.json"));
    ASSERT_THAT(text, IsOk());
    const auto spec = json::Parse(*text);
    ASSERT_THAT(spec, IsOk());
    RunCase(name, *spec);
  }
}

TEST(AccessTest, AFileThatCannotBeReadIsToldWithWhoNamedIt) {
  AccessOptions options;
  options.getenv = [](absl::string_view name) {
    return name == "KUBECONFIG" ? ::testing::TempDir() : std::string();
  };
  const absl::Status status = FindCluster(options).status();
  EXPECT_THAT(std::string(status.message()),
              ::testing::AllOf(::testing::HasSubstr("cannot read"),
                               ::testing::HasSubstr("(from KUBECONFIG)")));
}

}  // namespace
}  // namespace ovenbird::kube
