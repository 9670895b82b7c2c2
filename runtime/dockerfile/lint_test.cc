#include "runtime/dockerfile/lint.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kOld[] = "gcr.io/kaniko-project/executor:v0.17.1";
constexpr char kLast[] = "gcr.io/kaniko-project/executor:v1.24.0-debug";
constexpr char kFork[] = "ghcr.io/osscontainertools/kaniko:v1.28.3";
constexpr char kOther[] = "example.com/my/kaniko:latest";

// "LINE:COLUMN text id" of each.
std::vector<std::string> Warnings(const std::string& text,
                                  const std::string& image,
                                  const std::string& mode = "full") {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
  LintOptions options{image, mode, {}};
  for (const Stage& stage : dockerfile.stages) {
    options.stages.push_back(stage.index);
  }
  Lint(dockerfile, options, problems);
  std::vector<std::string> warnings;
  for (const diag::Diagnostic& d : problems.Sorted()) {
    EXPECT_EQ(d.severity, diag::Severity::kWarning);
    const Position at = file.PositionAt(d.span.begin);
    warnings.push_back(absl::StrCat(
        at.line, ":", at.column, " ",
        file.text().substr(d.span.begin, d.span.end - d.span.begin), " ",
        d.rule->id, ": ", d.message));
  }
  return warnings;
}

// The labels and helps of the same.
std::vector<std::string> Helps(const std::string& text,
                               const std::string& image) {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  Lint(Parse(file, problems), {image, "full", {0}}, problems);
  std::vector<std::string> helps;
  for (const diag::Diagnostic& d : problems.diagnostics()) {
    helps.push_back(absl::StrCat(d.label, "; ", d.help));
  }
  return helps;
}

TEST(LintTest, Heredocs) {
  const std::string run = "FROM a\nRUN <<EOF\nx\nEOF\n";
  EXPECT_THAT(Warnings(run, kLast),
              ElementsAre("2:5 <<EOF kaniko-heredoc: kaniko v1.24.0 does not "
                          "run this here-document"));
  EXPECT_THAT(Warnings(run, kOld),
              ElementsAre(HasSubstr("v0.17.1 does not know")));
  EXPECT_THAT(Warnings(run, "gcr.io/kaniko-project/executor:latest"),
              ElementsAre(HasSubstr("v1.24.0 does not run")));
  EXPECT_THAT(Warnings(run, "x/kaniko:v1.9.2"),
              ElementsAre(HasSubstr("v1.9.2 does not run")));
  EXPECT_THAT(Warnings(run, "x/kaniko:v1.9.1"),
              ElementsAre(HasSubstr("v1.9.1 does not know")));
  EXPECT_THAT(Warnings(run, kFork), IsEmpty());
  EXPECT_THAT(Warnings(run, kOther), IsEmpty());
  const std::string quoted = "FROM a\nRUN <<'EOF'\nx\nEOF\n";
  EXPECT_THAT(Warnings(quoted, kFork),
              ElementsAre(HasSubstr("v1.28.3 does not run")));
  const std::string copy = "FROM a\nCOPY <<'EOF' /x\nx\nEOF\n";
  EXPECT_THAT(Warnings(copy, kFork), IsEmpty());
  EXPECT_THAT(Warnings(copy, kLast), ElementsAre(HasSubstr("does not copy")));
  const std::string trigger = "FROM a AS b\nONBUILD RUN <<EOF\nx\nEOF\n";
  // Old ones cannot read it.
  EXPECT_THAT(Warnings(trigger, kOld),
              ElementsAre(HasSubstr("kaniko-heredoc")));
  EXPECT_THAT(Warnings(trigger, kLast), IsEmpty()) << "it is only stored";
  EXPECT_THAT(Warnings(trigger + "FROM b\n", kLast),
              ElementsAre(HasSubstr("2:13 <<EOF kaniko-heredoc")));
}

