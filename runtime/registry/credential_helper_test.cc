#include "runtime/registry/credential_helper.h"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/cancellation.h"
#include "runtime/registry/credentials.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::registry {
namespace {

using ::ovenbird::testing::NewFolder;
using ::ovenbird::testing::WriteProgram;

// A machine whose `docker-credential-e2e` is a script of the test.
class CredentialHelperTest : public ::testing::Test {
 protected:
  CredentialHelperTest() {
    setenv("PATH", absl::StrCat(folder_, ":/usr/bin:/bin").c_str(), 1);
  }

  absl::StatusOr<std::optional<Credentials>> Ask(
      const std::string& script, absl::Duration timeout = absl::Seconds(30),
      Cancellation* cancel = nullptr) {
    WriteProgram(folder_ + "/docker-credential-e2e", script + "\n");
    return AskCredentialHelper("e2e", "r.io:5000", cancel, timeout);
  }

  const std::string folder_ = NewFolder();
};

TEST_F(CredentialHelperTest, IsAskedForTheServerOnItsInput) {
  const auto got = Ask(absl::StrCat("{ echo \"$*\"; cat; } > ", folder_,
                                    "/seen; echo '{\"Username\":\"u\","
                                    "\"Secret\":\"s\"}'"));
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_TRUE(got->has_value());
  EXPECT_EQ((*got)->username, "u");
  EXPECT_EQ((*got)->password, "s");
  EXPECT_EQ((*got)->identity_token, "");
  std::ifstream file(folder_ + "/seen");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "get\nr.io:5000");
}

TEST_F(CredentialHelperTest, AnswersWithoutAPassword) {
  for (const char* answer :
       {"{}", R"({"Username":"u","Secret":""})", R"({"Secret":5})"}) {
    const auto got = Ask(absl::StrCat("echo '", answer, "'"));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_FALSE(got->has_value()) << answer;
  }
  // The words of docker's own helpers, with any exit code.
  for (const char* script :
       {"echo 'credentials not found in native keychain'; exit 1",
        "echo 'credentials not found' >&2; exit 2"}) {
    const auto got = Ask(script);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_FALSE(got->has_value()) << script;
  }
}

TEST_F(CredentialHelperTest, ATokenIsNoPassword) {
  const auto got =
      Ask(R"(echo '{"Username":"<token>","Secret":"refresh me"}')");
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_TRUE(got->has_value());
  EXPECT_EQ((*got)->identity_token, "refresh me");
  EXPECT_EQ((*got)->username, "");
  EXPECT_EQ((*got)->password, "");
}

TEST_F(CredentialHelperTest, Failures) {
  struct Case {
    const char* script;
    const char* message;
  };
  for (const Case& c : {
           Case{"echo 'it is locked' >&2; exit 3",
                "failed with exit code 3: it is locked"},
           // Its output comes before its error output; one line is enough.
           Case{"echo first; echo second; echo third >&2; exit 1",
                "failed with exit code 1: first"},
           Case{"exit 1", "failed with exit code 1"},
           Case{"kill -9 $$", "failed with signal 9 (Killed)"},
           Case{"echo '{'", "did not answer with JSON"},
           Case{"echo '[]'", "did not answer with JSON"},
           Case{"true", "did not answer with JSON"},
       }) {
    EXPECT_EQ(Ask(c.script).status(),
              absl::UnknownError(absl::StrCat(
                  "`docker-credential-e2e get` for r.io:5000 ", c.message)))
        << c.script;
  }
}

TEST_F(CredentialHelperTest, NamesOfPrograms) {
  EXPECT_EQ(
      AskCredentialHelper("absent", "r.io", nullptr, absl::Seconds(30))
          .status(),
      absl::NotFoundError(
          "credential helper `docker-credential-absent` is not installed on "
          "this machine (not in PATH)"));
  // A config from elsewhere must not run a program from anywhere.
  for (const char* name : {"../x", "/bin/x", "a/b"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        AskCredentialHelper(name, "r.io", nullptr, absl::Seconds(30)).status()))
        << name;
  }
}

TEST_F(CredentialHelperTest, OneThatHangs) {
  EXPECT_EQ(Ask("exec sleep 600", absl::Milliseconds(50)).status(),
            absl::DeadlineExceededError(
                "`docker-credential-e2e get` did not end within 50ms"));
  Cancellation cancel;
  std::thread user([&] { cancel.Cancel(); });
  EXPECT_TRUE(absl::IsCancelled(
      Ask("exec sleep 600", absl::InfiniteDuration(), &cancel).status()));
  user.join();
}

}  // namespace
}  // namespace ovenbird::registry
