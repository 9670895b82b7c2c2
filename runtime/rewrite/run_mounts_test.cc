#include "runtime/rewrite/run_mounts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/format_text.h"
#include "runtime/context/listing.h"
#include "runtime/kube/run_mount.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/listing.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

using kube::RunMount;
using ::testing::HasSubstr;
using ::testing::Not;

// "cache ID 0755 0:0 /target", "memory SIZE /target", "context SOURCE /target",
// "secret ID 0400 0:0 /target".
std::string Shown(const RunMount& mount) {
  switch (mount.kind) {
    case RunMount::kCache:
      return absl::StrCat("cache ", mount.id, FormatText(" %04o ", mount.mode),
                          mount.user, ":", mount.group, " ", mount.target);
    case RunMount::kMemory:
      return absl::StrCat("memory ", mount.size, " ", mount.target);
    case RunMount::kContext:
      return absl::StrCat("context ", mount.source, " ", mount.target);
    case RunMount::kSecret:
      return absl::StrCat("secret ", mount.id, FormatText(" %04o ", mount.mode),
                          mount.user, ":", mount.group, " ", mount.target);
  }
  return "";
}

struct Case {
  const char* name;
  // After `FROM base`.
  const char* lines;
  const char* sent;
  std::vector<std::string> mounts;
  // After the executor's name.
  std::vector<std::string> reports;
};

class RunMountsTest : public ::testing::TestWithParam<Case> {};

TEST_P(RunMountsTest, Rewrites) {
  BaseImage base = testing::UsualBase();
  base.user = "";
  const context::Listing listing = MakeListing({"a", "d/", "d/x", "link -> d"});
  testing::Over over;
  over.base = &base;
  over.listing = &listing;
  over.secrets = {"s", "t"};
  const testing::Outcome outcome =
      testing::RewriteOver(over, std::string("FROM base\n") + GetParam().lines);
  EXPECT_EQ(outcome.text, std::string("FROM base\n") + GetParam().sent);
  std::vector<std::string> mounts;
  for (const RunMount& mount : outcome.run_mounts) {
    mounts.push_back(Shown(mount));
  }
  EXPECT_EQ(mounts, GetParam().mounts);
  std::vector<std::string> reports;
  for (const std::string& report : GetParam().reports) {
    reports.push_back("kaniko v1.24.0 " + report);
  }
  EXPECT_EQ(outcome.reports, reports);
}