TEST(LintTest, Flags) {
  const std::string text =
      "FROM a\n"
      "RUN --mount=type=cache,target=/c --network=none x\n"
      "ADD --checksum=sha256:1 https://e.com/x /x\n"
      "COPY --chmod=755 --link a b\n"
      "COPY --parents a b\n";
  EXPECT_THAT(
      Warnings(text, kLast),
      ElementsAre(
          "2:5 --mount=type=cache,target=/c kaniko-ignored-flag: kaniko "
          "v1.24.0 ignores `--mount`",
          HasSubstr("2:34 --network=none kaniko-ignored-flag"),
          HasSubstr("3:5 --checksum=sha256:1 kaniko-ignored-flag"),
          HasSubstr("5:6 --parents kaniko-refused-flag")));
  EXPECT_EQ(Warnings(text, kOld).size(), 5);
  // The image is the same without them.
  EXPECT_THAT(Warnings("FROM a\n"
                       "RUN --mount=type=secret,id=a x\n"
                       "RUN --mount=type=ssh echo cloned > /src\n"
                       "RUN --device=vendor.io/gpu=all cp a b\n"
                       "RUN --network=host --security=sandbox x\n"
                       "RUN --network=default x\n"
                       "RUN --network=none cp a b && ls > /f\n"
                       "RUN --security=insecure echo 1 > /f && chmod 600 /f\n",
                       kLast),
              IsEmpty());
  EXPECT_THAT(Warnings("FROM a\n"
                       "RUN --security=insecure echo 1 > /f && mount /f /g\n"
                       "RUN --security=insecure mknod /dev/x c 1 3\n",
                       kLast),
              ElementsAre(HasSubstr("2:5 --security=insecure"),
                          HasSubstr("3:5 --security=insecure")));
  EXPECT_THAT(
      Warnings("FROM a\nRUN --mount=type=secret,id=a,required x\n", kLast),
      ElementsAre(HasSubstr("kaniko-ignored-flag")));
  EXPECT_THAT(Warnings(text, kFork),
              ElementsAre(HasSubstr("ignores `--network`"),
                          HasSubstr("ignores `--checksum`"),
                          HasSubstr("ignores `--parents`")));
}

TEST(LintTest, NetworkThatMayBeUsed) {
  for (const char* command :
       {"x", "curl a", "cat /proc/net/dev > /f", "echo 1 > /dev/tcp/a/1"}) {
    const std::string text =
        absl::StrCat("FROM a\nRUN --network=none ", command, "\n");
    EXPECT_THAT(Warnings(text, kLast),
                ElementsAre(HasSubstr("--network=none kaniko-ignored-flag")));
  }
}

// `docker build --ssh default` gives an agent to a mount that is not required.
TEST(LintTest, AgentsThatMayBeUsed) {
  for (const char* run :
       {"git clone git@a.io:b/c", "npm ci", "sh -c 'ssh a.io'",
        "test -S \"$SSH_AUTH_SOCK\"", "rsync a.io:b c", "[\"x\"]"}) {
    const std::string text =
        absl::StrCat("FROM a\nRUN --mount=type=ssh ", run, "\n");
    for (const char* executor : {kLast, kFork}) {
      EXPECT_THAT(
          Warnings(text, executor),
          ElementsAre(HasSubstr("--mount=type=ssh kaniko-ignored-flag")))
          << run;
    }
    EXPECT_THAT(Helps(text, kLast)[0], HasSubstr("there is no SSH agent"));
  }
  EXPECT_THAT(
      Warnings("FROM a\nRUN --mount=type=ssh,required echo 1 > /f\n", kLast),
      ElementsAre(HasSubstr("kaniko-ignored-flag")));
}

TEST(LintTest, Devices) {
  for (const char* lines :
       {"RUN --device=vendor.io/gpu=all make\n",
        "RUN --device=vendor.io/gpu=all cat /dev/gpu > /f\n",
        "RUN --device=vendor.io/gpu=all,required echo 1 > /f\n"}) {
    const std::string text = absl::StrCat("FROM a\n", lines);
    for (const char* executor : {kLast, kFork}) {
      EXPECT_THAT(Warnings(text, executor),
                  ElementsAre(HasSubstr("ignores `--device`")))
          << lines;
    }
    EXPECT_THAT(Warnings(text, kOld),
                ElementsAre(HasSubstr("kaniko-refused-flag")))
        << lines;
  }
}

