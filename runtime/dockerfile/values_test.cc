#include "runtime/dockerfile/values.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::HasSubstr;

using Check = std::string (*)(absl::string_view text);

struct Form {
  const char* name;
  Check check;
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

// What BuildKit v0.34.2 says of each.
TEST(ValuesTest, Forms) {
  for (const Form& form : std::vector<Form>{
           {"duration",
            DurationProblem,
            {"", "0", "-0", "0s", "1ms", "1.5h", ".5s", "1.s", "1h2m3s",
             "1000us", "+1s"},
            {"5", "-1s", "1", "s", "1x", "999us", "1s2", ".s", "-", "1 s",
             "99999999h"}},
           {"retries",
            RetriesProblem,
            {"", "0", "3", "+3", "2147483647"},
            {"x", "-1", "2147483648", "3.0", " 3", "0x3"}},
           {"signal",
            SignalProblem,
            {"SIGTERM", "term", "sigkill", "9", "-1", "99", "RTMIN+3",
             "SIGRTMAX-14", "rtmax"},
            {"", "0", "SIG", "SIGNOTHING", "TERM ", "RTMIN+16", "RTMAX-15",
             "RTMIN-1"}},
           {"port",
            PortProblem,
            {"80", "0", "+80", "65535", "80/tcp", "80/UDP", "80/sctp", "80/",
             "8000-9000/udp", "80-80", "8080:80", "127.0.0.1:8080:80", ":80",
             "[::1]:8080:80", "::1:80:80", "127.0.0.1::80", "8000-9000:80"},
            {"", "/tcp", "x", "65536", "-1", "80/icmp", "9000-8000", "80-",
             "-80", "80:", "256.0.0.1:80:80", "80-81:90-95", "80,81"}},
           {"mode",
            ModeProblem,
            {"755", "0", "0755", "7777", "00000755", "u=rwX,go=rX", "+x",
             "a+r-w", "u+", "=", "g=u"},
            {"", "9z", "17777", "8", "u", "u+q", "u+x,", ",u+x", "-755",
             "0o755", "rwx"}},
           {"platform",
            PlatformProblem,
            {"linux", "amd64", "linux/amd64", "linux/arm/v7", "foo/bar",
             "Linux/AMD64", "windows(10.0)/amd64"},
            {"", "foo", "linux/", "/amd64", "a/b/c/d", "linux amd64", "*"}},
           {"digest",
            DigestProblem,
            {"sha256:" + std::string(64, 'a'),
             "sha512:" + std::string(128, '0'),
             "sha384:" + std::string(96, 'f')},
            {"", "sha256:", "sha256:1", std::string(64, 'a'),
             "md5:" + std::string(32, 'a'), "sha256:" + std::string(64, 'A')}},
           {"device",
            DeviceProblem,
            {"a.com/b=c", "a.com/b", "a.com/b,required",
             "name=a,required=false", "a,required=T"},
            {"", "a,b", "a,name=b", "a,required=maybe", "\"a"}},
           {"owner",
            LinkedOwnerProblem,
            {"1", "1:2", "root", "root:root", ":3", "1:"},
            {"app", "1:app", "app:1"}},
       }) {
    for (const std::string& text : form.good) {
      EXPECT_EQ(form.check(text), "") << form.name << " " << text;
    }
    for (const std::string& text : form.bad) {
      EXPECT_NE(form.check(text), "") << form.name << " " << text;
    }
  }
}

std::string Mount(const std::string& text,
                  const std::optional<std::string>& folder = "/w") {
  const auto options = SplitMount(text);
  if (!options.ok()) return std::string(options.status().message());
  return MountProblem(*options, folder);
}

TEST(ValuesTest, Mounts) {
  for (const char* good :
       {"target=/x", "type=bind,from=a,source=/b,target=/x,rw", "TYPE=Cache",
        "type=cache,target=/x,sharing=Locked,mode=0755,uid=1,gid=2,id=a",
        "type=tmpfs,target=/x,size=64m", "type=tmpfs,dst=x,size=1.5 GiB",
        "type=secret,id=a,required,env=B,mode=0400", "type=secret,target=/s",
        "type=ssh,required=true", "\"target=/a,b\",\"ro=0\"", "dst=//"}) {
    EXPECT_EQ(Mount(good), "") << good;
  }
  struct Case {
    const char* text;
    const char* problem;
  };
  for (const Case& c : {
           Case{"", "no value"},
           {"type=nothing", "`nothing` is not one of"},
           {"type", "`type` has no value"},
           {"target=/x,", "has no value"},
           {"target=/x,bogus=1", "unknown option `bogus`"},
           {"target=/x,ro=maybe", "neither"},
           {"target=/x,required", "does not apply"},
           {"required,type=secret,id=a", "does not apply"},
           {"target=/x,size=1m", "does not apply"},
           {"type=tmpfs,target=/x,size=big", "not a size"},
           {"type=cache,target=/x,sharing=no", "`no` is not one of"},
           {"target=/x,sharing=shared", "does not apply"},
           {"target=/x,mode=755", "does not apply"},
           {"type=cache,target=/x,mode=9", "octal"},
           {"type=cache,target=/x,uid=a", "not a number"},
           {"type=cache,target=/x,uid=-1", "not a number"},
           {"type=secret", "needs an `id`"},
           {"type=secret,id=a,src=b", "mean the same"},
           {"type=secret,id=a,from=b", "does not apply"},
           {"type=secret,id=a,sharing=shared", "does not apply"},
           {"type=ssh,source=a", "does not apply"},
           {"target=/", "root folder"},
           {"target=\"/x\"", "is neither at the start"},
           {"\"target=/x", "is neither at the start"},
       }) {
    EXPECT_THAT(Mount(c.text), HasSubstr(c.problem)) << c.text;
  }
  // The working directory is where a mount without a target goes.
  EXPECT_EQ(Mount("type=cache", "/w"), "");
  EXPECT_EQ(Mount("type=cache", std::nullopt), "");
  EXPECT_THAT(Mount("type=cache", "/"), HasSubstr("`target` is missing"));
}

TEST(ValuesTest, Urls) {
  for (const char* git :
       {"https://h/a.git", "https://h/a.git#v1:sub", "git://h/a", "git@h:a/b",
        "ssh://h/a", "http://h/a.git?ref=x"}) {
    EXPECT_TRUE(IsGitSource(git)) << git;
    EXPECT_FALSE(IsHttpSource(git)) << git;
  }
  for (const char* page : {"https://h/a", "http://h/a.tgz"}) {
    EXPECT_FALSE(IsGitSource(page)) << page;
    EXPECT_TRUE(IsHttpSource(page)) << page;
  }
  for (const char* path : {"a", "ftp://h/a", "github.com/a/b.git", "./a@b:c",
                           "a.git", "../git://h/a"}) {
    EXPECT_FALSE(IsGitSource(path)) << path;
    EXPECT_FALSE(IsHttpSource(path)) << path;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
