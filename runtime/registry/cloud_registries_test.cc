#include "runtime/registry/cloud_registries.h"

#include "gtest/gtest.h"

namespace ovenbird::registry {
namespace {

TEST(HasLoginOfItsOwnTest, TheCloudsHave) {
  for (const char* domain :
       {"1234.dkr.ecr.eu-central-1.amazonaws.com", "gcr.io", "eu.gcr.io",
        "europe-docker.pkg.dev", "team.azurecr.io", "public.ecr.aws"}) {
    EXPECT_TRUE(HasLoginOfItsOwn(domain)) << domain;
  }
  for (const char* domain :
       {"docker.io", "ghcr.io", "registry.example.com:5000", "notgcr.io"}) {
    EXPECT_FALSE(HasLoginOfItsOwn(domain)) << domain;
  }
}

}  // namespace
}  // namespace ovenbird::registry
