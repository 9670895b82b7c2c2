#include "runtime/context/secrets.h"

#include <string>

#include "gtest/gtest.h"

namespace ovenbird::context {
namespace {

TEST(SecretsTest, Table) {
  struct Case {
    const char* path;
    const char* content;
    const char* why;
  };
  constexpr char kKey[] = "-----BEGIN EC PRIVATE KEY-----\nx\n";
  constexpr char kCertificate[] = "-----BEGIN CERTIFICATE-----\nx\n";
  for (const Case& c : {
           Case{".env", "", "environment file"},
           {"api/.env.production", "", "environment file"},
           {".env.example", "", ""},
           {".envoy", "", ""},
           {"env", "", ""},
           {"home/.ssh/id_ed25519", "", "SSH private key"},
           {"id_rsa.pub", "", ""},
           {"my_id_rsa", "", ""},
           {"tls/server.key", kKey, "private key"},
           {"tls/server.pem", kKey, "private key"},
           {"tls/ca.pem", kCertificate, ""},
           {"store.p12", "", "key store"},
           {".netrc", "", "passwords"},
           {".npmrc", "//r.example.com/:_authToken=npm_x\n",
            "token of a package registry"},
           {".npmrc", "//r.example.com/:_authToken=${NPM_TOKEN}\n", ""},
           {".npmrc", "registry=https://r.example.com/\n", ""},
           {".yarnrc.yml", "npmAuthToken: \"x\"\n",
            "token of a package registry"},
           {".yarnrc.yml", "npmAuthToken: \"${T}\"\n", ""},
           {".pypirc", "[a]\n  password = x\n",
            "password of a package registry"},
           {".m2/settings.xml", "<password>x</password>",
            "password of a package registry"},
           {"settings.xml", "<password>${env.P}</password>", ""},
           {".git/config", "url = https://me:token@example.com/a.git\n",
            "credentials for a Git server"},
           {".git/config", "url = https://example.com/a.git\n", ""},
           {".docker/config.json", "{\"auths\":{\"r\":{\"auth\":\"eA==\"}}}",
            "credentials for container registries"},
           {"config.json", "{\"auth\":\"x\"}", ""},
           {"a/.aws/credentials", "", "AWS access key"},
           {"kubeconfig", "users:\n- user: {token: x}\n",
            "access to a Kubernetes cluster"},
           {"gcp-key.json", "{\"private_key\": \"x\"}",
            "key of a service account"},
           {"package.json", "{\"private_key\": \"x\"}", ""},
           {"keys/list.json", "[]", ""},
           {"terraform.tfstate", "",
            "Terraform state, which has secrets in plain text"},
           {"main.c", kKey, ""},
       }) {
    EXPECT_EQ(WhySecret(c.path, [&] { return std::string(c.content); }), c.why)
        << c.path;
  }
}

}  // namespace
}  // namespace ovenbird::context