const Case kCases[] = {
    {"Cache",
     "RUN --mount=type=cache,target=/c/ x\n",
     "RUN x\n",
     {"cache /c 0755 0:0 /c"},
     {}},
    {"CacheOfAnotherId",
     "RUN --mount=type=cache,dst=/c,id=pip,sharing=locked,ro x\n",
     "RUN x\n",
     {"cache pip 0755 0:0 /c"},
     {}},
    {"CacheWithOwner",
     "RUN --mount=type=cache,target=/c,uid=7,gid=8,mode=0700 x\n",
     "RUN x\n",
     {"cache /c 0700 7:8 /c"},
     {}},
    {"RelativeTarget",
     "RUN --mount=type=cache,target=c x\n",
     "RUN x\n",
     {"cache c 0755 0:0 /srv/c"},
     {}},
    {"TargetInWorkdir",
     "WORKDIR /opt\nRUN --mount=type=cache,target=./c x\n",
     "WORKDIR /opt\nRUN x\n",
     {"cache c 0755 0:0 /opt/c"},
     {}},
    {"NoTarget",
     "WORKDIR /opt/dir\nRUN --mount=type=bind x\n",
     "WORKDIR /opt/dir\nRUN x\n",
     {"context  /opt/dir"},
     {}},
    {"Variables",
     "ARG C=/c\nENV N=1\nRUN --mount=type=cache,target=$C/${N},id=n$N x\n",
     "ARG C=/c\nENV N=1\nRUN x\n",
     {"cache n1 0755 0:0 /c/1"},
     {}},
    {"BelowALink",
     "RUN --mount=type=cache,target=/opt/to-dir/c x\n",
     "RUN x\n",
     {"cache /opt/to-dir/c 0755 0:0 /opt/dir/c"},
     {}},
    {"Tmpfs",
     "RUN --mount=type=tmpfs,target=/t,size=1k x\n",
     "RUN x\n",
     {"memory 1024 /t"},
     {}},
    {"Bind",
     "RUN --mount=source=d,target=/d x\n",
     "RUN x\n",
     {"context d /d"},
     {}},
    {"BindOfALink",
     "RUN --mount=source=/link/x,target=/x x\n",
     "RUN x\n",
     {"context d/x /x"},
     {}},
    {"Several",
     "RUN --mount=type=cache,target=/c --mount=type=bind,source=a,target=/a "
     "--mount=type=tmpfs,target=/t x\n",
     "RUN x\n",
     {"cache /c 0755 0:0 /c", "context a /a", "memory 0 /t"},
     {}},
    {"ExecForm",
     "RUN --mount=type=cache,target=/c [\"x\", \"y\"]\n",
     "RUN [\"x\", \"y\"]\n",
     {"cache /c 0755 0:0 /c"},
     {}},
    {"Heredoc",
     "RUN --mount=type=cache,target=/c <<EOF\nx\nEOF\n",
     "RUN [\"/bin/sh\", \"-c\", \"x\\n\"]\n",
     {"cache /c 0755 0:0 /c"},
     {}},
    {"TwoRuns",
     "RUN --mount=type=cache,target=/c x\nRUN --mount=type=cache,target=/c y\n",
     "RUN x\nRUN y\n",
     {"cache /c 0755 0:0 /c"},
     {}},
    {"TwoIds",
     "RUN --mount=type=cache,target=/c x\n"
     "RUN --mount=type=cache,target=/c,id=d y\n",
     "RUN x\nRUN y\n",
     {"cache /c 0755 0:0 /c"},
     {"mounts the same files at `/c` in every RUN"}},
    {"TmpfsTwice",
     "RUN --mount=type=tmpfs,target=/t x\nRUN --mount=type=tmpfs,target=/t y\n",
     "RUN x\nRUN rm -rf /t/* /t/.[!.]* /t/..?*; y\n",
     {"memory 0 /t"},
     {}},
    {"TmpfsTwiceInExecForm",
     "RUN --mount=type=tmpfs,target=/t x\n"
     "RUN --mount=type=tmpfs,target=/t [\"y\"]\n",
     "RUN x\nRUN rm -rf /t/* /t/.[!.]* /t/..?*\nRUN [\"y\"]\n",
     {"memory 0 /t"},
     {}},
    {"TmpfsTwiceAsUser",
     "USER app\nRUN --mount=type=tmpfs,target=/t x\n"
     "RUN --mount=type=tmpfs,target=/t y\n",
     "USER app\nRUN x\n"
     "USER 0\nRUN rm -rf /t/* /t/.[!.]* /t/..?*\nUSER app\nRUN y\n",
     {"memory 0 /t"},
     {}},
    {"TmpfsTwiceWithAnotherShell",
     "SHELL [\"/tool\"]\nRUN --mount=type=tmpfs,target=/t [\"x\"]\n"
     "RUN --mount=type=tmpfs,target=/t [\"y\"]\n",
     "SHELL [\"/tool\"]\nRUN [\"x\"]\nRUN [\"y\"]\n",
     {"memory 0 /t"},
     {"keeps the files in `/t` from one RUN to the next"}},
    {"OwnPath",
     "RUN --mount=type=cache,target=/kaniko/c x\n",
     "RUN x\n",
     {},
     {"cannot mount anything at `/kaniko/c`"}},
    {"Writable",
     "RUN --mount=target=/d,rw x\n",
     "RUN x\n",
     {},
     {"cannot mount files of the context for writing"}},
    {"PartOfACache",
     "RUN --mount=type=cache,target=/c,source=d x\n",
     "RUN x\n",
     {},
     {"mounts all of a cache"}},
    {"OfTheExecutor",
     "RUN --mount=type=ssh --mount=type=cache,target=/c "
     "--mount=from=base,target=/b x\n",
     "RUN --mount=type=ssh --mount=from=base,target=/b x\n",
     {"cache /c 0755 0:0 /c"},
     {}},
    {"Secret",
     "RUN --mount=type=secret,id=s x\n",
     "RUN x\n",
     {"secret s 0400 0:0 /run/secrets/s"},
     {}},
    {"SecretWithAttributes",
     "RUN --mount=type=secret,id=s,target=k,uid=7,gid=8,mode=0440 x\n",
     "RUN x\n",
     {"secret s 0440 7:8 /srv/k"},
     {}},
    {"SecretBySourceAndByTarget",
     "RUN --mount=type=secret,src=s --mount=type=secret,target=/root/t x\n",
     "RUN x\n",
     {"secret s 0400 0:0 /run/secrets/s", "secret t 0400 0:0 /root/t"},
     {}},
    {"SecretThatIsNotGiven",
     "RUN --mount=type=secret,id=u --mount=type=secret,id=u,target=/u x\n",
     "RUN x\n",
     {},
     {}},
    {"SecretAsVariableThatIsNotGiven",
     "RUN --mount=type=secret,id=u,env=U x\n"
     "RUN --mount=type=secret,id=u,env=U [\"x\"]\n",
     "RUN export U=; x\n"
     "RUN [\"/bin/sh\", \"-c\", \"export U= && exec \\\"$0\\\" "
     "\\\"$@\\\"\", \"x\"]\n",
     {},
     {}},
    {"SecretAsVariable",
     "RUN --mount=type=secret,id=s,env=KEY x\n",
     "RUN KEY=$(cat /kaniko/ovenbird-secrets/043a718774c5 && echo .) && "
     "eval 'KEY=${KEY%?}' && export KEY; x\n",
     {"secret s 0444 0:0 /kaniko/ovenbird-secrets/043a718774c5"},
     {}},
    {"SecretAsVariableAndFile",
     "RUN --mount=type=secret,id=s,env=KEY,target=/k x\n",
     "RUN KEY=$(cat /kaniko/ovenbird-secrets/043a718774c5 && echo .) && "
     "eval 'KEY=${KEY%?}' && export KEY; x\n",
     {"secret s 0444 0:0 /kaniko/ovenbird-secrets/043a718774c5",
      "secret s 0400 0:0 /k"},
     {}},
    {"SecretAsVariableOfAProgram",
     "RUN --mount=type=secret,id=s,env=KEY [\"x\", \"a b\"]\n",
     "RUN [\"/bin/sh\", \"-c\", \"KEY=$(cat "
     "/kaniko/ovenbird-secrets/043a718774c5 && echo .) && eval 'KEY=${KEY%?}' "
     "&& export KEY && exec \\\"$0\\\" \\\"$@\\\"\", \"x\", \"a b\"]\n",
     {"secret s 0444 0:0 /kaniko/ovenbird-secrets/043a718774c5"},
     {}},
    {"SecretAsVariableThatNoShellSets",
     "RUN --mount=type=secret,id=s,env=a-b x\n",
     "RUN x\n",
     {},
     {"cannot set the variable `a-b`: `a-b` is not a name that a shell can "
      "set"}},
    {"SecretAsVariableWithAnotherShell",
     "SHELL [\"/bin/python\", \"-c\"]\n"
     "RUN --mount=type=secret,id=s,env=A x\n",
     "SHELL [\"/bin/python\", \"-c\"]\nRUN x\n",
     {},
     {"cannot set the variable `A`: SHELL is not a POSIX shell"}},
    {"SecretWhereTheBuildHasItsOwnFiles",
     "RUN --mount=type=secret,id=s,target=/kaniko/x x\n",
     "RUN x\n",
     {},
     {"cannot mount anything at `/kaniko/x`"}},
    {"SecretThatAnotherRunReads",
     "RUN --mount=type=secret,id=s,target=/k x\nRUN cat /k > /f\n",
     "RUN x\nRUN cat /k > /f\n",
     {"secret s 0400 0:0 /k"},
     {"mounts it in the RUN that uses `/k`, too"}},
    {"SecretForTheSameToolTwice",
     "RUN --mount=type=secret,id=s,target=/root/.npmrc npm ci\n"
     "RUN npm ci\n",
     "RUN npm ci\nRUN npm ci\n",
     {"secret s 0400 0:0 /root/.npmrc"},
     {}},
};

