#include "runtime/registry/reference.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird::registry {
namespace {

const char kSha[] =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct GoodCase {
  std::string text;
  Reference want;
  std::string familiar;
};

TEST(ReferenceTest, Parses) {
  const std::vector<GoodCase> cases = {
      {"alpine", {"docker.io", "library/alpine", "", ""}, "alpine"},
      {"alpine:3", {"docker.io", "library/alpine", "3", ""}, "alpine:3"},
      {"john/app:v1", {"docker.io", "john/app", "v1", ""}, "john/app:v1"},
      {"docker.io/alpine", {"docker.io", "library/alpine", "", ""}, "alpine"},
      {"index.docker.io/library/alpine",
       {"docker.io", "library/alpine", "", ""},
       "alpine"},
      {"library/a/b", {"docker.io", "library/a/b", "", ""}, "library/a/b"},
      {"localhost/app", {"localhost", "app", "", ""}, "localhost/app"},
      {"localhost:5000/app:1.2_3-x",
       {"localhost:5000", "app", "1.2_3-x", ""},
       "localhost:5000/app:1.2_3-x"},
      {"127.0.0.1:5000/a/b/c",
       {"127.0.0.1:5000", "a/b/c", "", ""},
       "127.0.0.1:5000/a/b/c"},
      {"[::1]:5000/app", {"[::1]:5000", "app", "", ""}, "[::1]:5000/app"},
      {"Reg.Example.com/app",
       {"Reg.Example.com", "app", "", ""},
       "Reg.Example.com/app"},
      {absl::StrCat("gcr.io/p/app:t@", kSha),
       {"gcr.io", "p/app", "t", kSha},
       absl::StrCat("gcr.io/p/app:t@", kSha)},
      {absl::StrCat("a@", kSha),
       {"docker.io", "library/a", "", kSha},
       absl::StrCat("a@", kSha)},
      // The page's example: no host of that number exists, a name it is.
      {"123.456.789.0:5000/john/app",
       {"123.456.789.0:5000", "john/app", "", ""},
       ""},
  };
  for (const GoodCase& test : cases) {
    absl::StatusOr<Reference> got = ParseReference(test.text);
    ASSERT_TRUE(got.ok()) << test.text << ": " << got.status();
    EXPECT_EQ(*got, test.want) << test.text << " " << got->ToString();
    if (!test.familiar.empty()) {
      EXPECT_EQ(got->Familiar(), test.familiar);
    }
    EXPECT_EQ(*ParseReference(got->ToString()), *got) << test.text;
  }
}

TEST(ReferenceTest, SaysWhatIsWrong) {
  const std::string hex(64, 'a');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "the image name is empty"},
      {"https://a.b/c", "write it without `https://`"},
      {"john/AppBackend",
       "`john/AppBackend` has upper-case letters; names of repositories are "
       "lower case: `john/appbackend`"},
      {"a//b", "two slashes have no name between them"},
      {"/a", "two slashes have no name between them"},
      {"gcr.io/", "the name of the repository is missing"},
      {"a b",
       "`a b` is not a part of a name: a-z and 0-9, with `.`, `_`, `__` "
       "or `-` between them"},
      {"a/b___c",
       "`b___c` is not a part of a name: a-z and 0-9, with `.`, "
       "`_`, `__` or `-` between them"},
      {"a-",
       "`a-` is not a part of a name: a-z and 0-9, with `.`, `_`, `__` "
       "or `-` between them"},
      {"a:", "the tag is empty"},
      {"a:-x", "tag `-x` starts with neither letter, digit nor `_`"},
      {"a:b:c", "`:` in tag `b:c` is not a letter, a digit, `_`, `.` or `-`"},
      {absl::StrCat("a:", std::string(129, 'x')),
       "the tag has 129 characters; 128 are allowed"},
      {std::string(256, 'a'),
       "the name of the repository has 256 characters; 255 are allowed"},
      {"a.b:x/c", "`x` is not a port number"},
      {"-a.b/c", "`-a.b` is not a host name"},
      {"a@b", "digest `b` has no `sha256:` in front"},
      {"a@md5:00",
       "digest algorithm `md5` is not supported; use sha256 or sha512"},
      {"a@sha256:00",
       "digest `sha256:00` needs 64 hexadecimal digits, it has 2 characters"},
      {hex, "64 hexadecimal digits are an image ID, not a name"},
  };
  for (const auto& [text, want] : cases) {
    absl::StatusOr<Reference> got = ParseReference(text);
    ASSERT_FALSE(got.ok()) << text;
    EXPECT_EQ(got.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(
        got.status().message(),
        text.empty() ? want : absl::StrCat("image name `", text, "`: ", want));
  }
}

TEST(ReferenceTest, AskedForByDigestTagOrLatest) {
  EXPECT_EQ(ParseReference("a")->TagOrDigest(), "latest");
  EXPECT_EQ(ParseReference("a:1")->TagOrDigest(), "1");
  EXPECT_EQ(ParseReference(absl::StrCat("a:1@", kSha))->TagOrDigest(), kSha);
}

TEST(ReferenceTest, DockerHubHasManyNames) {
  for (const char* name :
       {"docker.io", "index.docker.io", "https://index.docker.io/v1/",
        "registry-1.docker.io", "https://registry-1.docker.io/v2/"}) {
    EXPECT_EQ(NormalizeDomain(name), "docker.io") << name;
  }
  EXPECT_EQ(NormalizeDomain("https://reg.example.com:5000/v2/"),
            "reg.example.com:5000");
  EXPECT_EQ(ApiHost("docker.io"), "registry-1.docker.io");
  EXPECT_EQ(ApiHost("gcr.io"), "gcr.io");
}

TEST(ReferenceTest, LoopbackHosts) {
  for (const char* yes : {"localhost", "localhost:5000", "127.0.0.1:5000",
                          "127.3.2.1", "[::1]:5000", "reg.localhost:80"}) {
    EXPECT_TRUE(IsLoopback(yes)) << yes;
  }
  for (const char* no : {"docker.io", "127.example.com.org", "localhost.com",
                         "10.0.0.1:5000", "127.0.0.x:1"}) {
    EXPECT_FALSE(IsLoopback(no)) << no;
  }
}

TEST(ReferenceTest, Tags) {
  EXPECT_TRUE(CheckTag("v1.2_3-x").ok());
  EXPECT_EQ(CheckTag("a/b").message(),
            "`/` in tag `a/b` is not a letter, a digit, `_`, `.` or `-`");
}

}  // namespace
}  // namespace ovenbird::registry
