#include "runtime/dockerfile/secret_names.h"

#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

TEST(SecretNamesTest, AreThoseOfBuildKit) {
  for (const char* name :
       {"TOKEN", "token", "GITHUB_TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY",
        "DATABASE_PASSWORD", "DB_PASSWD", "pword", "secret_MESSAGE", "AUTH",
        "AWS_SECRET_ACCESS_KEY", "CREDENTIALS", "MY_CREDENTIAL_X"}) {
    EXPECT_TRUE(LooksSecret(name)) << name;
  }
  for (const char* name :
       {"", "_", "VERSION", "KEYS", "MONKEY", "TOKENS", "TOKENIZER_PATH",
        "AUTHOR", "SECRETARY", "KEYBOARD", "PUBLIC_KEY", "TOKEN_FILE",
        "AUTH_VERSION", "PASSWORDLESS", "MY-TOKEN"}) {
    EXPECT_FALSE(LooksSecret(name)) << name;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