INSTANTIATE_TEST_SUITE_P(All, RunMountsTest, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

TEST(UnknownRunMountsTest, AreReported) {
  const struct {
    const char* mount;
    const char* report;
  } kCases[] = {
      {"type=cache,target=$C",
       "cannot mount what a variable of unknown value names"},
      {"type=cache,target=c",
       "cannot mount `c` in a folder that is not known "
       "here"},
  };
  for (const auto& c : kCases) {
    const testing::Outcome outcome = testing::RewriteOver(
        {}, absl::StrCat("FROM base\nRUN --mount=", c.mount, " x\n"));
    EXPECT_EQ(outcome.text, "FROM base\nRUN x\n");
    EXPECT_EQ(absl::StrJoin(outcome.reports, "; "),
              absl::StrCat("kaniko v1.24.0 ", c.report));
  }
}

TEST(RunMountsOfTheForkTest, HasCachesItself) {
  testing::Over over;
  over.executor = "ghcr.io/osscontainertools/kaniko:v1.28.3";
  const testing::Outcome outcome =
      testing::RewriteOver(over,
                           "FROM base\nRUN --mount=type=cache,target=/c "
                           "--mount=type=tmpfs,target=/t x\n");
  EXPECT_EQ(outcome.text, "FROM base\nRUN --mount=type=cache,target=/c x\n");
  ASSERT_EQ(outcome.run_mounts.size(), 1u);
  EXPECT_EQ(Shown(outcome.run_mounts[0]), "memory 0 /t");
}

// The executor's cache would take a RUN's layer though what it mounts is new.
TEST(RunMountsCacheTest, TheStateOfMountedFilesIsInTheText) {
  const BaseImage base = testing::UsualBase();
  const auto sent = [&](const context::Listing& listing, bool cache,
                        absl::string_view mount) {
    testing::Over over;
    over.base = &base;
    over.listing = &listing;
    over.cache = cache;
    return RewriteOver(over,
                       absl::StrCat("FROM base\nRUN --mount=", mount, " x\n"))
        .text;
  };
  const context::Listing one = MakeListing({"a", "d/", "d/x"});
  const context::Listing other = MakeListing({"a:0600", "d/", "d/x", "d/y"});
  for (const char* mount :
       {"type=bind,source=a,target=/m", "target=/m", "source=d,target=/m"}) {
    EXPECT_THAT(sent(one, true, mount), HasSubstr("\nARG OVENBIRD_MOUNTS="));
    EXPECT_EQ(sent(one, true, mount), sent(one, true, mount));
    EXPECT_NE(sent(one, true, mount), sent(other, true, mount)) << mount;
    EXPECT_THAT(sent(one, false, mount), Not(HasSubstr("ARG")));
  }
  EXPECT_EQ(sent(one, true, "source=d/x,target=/m"),
            sent(other, true, "source=d/x,target=/m"));
  EXPECT_THAT(sent(one, true, "type=cache,target=/m"), Not(HasSubstr("ARG")));
}

}  // namespace
}  // namespace ovenbird::rewrite