TEST(LintTest, RewritingMountsVolumes) {
  const struct {
    const char* mount;
    size_t warnings;
  } kCases[] = {
      {"target=/a", 0},
      {"type=cache,target=/a", 0},
      {"TYPE=Tmpfs,target=/a", 0},
      {"type=bind,source=a,target=/a", 0},
      {"type=tmpfs,from=b,target=/a", 0},
      {"from=b,target=/a", 1},
      {"type=cache,from=b,target=/a", 1},
      {"type=secret,id=a,required", 0},
      {"type=ssh,required", 1},
      {"type=ssh", 1},
  };
  for (const auto& c : kCases) {
    const SourceFile file(
        "Dockerfile", absl::StrCat("FROM a\nRUN --mount=", c.mount, " x\n"));
    diag::Collector collector;
    const Dockerfile dockerfile = Parse(file, collector);
    LintOptions options;
    options.executor_image = kLast;
    options.snapshot_mode = "full";
    options.stages = {0};
    options.rewritten = true;
    Lint(dockerfile, options, collector);
    EXPECT_EQ(collector.diagnostics().size(), c.warnings) << c.mount;
  }
}

TEST(LintTest, KindsOfMounts) {
  struct Case {
    const char* mount;
    const char* effect;
    bool fork;  // does it
  };
  for (const Case& c : std::vector<Case>{
           {"target=/a", "nothing is mounted there", true},
           {"type=bind,source=a,target=/a", "nothing is mounted there", true},
           {"type=cache,target=/c", "the cache is empty", true},
           {"type=secret,id=k,required", "the secret is missing", true},
           {"from=b,target=/a", "nothing is mounted there", false},
           {"type=bind,from=golang:1,source=/x,target=/a",
            "nothing is mounted there", false},
           {"type=cache,target=/c,from=b", "the cache is empty", true},
           {"type=ssh,required=true", "there is no SSH agent", false},
           {"type=tmpfs,target=/t", "are in the image", false},
       }) {
    const std::string text =
        absl::StrCat("FROM a\nRUN --mount=", c.mount, " x\n");
    const std::vector<std::string> last = Helps(text, kLast);
    ASSERT_EQ(last.size(), 1u) << c.mount;
    EXPECT_THAT(last[0], HasSubstr(c.effect));
    // Another kaniko is an advice only where it helps.
    EXPECT_EQ(absl::StrContains(last[0], "osscontainertools"), c.fork)
        << c.mount << last[0];
    EXPECT_EQ(Helps(text, kFork).empty(), c.fork) << c.mount;
  }
  // Optional ones are not there with BuildKit, either.
  const char* text = "FROM a\nRUN --mount=type=secret,id=k x\n";
  EXPECT_THAT(Helps(text, kLast), IsEmpty());
  EXPECT_THAT(Helps(text, kFork), IsEmpty());
  EXPECT_THAT(Helps("FROM a\nRUN <<'E'\nx\nE\n", kLast)[0],
              ::testing::Not(HasSubstr("osscontainertools")));
}

TEST(LintTest, OtherSilentFailures) {
  EXPECT_THAT(Warnings("# syntax=my/frontend:1\nFROM a\n", kFork),
              ElementsAre(HasSubstr("1:10 my/frontend:1 kaniko-syntax")));
  EXPECT_THAT(Warnings("# syntax=docker/dockerfile:1\nFROM a\n", kFork),
              IsEmpty());
  EXPECT_THAT(
      Warnings("FROM a\nADD https://h.com/a.git#v1 https://h.com/a.tgz /x/\n",
               kFork),
      ElementsAre(HasSubstr("2:5 https://h.com/a.git#v1 kaniko-git-source")));
  for (const char* git : {"ssh://git@h.com/a", "me@h.com:a/b", "GIT://h.com/a",
                          "https://h.com/a.git?ref=v1"}) {
    EXPECT_THAT(Warnings(absl::StrCat("FROM a\nADD ", git, " /x/\n"), kFork),
                ElementsAre(HasSubstr(absl::StrCat("2:5 ", git, " "))));
  }
  EXPECT_THAT(
      Warnings("ARG V=1\nFROM a\nARG V\nARG S=git\n"
               "ADD https://h.com/a.$S#$V /x/\n",
               kFork),
      ElementsAre(HasSubstr("kaniko does not clone `https://h.com/a.git#1`")));
  for (const char* file : {"git@h.com", "a@b", "./me@h.com:a", "https://x.git",
                           "https://h.com/$V.git.tgz"}) {
    EXPECT_THAT(Warnings(absl::StrCat("FROM a\nADD ", file, " /x/\n"), kFork),
                IsEmpty())
        << file;
  }
}

