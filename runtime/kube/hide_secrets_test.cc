#include "runtime/kube/hide_secrets.h"

#include "gtest/gtest.h"

namespace ovenbird::kube {
namespace {

TEST(HideSecretsTest, OnlyNamesStay) {
  BuildSpec spec;
  spec.docker_config =
      R"({"auths":{"r.io":{"auth":"YTpi","email":"c"}},"credsStore":"d"})";
  spec.secrets = {{.id = "token", .value = "hush"}};
  HideSecrets(spec);
  EXPECT_EQ(spec.docker_config, R"({"auths":{"r.io":{"auth":""}}})");
  EXPECT_EQ(spec.secrets[0].id, "token");
  EXPECT_EQ(spec.secrets[0].value, "(hidden)");
}

TEST(HideSecretsTest, WhatIsNotThereIsNotMade) {
  BuildSpec spec;
  HideSecrets(spec);
  EXPECT_EQ(spec.docker_config, "");
  spec.docker_config = "not JSON: hush";
  HideSecrets(spec);
  EXPECT_EQ(spec.docker_config, R"({"auths":{}})");
}

}  // namespace
}  // namespace ovenbird::kube
