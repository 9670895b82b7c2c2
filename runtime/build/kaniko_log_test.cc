#include "runtime/build/kaniko_log.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"

namespace ovenbird::build {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  const char* name;
  std::vector<const char*> lines;
  int exit_code;
  const char* what;
  const char* detail;
  FailureKind kind = FailureKind::kBuild;
};

class KanikoLogTest : public ::testing::TestWithParam<Case> {};

TEST_P(KanikoLogTest, NamesTheCause) {
  KanikoLog log;
  for (const char* line : GetParam().lines) log.Add(line);
  Failure failure = log.Explain(GetParam().exit_code);
  EXPECT_EQ(failure.kind, GetParam().kind);
  EXPECT_THAT(failure.what, HasSubstr(GetParam().what));
  ASSERT_FALSE(failure.details.empty());
  EXPECT_THAT(failure.details[0], HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    Causes, KanikoLogTest,
    ::testing::Values(
        Case{"RunFails",
             {"INFO[0000] RUN exit 7",
              "error building image: error building stage: failed to execute "
              "command: waiting for process to exit: exit status 7"},
             7,
             "a command of the Dockerfile failed (exit code 7)",
             "exit status 7"},
        Case{"UsageFollowsTheReason",
             {"Error: unknown flag: --snapshot-mode", "Usage:",
              "  executor [flags]", "", "unknown flag: --snapshot-mode"},
             1,
             "does not know a flag",
             "Error: unknown flag: --snapshot-mode"},
        Case{"PushRefused",
             {"error checking push permissions -- make sure you entered the "
              "correct tag name: checking push permission for \"r/x\": POST "
              "http://r/v2/x/blobs/uploads/: UNAUTHORIZED: authentication "
              "required; [map[Action:pull Class: Name:x]]"},
             1,
             "refused the push: not logged in",
             "UNAUTHORIZED"},
        Case{"MountIsReadOnly",
             {"error building image: error building stage: failed to execute "
              "command: copying dir: chown /app/mnt: read-only file system"},
             1,
             "writes to a mounted path",
             "read-only"},
        Case{"WholeFileSystemOfAStage",
             {"error building image: could not save file: copying file: read "
              "/proc/1/attr/current: invalid argument"},
             1,
             "cannot copy the whole file system of another stage",
             "/proc/1"},
        Case{"PullRefused",
             {"error building image: unable to complete operation after 0 "
              "attempts, last error: GET http://r/v2/b/manifests/v1: "
              "UNAUTHORIZED: authentication required; [map[Action:pull]]"},
             1,
             "a base image could not be pulled",
             "UNAUTHORIZED"},
        Case{
            "ColouredPlainHttp",
            {"\x1b[36mINFO\x1b[0m[0000] start",
             "\x1b[31merror\x1b[0m building image: Get \"https://r:5000/v2/\": "
             "http: server gave HTTP response to HTTPS client"},
            1,
            "uses plain HTTP",
            "error building image"},
        Case{"DockerfileSyntax",
             {"error building image: parsing dockerfile: dockerfile parse "
              "error on line 2: unknown instruction: RUNN (did you mean "
              "RUN?)"},
             1,
             "cannot parse the Dockerfile",
             "line 2"},
        Case{"UnknownTarget",
             {"error building image: Error finding target stage: zzz is not a "
              "valid target build stage"},
             1,
             "has no such stage",
             "zzz"},
        Case{"UnknownCertificate",
             {"error checking push permissions -- x: Get \"https://r/v2/\": "
              "tls: failed to verify certificate: x509: certificate signed by "
              "unknown authority"},
             1,
             "does not trust the registry's certificate",
             "unknown authority"},
        Case{"BaseImageMissing",
             {"error building image: unable to complete operation after 0 "
              "attempts, last error: GET http://r/manifests/v1: "
              "MANIFEST_UNKNOWN: manifest unknown; map[Tag:v1]"},
             1,
             "a base image does not exist",
             "MANIFEST_UNKNOWN"},
        Case{"NotRoot",
             {"Error: error resolving dockerfile path: copying dockerfile: "
              "chown /kaniko/Dockerfile: operation not permitted"},
             1,
             "does not run as root",
             "chown"},
        Case{"RegistryGoneBeforeThePush",
             {"error pushing image: failed to push to destination r:5/a: Put "
              "\"http://r:5/v2/\": dial tcp r:5: connect: connection refused"},
             1,
             "could not be reached for the push",
             "connection refused",
             FailureKind::kEnvironment},
        Case{"NotRootEither",
             {"Error: error resolving dockerfile path: copying dockerfile: "
              "creating file: open /kaniko/Dockerfile: permission denied",
              "Usage:"},
             1,
             "does not run as root",
             "permission denied"},
        Case{"KilledChild",
             {"error building image: error building stage: failed to execute "
              "command: waiting for process to exit: signal: killed"},
             255,
             "a RUN command was killed",
             "signal: killed"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(KanikoLogTest, NamesTheLineOfTheDockerfile) {
  SourceFile file("app/Dockerfile", "FROM a\nRUN one\nRUN exit  7\n");
  KanikoLog run;
  run.Add("INFO RUN one");
  run.Add("INFO RUN exit  7");
  run.Add(
      "error building image: error building stage: failed to execute command: "
      "waiting for process to exit: exit status 7");
  EXPECT_THAT(
      run.Explain(7, &file).details,
      ElementsAre(HasSubstr("exit status 7"), "app/Dockerfile:3: RUN exit  7"));
  // The push, after all instructions.
  KanikoLog push;
  push.Add("INFO RUN one");
  push.Add("error pushing image: x");
  EXPECT_EQ(push.Explain(1, &file).details.size(), 1u);
}

TEST(KanikoLogTest, HasTheEndOfTheFailedCommandsOutput) {
  KanikoLog log;
  for (const char* line :
       {"INFO RUN one", "INFO Running: [/bin/sh -c one]", "of another command",
        "INFO[0003] RUN two", "INFO[0003] Cmd: /bin/sh",
        "INFO[0003] Running: [/bin/sh -c two]"}) {
    log.Add(line);
  }
  for (int i = 1; i <= 12; ++i) log.Add(absl::StrCat("line ", i));
  const std::string error =
      "error building image: error building stage: failed to execute command: "
      "waiting for process to exit: exit status 7";
  log.Add(error);
  EXPECT_THAT(
      log.Explain(7).details,
      ElementsAre("line 3", "line 4", "line 5", "line 6", "line 7", "line 8",
                  "line 9", "line 10", "line 11", "line 12", error));
  // No command has failed.
  log.Add("error pushing image: denied");
  EXPECT_THAT(log.Explain(1).details,
              ElementsAre("error pushing image: denied"));
}

// kaniko writes to standard error, the command to standard output: the
// container's log has them in any order.
TEST(KanikoLogTest, HasOutputThatComesEarlyOrLate) {
  const std::string error =
      "error building image: error building stage: failed to execute command: "
      "waiting for process to exit: exit status 7";
  const std::vector<std::string> lines = {
      "of an earlier command", "INFO[0001] RUN echo why; exit 7",
      "INFO[0001] Cmd: /bin/sh", "INFO[0001] Running: [/bin/sh -c echo why]",
      error};
  for (size_t place = 2; place <= lines.size(); ++place) {
    KanikoLog log;
    for (size_t i = 0; i <= lines.size(); ++i) {
      if (i == place) log.Add("why");
      if (i < lines.size()) log.Add(lines[i]);
    }
    EXPECT_THAT(log.Explain(7).details, ElementsAre("why", error)) << place;
  }
}

TEST(KanikoLogTest, NamesTheBaseImageThatItDidNotGet) {
  const SourceFile file("app/Dockerfile",
                        "ARG V=12\nFROM golang:1 AS build\nFROM debian:$V\n"
                        "COPY --from=build /a /\n");
  KanikoLog log;
  log.Add("INFO Retrieving image manifest golang:1");
  log.Add(
      "error building image: Get \"https://r/v2/\": dial tcp: lookup r on "
      "10.0.0.2:53: no such host");
  const Failure failure = log.Explain(1, &file);
  EXPECT_EQ(failure.kind, FailureKind::kEnvironment);
  EXPECT_THAT(failure.details,
              ElementsAre(HasSubstr("no such host"),
                          "app/Dockerfile:2: FROM golang:1 AS build"));
  const SourceFile one("Dockerfile",
                       "ARG V=12\nFROM debian:$V\nFROM scratch\n");
  KanikoLog variable;
  variable.Add("INFO[0001] Retrieving image manifest debian:12");
  variable.Add("error building image: MANIFEST_UNKNOWN: manifest unknown");
  EXPECT_EQ(variable.Explain(1, &one).kind, FailureKind::kBuild);
  EXPECT_THAT(variable.Explain(1, &one).details,
              ElementsAre(HasSubstr("MANIFEST_UNKNOWN"),
                          "Dockerfile:2: FROM debian:$V"));
  variable.Add("INFO Pushing image to r");
  variable.Add("error pushing image: no such host");
  EXPECT_EQ(variable.Explain(1, &one).details.size(), 1u);
}

TEST(KanikoLogTest, CountsTriggersOfBaseImages) {
  KanikoLog log;
  for (const char* line :
       {"INFO[0000] Executing 0 build triggers",
        "INFO Executing 2 build triggers", "Executing 5 build triggers",
        "INFO[0001] Executing 1 build triggers",
        "INFO RUN echo Executing 7 build triggers now"}) {
    log.Add(line);
  }
  EXPECT_EQ(log.triggers(), 3);
}

// RUN instructions can print such lines as well.
TEST(KanikoLogTest, AMissingDockerfileIsSeenBeforeAnythingElse) {
  constexpr char kError[] =
      "Error: error resolving dockerfile path: please provide a valid path to "
      "a Dockerfile within the build context with --dockerfile";
  KanikoLog log;
  log.Add(kError);
  log.Add("Usage:");
  EXPECT_TRUE(log.has_no_dockerfile());
  // The output of a command may say the same.
  KanikoLog later;
  later.Add("INFO[0000] Retrieving image manifest busybox:1");
  later.Add(kError);
  EXPECT_FALSE(later.has_no_dockerfile());
}

TEST(KanikoLogTest, TheNumberOfTriggersHasALimit) {
  KanikoLog log;
  for (int i = 0; i < 3; ++i) {
    log.Add("INFO[0000] Executing 2147483647 build triggers");
  }
  EXPECT_EQ(log.triggers(), 1'000'000);
  KanikoLog negative;
  negative.Add("INFO[0000] Executing -5 build triggers");
  EXPECT_EQ(negative.triggers(), 0);
}

TEST(KanikoLogTest, KeepsDigestAndCacheWarnings) {
  KanikoLog log;
  log.Add("WARN[0001] Error uploading layer to cache: failed to push");
  log.Add(
      "INFO[0002] Pushed 10.0.0.1:5000/app@sha256:"
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  EXPECT_EQ(log.pushed_digest(),
            "sha256:"
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  EXPECT_EQ(log.warnings().size(), 1u);
}

// A RUN instruction prints and writes what it likes.
TEST(KanikoLogTest, TakesNothingButADigestForOne) {
  const std::string digest = absl::StrCat("sha256:", std::string(64, 'a'));
  EXPECT_EQ(PrintedDigest(digest), digest);
  EXPECT_EQ(PrintedDigest(absl::StrCat(digest, "\n")), digest);
  for (const std::string& other :
       {std::string("sha256:"), std::string("sha256:12"),
        absl::StrCat(digest, "\nsha256:1"), absl::StrCat(digest, "\x1b[2J"),
        absl::StrCat("sha256:", std::string(64, '\x1b'))}) {
    EXPECT_EQ(PrintedDigest(other), "") << other;
    KanikoLog log;
    log.Add(absl::StrCat("Pushed r.io/app@", digest));
    log.Add(absl::StrCat("Pushed r.io/b@", other.substr(0, 20)));
    EXPECT_EQ(log.pushed_digest(), digest);
  }
}

TEST(KanikoLogTest, LinesAreReadableInEachFormat) {
  struct {
    const char* line;
    const char* readable;
  } cases[] = {
      {R"(time="2026-11-23T13:39:45Z" level=info msg="RUN echo \"a\\tb\"")",
       R"(INFO RUN echo "a\tb")"},
      {R"(time="2026-11-23T13:39:45Z" level=warning msg=word)", "WARN word"},
      {"\x1b[36mINFO\x1b[0m[0001] Taking snapshot of files...           ",
       "INFO[0001] Taking snapshot of files..."},
      // A RUN command's own.
      {"\x1b[32mgreen\x1b[0m", "\x1b[32mgreen\x1b[0m"},
      {"time=12 left", "time=12 left"},
      {"", ""},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(ReadableLine(test.line), test.readable);
  }
}

TEST(KanikoLogTest, HintsAreForThePlaceWhereKanikoRuns) {
  for (const char* line :
       {"error checking push permissions: dial tcp 127.0.0.1:5000: connect: "
        "connection refused",
        "error checking push permissions: lookup r.example: no such host",
        "error building image: waiting for process to exit: signal: killed",
        "error building image: write /a: no space left on device",
        "error building image: dial tcp 10.0.0.1:80: connection refused"}) {
    KanikoLog log;
    log.Add(line);
    const Failure pod = log.Explain(1, nullptr, KanikoRunsIn::kPod);
    const Failure here = log.Explain(1, nullptr, KanikoRunsIn::kContainer);
    EXPECT_EQ(pod.what, here.what);
    EXPECT_THAT(pod.hint, ContainsRegex("pod|cluster|resources"));
    EXPECT_NE(here.hint, "");
    EXPECT_THAT(here.hint, Not(ContainsRegex("pod|cluster|resources")));
  }
}

TEST(KanikoLogTest, AnEmptyLogStillHasAnAnswer) {
  EXPECT_THAT(KanikoLog().Explain(2).what, HasSubstr("exited with code 2"));
}

}  // namespace
}  // namespace ovenbird::build