TEST(LintTest, TimeMode) {
  struct Case {
    const char* run;
    std::vector<std::string> places;
  };
  for (const Case& c : std::vector<Case>{
           {"RUN chown -R app /app", {"2:5 chown"}},
           {"RUN apt-get x && \\\n  /bin/chmod 755 /a", {"3:3 /bin/chmod"}},
           {"RUN echo chown x", {}},
           {"RUN echo 'a; chown x y'", {}},
           {"RUN sudo -E chgrp g /x; if true; then setcap a+p /b; fi",
            {"2:13 chgrp", "2:39 setcap"}},
           {"RUN find / -name x -exec chown u {} +", {"2:26 chown"}},
           {"RUN ls | xargs -0 chmod 1", {"2:19 chmod"}},
           {"RUN [\"/bin/chown\", \"a\", \"/b\"]", {"2:6 \"/bin/chown\""}},
           {"RUN <<E\n  chown a /b\nE", {"3:3 chown"}},
           {"RUN <<-E\n\tchown a /b\n\tE", {"3:1 \tchown a /b\n\tE"}},
           {"CMD chown a b", {}},
           // New in the same RUN: found whatever its time.
           {"RUN curl -o /usr/bin/x u && chmod +x /usr/bin/x", {}},
           {"RUN mkdir /d && chown a /d /e", {"2:17 chown"}},
           {"RUN mkdir -p /app/log && chown -R a /app", {}},
           {"COPY x /app/x\nRUN mkdir -p /app/log && chown -R a /app",
            {"3:26 chown"}},
           {"WORKDIR /app\nRUN chown a . && mkdir -p /d && chown a /d",
            {"3:5 chown"}},
           {"RUN cat <<E >/x\nchown a /b\nE", {}},
           {"RUN sh <<E\nchown a /b\nE", {"3:1 chown"}},
           {"RUN python3 <<E\nchown\nE", {}},
           {"RUN [\"sh\", \"-c\", \"chown a /b\"]", {"2:6 \"sh\""}},
           {"ENV D=/d\nRUN mkdir ${D} && chown a /d", {}},
           {"FROM a AS b\nCOPY x /d\nFROM b\nRUN mkdir -p /d; chown a /d",
            {"5:18 chown"}},
       }) {
    const std::string text = absl::StrCat("FROM a\n", c.run, "\n");
    std::vector<std::string> places;
    for (const std::string& warning : Warnings(text, kFork, "time")) {
      places.push_back(warning.substr(0, warning.find(" kaniko-time-mode")));
    }
    EXPECT_EQ(places, c.places) << c.run;
    for (const std::string mode : {"full", "redo"}) {
      for (const std::string& warning : Warnings(text, kFork, mode)) {
        EXPECT_THAT(warning, ::testing::Not(HasSubstr("time-mode")));
      }
    }
  }
}

TEST(LintTest, ExtendedAttributes) {
  for (const std::string mode : {"time", "full"}) {
    EXPECT_THAT(
        Warnings("FROM a\nRUN setfattr -n user.a -v b /c; setcap x /y /d\n"
                 "RUN sudo setfacl -m u:a:r /c\n",
                 kFork, mode),
        ::testing::IsSupersetOf(
            {HasSubstr("2:5 setfattr kaniko-extended-attributes"),
             HasSubstr("3:10 setfacl kaniko-extended-attributes")}));
  }
}

TEST(LintTest, Volumes) {
  struct Case {
    const char* text;  // after FROM and VOLUME /data /srv/a
    std::vector<std::string> warnings;
  };
  for (const Case& c : std::vector<Case>{
           {"RUN echo x > /data/a", {"3:5 echo `echo` changes at `/data/a`"}},
           {"RUN echo x >>/data/a 2>&1",
            {"3:5 echo `echo` changes at `/data/a`"}},
           {"RUN ls 2>/data/e", {"3:5 ls `ls` changes at `/data/e`"}},
           {"RUN cd / && mkdir -p /data/b/c",
            {"3:13 mkdir `mkdir` changes at `/data/b/c`"}},
           {"RUN cp -r /x /y /data/", {"3:5 cp `cp` changes at `/data/x`"}},
           {"RUN tar -xf /x.tar -C /data",
            {"3:5 tar `tar` changes at `/data`"}},
           {"RUN curl -o/srv/a/x u", {"3:5 curl `curl` changes at `/srv/a/x`"}},
           {"RUN chown -R u /data", {"3:5 chown `chown` changes at `/data`"}},
           {"RUN chown -Rv u:g /srv", {"3:5 chown `chown` changes at `/srv`"}},
           {"RUN [\"touch\", \"/data/x\"]",
            {"3:6 \"touch\" `touch` changes at `/data/x`"}},
           {"RUN <<E\ntouch /data/x\nE",
            {"4:1 touch `touch` changes at `/data/x`"}},
           // Once for a RUN.
           {"WORKDIR /data/w\nRUN touch x",
            {"4:5 touch `touch` changes at `/data/w/x`"}},
           {"RUN cd /srv/a; touch x",
            {"3:16 touch `touch` changes at `/srv/a/x`"}},
           {"RUN sh -c 'touch /data/x'",
            {"3:5 sh `touch` changes at `/data/x`"}},
           {"RUN touch /data/x /data/y; touch /srv/a/z",
            {"3:5 touch `touch` changes at `/data/x`"}},
           // The folder's own attributes and deletions are kept.
           {"RUN chmod 700 /data && mkdir -p /data && rm /data/x", {}},
           {"RUN cat /data/x > /y; cp /data/x /y; chown -R u /da /srv/b", {}},
           {"RUN touch data/x $D/x /data$X", {}},
           {"COPY x /data/x\nADD x /data/y\nWORKDIR /data/z", {}},
           {"FROM a\nRUN touch /data/x", {}},
       }) {
    const std::string text =
        absl::StrCat("FROM a\nVOLUME /data /srv/a\n", c.text, "\n");
    std::vector<std::string> warnings;
    for (std::string& warning : Warnings(text, kFork)) {
      EXPECT_THAT(warning, HasSubstr(" kaniko-volume: files that "));
      EXPECT_THAT(warning, HasSubstr(" is a VOLUME"));
      warnings.push_back(absl::StrReplaceAll(
          warning.substr(0, warning.find(" are not in the image")),
          {{"kaniko-volume: files that ", ""}}));
    }
    EXPECT_EQ(warnings, c.warnings) << c.text;
  }
  EXPECT_THAT(
      Warnings("FROM a\nRUN touch /data/x\nVOLUME [\"/data\"]\n", kFork),
      IsEmpty());
}

TEST(LintTest, NamesThatLookSecret) {
  EXPECT_THAT(
      Warnings("ARG TOKEN=base\n"
               "FROM a\n"
               "ARG VERSION API_KEY=1\n"
               "ENV PATH=/bin DB_PASSWORD='x y'\n"
               "ENV AUTH a b\n"
               "ARG PUBLIC_KEY\n"
               "ENV KEY_FILE=/k\n"
               "LABEL token=1\n"
               "RUN --mount=type=secret,id=TOKEN,env=TOKEN x\n"
               "ONBUILD ENV SECRET=1\n",
               kFork),
      ElementsAre(
          "3:13 API_KEY secret-in-dockerfile: `API_KEY` looks like a secret, "
          "but ARG does not hide its value",
          HasSubstr("4:15 DB_PASSWORD secret-in-dockerfile: `DB_PASSWORD` "
                    "looks like a secret, but ENV "),
          HasSubstr("5:5 AUTH secret-in-dockerfile")));
  EXPECT_THAT(
      Helps("FROM a\nENV KEY=1\nARG KEY\n", kFork),
      ElementsAre("it is stored in the image; use `secrets` under `options`, "
                  "and `RUN --mount=type=secret,id=KEY,env=KEY`",
                  HasSubstr("it is in the build pod, and in the image's "
                            "history if Docker builds it; ")));
}

TEST(LintTest, OnlyStagesThatTakePart) {
  const SourceFile file("Dockerfile", "FROM a\nRUN chown a b\nFROM b\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  Lint(dockerfile, {kFork, "time", {1}}, problems);
  EXPECT_THAT(problems.diagnostics(), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::dockerfile
