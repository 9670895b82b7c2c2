#include "runtime/dockerfile/resolve.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Shown(const Source& source) {
  switch (source.kind) {
    case Source::kPath:
      return source.text;
    case Source::kPattern:
      return absl::StrCat("pattern ", source.text);
    case Source::kPrefix:
      return absl::StrCat("prefix ", source.text);
    case Source::kAll:
      return absl::StrCat("all: ", source.why);
  }
  return "";
}

// Everything that was found, as strings.
struct Found {
  std::vector<std::string> stages;
  std::vector<std::string> images;
  std::vector<std::string> sources;
  std::vector<std::string> destinations;
  std::vector<std::string> problems;
};

Found RunOn(const std::string& text, ResolveOptions options = {},
            absl::string_view target = "") {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  Found found;
  const auto stage = FindTarget(dockerfile, target, {}, problems);
  if (stage.has_value()) {
    options.target = *stage;
    const Resolution resolution = Resolve(dockerfile, options, problems);
    for (int s : resolution.stages) found.stages.push_back(absl::StrCat(s));
    for (const BaseImage& i : resolution.images) {
      found.images.push_back(i.image);
    }
    for (const Source& s : resolution.sources) {
      found.sources.push_back(Shown(s));
    }
    for (const Destination& d : resolution.destinations) {
      found.destinations.push_back(d.path);
    }
  }
  for (const diag::Diagnostic& d : problems.Sorted()) {
    const Position at = file.PositionAt(d.span.begin);
    found.problems.push_back(absl::StrCat(at.line, " ", d.rule->id));
  }
  return found;
}

TEST(ResolveTest, ImagesWithBuildArgs) {
  ResolveOptions options;
  options.build_args = {{"REGISTRY", "reg:5000"}, {"EMPTY", ""}};
  const Found found = RunOn(
      "ARG REGISTRY=docker.io\n"
      "ARG VERSION=1.20\n"
      "ARG FULL=go:${VERSION}\n"
      "FROM $REGISTRY/$FULL-alpine AS build\n"
      "FROM --platform=$BUILDPLATFORM node:${TAG:-18} AS web\n"
      "FROM scratch AS none\n"
      "FROM build\n"
      "COPY --from=web a b\n"
      "COPY --from=nginx:1 a b\n"
      "COPY --from=2 a b\n"
      "RUN --mount=type=bind,from=tools,target=/x y\n",
      options);
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(found.stages, ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(found.images, ElementsAre("reg:5000/go:1.20-alpine", "node:18",
                                        "nginx:1", "tools"));
}

TEST(ResolveTest, OnlyStagesThatTheTargetNeeds) {
  const char* text =
      "FROM a AS one\n"
      "COPY x /\n"
      "FROM b AS two\n"
      "COPY y /\n"
      "FROM one AS three\n"
      "COPY z /\n"
      "FROM c\n"
      "COPY w /\n";
  EXPECT_THAT(RunOn(text, {}, "three").stages, ElementsAre("0", "2"));
  EXPECT_THAT(RunOn(text, {}, "three").sources, ElementsAre("x", "z"));
  EXPECT_THAT(RunOn(text, {}, "THREE").images, ElementsAre("a"));
  EXPECT_THAT(RunOn(text, {}, "two").images, ElementsAre("b"));
  ResolveOptions all;
  all.skip_unused_stages = false;
  EXPECT_THAT(RunOn(text, all, "three").sources, ElementsAre("x", "y", "z"));
  EXPECT_THAT(RunOn(text).sources, ElementsAre("w"));
}

TEST(ResolveTest, Sources) {
  ResolveOptions options;
  options.build_args = {{"DIR", "src"}};
  const Found found = RunOn(
      "FROM a\n"
      "ARG DIR\n"
      "ARG NAME=main\n"
      "ENV SUB=$DIR/sub\n"
      "ARG TARGETARCH\n"
      "COPY a /b ./c// ../../d e/../f $DIR/$NAME.c ${SUB} /x\n"
      "COPY [\"with blank\", \"/x\"]\n"
      "COPY *.go g?/h [ab]/c /x/\n"
      "COPY i bin/app-$TARGETARCH bin/$TARGETARCH/x /x/\n"
      "COPY <<EOF j /x/\n"
      "EOF\n"
      "ADD https://example.com/k git@github.com:a/b.git l /x/\n"
      "COPY --from=a no /x\n",
      options);
  EXPECT_THAT(found.problems, IsEmpty());
  EXPECT_THAT(found.sources,
              ElementsAre("a", "b", "c", "d", "f", "src/main.c", "src/sub",
                          "with blank", "pattern *.go", "pattern g?/h",
                          "pattern [ab]/c", "i", "prefix bin/app-",
                          "prefix bin/", "j", "l"));
}

TEST(ResolveTest, WhereEverythingIsNeeded) {
  EXPECT_THAT(RunOn("FROM a\nCOPY . /x\n").sources,
              ElementsAre("all: `COPY .`"));
  EXPECT_THAT(RunOn("FROM a\nADD / /x\n").sources, ElementsAre("all: `ADD /`"));
  EXPECT_THAT(RunOn("FROM a\nCOPY $HOME/x /x\n").sources,
              ElementsAre("all: the value of `$HOME` is unknown"));
  EXPECT_THAT(RunOn("FROM a\nENV X=$HOME\nCOPY $X/x /x\n").sources,
              ElementsAre("all: the value of `$X` is unknown"));
  // The base image may have it.
  EXPECT_THAT(RunOn("FROM a\nARG X\nCOPY ${X:-i} /x\n").sources,
              ElementsAre("all: the value of `$X` is unknown"));
  EXPECT_THAT(RunOn("FROM scratch\nARG X\nCOPY ${X:-i} /x\n").sources,
              ElementsAre("i"));
  EXPECT_THAT(RunOn("FROM a\nARG TARGETARCH\nCOPY $TARGETARCH/x /x\n").sources,
              ElementsAre("prefix "));
  EXPECT_THAT(RunOn("FROM a\nRUN --mount=target=/x y\n").sources,
              ElementsAre("all: RUN --mount=type=bind"));
  EXPECT_THAT(
      RunOn("FROM a\nRUN --mount=type=bind,source=b,target=/x y\n").sources,
      ElementsAre("b"));
  // BuildKit rejects it: what the words mean is not known.
  EXPECT_THAT(RunOn("FROM a\nCOPY [\"a\", 'b', '/x']\n").sources, IsEmpty());
  EXPECT_THAT(RunOn("FROM a\nRUN --mount=type=cache,target=/x y\n").sources,
              IsEmpty());
  EXPECT_THAT(RunOn("FROM a\nCOPY --parents x/**/y z /d\n").sources,
              ElementsAre("prefix x/", "z"));
  ResolveOptions no_mounts;
  no_mounts.run_mounts = false;
  EXPECT_THAT(RunOn("FROM a\nRUN --mount=target=/x y\n", no_mounts).sources,
              IsEmpty());
}

TEST(ResolveTest, Onbuild) {
  // Of a stage: when another one starts from it.
  const char* text = "FROM a AS b\nONBUILD COPY x /\nFROM b\nCOPY y /\n";
  EXPECT_THAT(RunOn(text).sources, ElementsAre("x", "y"));
  EXPECT_THAT(RunOn(text, {}, "b").sources, IsEmpty());
  // Of an image.
  ResolveOptions options;
  options.onbuild =
      [](absl::string_view image) -> std::optional<std::vector<std::string>> {
    if (image == "known") {
      return {{"ENV D=src", "COPY $D /app", "WORKDIR /w"}};
    }
    return std::nullopt;
  };
  const Found known = RunOn("FROM known\nCOPY y z\n", options);
  EXPECT_THAT(known.sources, ElementsAre("src", "y"));
  EXPECT_THAT(known.destinations, ElementsAre("/app", "/w", "/w/z"));
  EXPECT_THAT(
      RunOn("FROM other\nCOPY y /\n", options).sources,
      ElementsAre("all: it is unknown whether `other` has ONBUILD instructions",
                  "y"));
  EXPECT_THAT(RunOn("FROM scratch\nCOPY y /\n", options).sources,
              ElementsAre("y"));
  options.onbuild = [](absl::string_view) {
    return std::vector<std::string>{"ARG D=1 E"};
  };
  const SourceFile file("Dockerfile", "FROM known\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_THAT(Resolve(dockerfile, options, problems).trigger_args,
              ElementsAre("D", "E"));
}

TEST(ResolveTest, Destinations) {
  EXPECT_THAT(
      RunOn("FROM a AS b\nWORKDIR /app\nFROM b\nARG D=lib\n"
            "WORKDIR sub/../src\nCOPY x .\nCOPY --from=b y $D/\n"
            "ADD z /etc//z\nCOPY x $HOME/\n")
          .destinations,
      ElementsAre("/app", "/app/src", "/app/src", "/app/src/lib", "/etc/z"));
}

TEST(ResolveTest, WhatComesToADestination) {
  const SourceFile file("Dockerfile",
                        "FROM a AS b\nONBUILD COPY o /o\nFROM b\nARG D=/d\n"
                        "COPY x y/ /to/\nCOPY --from=b $D p/../q* /from/\n"
                        "COPY --from=0 $HOME /z /from/\n"
                        "COPY --from=c:1 /i /i\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  ResolveOptions options;
  options.target = 1;
  const Resolution resolution = Resolve(dockerfile, options, problems);
  EXPECT_EQ(resolution.triggers, 1);
  std::vector<std::string> found;
  for (const Destination& d : resolution.destinations) {
    std::vector<std::string> sources;
    for (const Source& s : d.sources) sources.push_back(Shown(s));
    found.push_back(absl::StrCat(d.path, ": ", absl::StrJoin(sources, " "), " ",
                                 d.from_stage, " ",
                                 absl::StrJoin(d.from_paths, " ")));
  }
  EXPECT_THAT(found,
              ElementsAre("/o: o -1 ", "/to: x y -1 ", "/from:  0 /d /q*",
                          "/from:  0 /z", "/i:  -1 /i"));
}

TEST(ResolveTest, Problems) {
  struct Case {
    const char* text;
    std::vector<std::string> problems;
  };
  for (const Case& c : std::vector<Case>{
           {"FROM $IMAGE\n", {"1 dockerfile-empty-base"}},
           {"ARG V\nFROM a:$V\n", {"2 dockerfile-empty-base"}},
           {"FROM a:$V-slim\n", {"1 dockerfile-empty-base"}},
           {"FROM a$SUFFIX\n", {}},
           {"FROM a:${V\n", {"1 dockerfile-syntax"}},
           {"FROM a:$TARGETARCH\n", {}},
           {"FROM a\nCOPY --from=0 x y\n", {"2 dockerfile-later-stage"}},
           {"FROM a AS me\nCOPY --from=me x y\n", {"2 dockerfile-later-stage"}},
           {"FROM a\nCOPY --from=b x y\nFROM c AS b\n", {}},
           {"FROM a AS z\nCOPY --from=b x y\nFROM c AS b\nFROM z\n",
            {"2 dockerfile-later-stage"}},
           // In a circle, though the target does not need it.
           {"FROM a AS z\nCOPY --from=b x y\nFROM c AS b\nRUN "
            "--mount=from=z,target=/m y\nFROM d\n",
            {"2 dockerfile-later-stage"}},
           {"FROM a\nCOPY --from=7 x y\nFROM b\n",
            {"2 dockerfile-later-stage"}},
           {"FROM a\nCOPY --from=$X x y\nFROM b\n", {"2 dockerfile-value"}},
           {"FROM a\nCOPY --from=A:1 x y\nFROM b\n", {"2 dockerfile-value"}},
           // A number is the name of an image there.
           {"FROM a\nRUN --mount=from=7,target=/x y\n", {}},
           {"FROM a AS build\nFROM Build\n", {"2 dockerfile-value"}},
           {"FROM a:b:c\n", {"1 dockerfile-value"}},
           {"FROM a/$TARGETARCH:\n", {"1 dockerfile-value"}},
           {"FROM --platform=what a\n", {"1 dockerfile-value"}},
           {"FROM --platform=$P a\n", {"1 dockerfile-value"}},
           {"FROM --platform=$BUILDPLATFORM a\n", {}},
           {"FROM ${X:?} AS x\nFROM a\n", {"1 dockerfile-value"}},
           {"ARG A=${B\nFROM a\n", {"1 dockerfile-syntax"}},
           // Only what the target needs is expanded.
           {"FROM scratch\nENV A=${B\nEXPOSE x\nFROM scratch\n", {}},
           {"FROM scratch\nENV A=${B\n", {"2 dockerfile-syntax"}},
           {"FROM scratch\nENV ${A^^}=1\n", {"2 dockerfile-syntax"}},
           {"FROM scratch\nARG A=${B:?}\n", {"2 dockerfile-value"}},
           {"FROM scratch\nLABEL a=${B?x}\n", {"2 dockerfile-value"}},
           // The image may have it.
           {"FROM a\nLABEL a=${B?x}\n", {}},
           {"FROM scratch\nARG B\nLABEL a=${B?x}\n", {"3 dockerfile-value"}},
           {"FROM a\nARG B\nLABEL a=${B?x}\n", {}},
           {"FROM scratch\nWORKDIR /$'\n", {"2 dockerfile-syntax"}},
           {"FROM scratch\nUSER ${}\n", {"2 dockerfile-syntax"}},
           {"FROM scratch\nVOLUME $A /b\n", {"2 dockerfile-value"}},
           {"FROM scratch\nEXPOSE 80 99999\n", {"2 dockerfile-value"}},
           {"FROM scratch\nEXPOSE $A ${B:-8x}\n", {"2 dockerfile-value"}},
           {"FROM scratch\nSTOPSIGNAL $A\n", {"2 dockerfile-value"}},
           {"FROM a\nSTOPSIGNAL $A\n", {}},
           {"FROM scratch\nCOPY --chmod=9z a /b\n", {"2 dockerfile-value"}},
           {"FROM scratch\nENV M=a\nCOPY --chmod=$M a /b\n",
            {"3 dockerfile-value"}},
           {"FROM scratch\nCOPY --link --chown=app a /b\n",
            {"2 dockerfile-value"}},
           {"FROM scratch\nCOPY https://h/a /b\n", {"2 dockerfile-value"}},
           {"FROM scratch\nCOPY git@h:a /b\n", {"2 dockerfile-value"}},
           {"FROM scratch\nADD --checksum=sha256:1 https://h/a /b\n",
            {"2 dockerfile-value"}},
           {"FROM scratch\nADD --checksum=x a /b\n", {"2 dockerfile-value"}},
           {"FROM scratch\nADD --checksum=x git@h:a https://h/a /b/\n",
            {"2 dockerfile-value"}},
           {"FROM scratch\nCOPY <<E /b\n${A\nE\n", {"3 dockerfile-syntax"}},
           {"FROM scratch\nCOPY <<'E' /b\n${A\nE\n", {}},
           {"FROM scratch\nCOPY <<E /b\nit's\nE\n", {}},
           {"FROM a\nRUN --mount=type=nothing x\n", {"2 dockerfile-value"}},
           {"FROM a\nRUN --mount=type=cache x\n", {}},
           {"FROM a\nRUN --mount=target=$X,ro=$Y x\n", {}},
           {"FROM a\nRUN --mount=tarket=$X x\n", {"2 dockerfile-value"}},
           {"FROM scratch\nRUN --mount=type=cache x\n", {"2 dockerfile-value"}},
           {"FROM a\nWORKDIR /\nRUN --mount=type=cache x\n",
            {"3 dockerfile-value"}},
           {"FROM a AS b\nONBUILD COPY --bogus x y\nFROM b\n",
            {"2 dockerfile-unknown-flag", "3 dockerfile-value"}},
           {"FROM a AS b\nONBUILD FOO\nFROM b\n",
            {"2 dockerfile-unknown-instruction", "3 dockerfile-value"}},
           // Two stages of one name matter when the name is used.
           {"FROM a AS b\nFROM c AS b\nFROM d\nCOPY --from=b x y\n", {}},
           {"FROM a AS b\nFROM b AS b\nFROM b\n",
            {"2 dockerfile-duplicate-stage"}},
       }) {
    EXPECT_EQ(RunOn(c.text).problems, c.problems) << c.text;
  }
}

// 30 lines would take 4 GB.
TEST(ResolveTest, NoValueGrowsWithoutBound) {
  std::string text = "FROM scratch\nENV A=aaaaaaaa\n";
  for (int i = 0; i < 60; ++i) text += "ENV A=$A$A\n";
  EXPECT_THAT(RunOn(text).problems, ElementsAre("20 dockerfile-value"));
  // Nor do all of them together.
  text = "FROM scratch\nENV A=" + std::string(1000, 'a') + "\n";
  text += "ENV A=$A$A$A$A$A$A$A$A$A$A\nENV A=$A$A$A$A$A$A$A$A$A$A\n";
  text += "ENV A=$A$A$A$A$A$A$A$A$A$A\n";
  for (int i = 0; i < 1000; ++i) text += absl::StrCat("ENV A", i, "=$A\n");
  EXPECT_THAT(RunOn(text).problems, ElementsAre("21 dockerfile-value"));
}

// 6,000 of each took half a minute.
TEST(ResolveTest, StagesShareTheirVariables) {
  std::string text;
  for (int i = 0; i < 6000; ++i) text += absl::StrCat("ARG A", i, "=1\n");
  text += "FROM a AS s0\nENV X=1\n";
  for (int i = 1; i < 6000; ++i) {
    text += absl::StrCat("FROM s", i - 1, " AS s", i, "\nENV Y", i, "=$X\n");
  }
  EXPECT_THAT(RunOn(text + "COPY $Y1 /x\n").sources, ElementsAre("1"));
}

TEST(ResolveTest, StagesInheritVariables) {
  const char* text =
      "ARG V=top\n"
      "FROM a AS one\nARG V=first\nARG IN=in\nENV E=env\n"
      "FROM one\nCOPY $V/$IN/$E /x\nARG V\nCOPY $V /x\n"
      "ARG E=arg\nCOPY $E /x\nARG E\nCOPY $E /x\n";
  EXPECT_THAT(RunOn(text).sources,
              ElementsAre("first/in/env", "top", "arg", "arg"));
  EXPECT_THAT(RunOn("FROM a AS one\nARG IN=in\nFROM scratch\n"
                    "COPY x$IN /x\nCOPY ${PATH#*sbin:} /x\n")
                  .sources,
              ElementsAre("x", "usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
}

TEST(ResolveTest, PatternsOfCopyMayMatchNothing) {
  const SourceFile file("Dockerfile",
                        "FROM a\nCOPY a b* [c] \\d /x/\nRUN "
                        "--mount=source=e*,target=/x --mount=target=/y y\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  std::vector<std::string> found;
  for (const Source& s : Resolve(dockerfile, {}, problems).sources) {
    found.push_back(absl::StrCat(s.text, s.required ? " required" : "",
                                 s.optional ? " optional" : ""));
  }
  EXPECT_THAT(found, ElementsAre("a required", "b* optional", "[c] optional",
                                 "d required", "e* required", ""));
}

TEST(ResolveTest, SpansOfMountedSources) {
  const SourceFile file(
      "Dockerfile",
      "FROM a\n"
      "RUN --mount=type=bind,source=b,target=/b --mount=src=$PWD/c,dst=/c y\n"
      "RUN --mount=target=/d,\"source=d\" y\n"
      "RUN --mount=target=/e,sou\\\nrce=e y\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  std::vector<std::string> found;
  for (const Source& s : Resolve(dockerfile, {}, problems).sources) {
    found.push_back(
        file.text().substr(s.span.begin, s.span.end - s.span.begin));
  }
  EXPECT_THAT(
      found, ElementsAre("b", "$PWD/c", "d", "--mount=target=/e,sou\\\nrce=e"));
}

// BuildKit looks for a file whose name has the backslash.
TEST(ResolveTest, EscapedCharactersAreNoWildcards) {
  EXPECT_THAT(RunOn("FROM a\nCOPY a\\\\[b] c\\\\d e[f]\\\\[ /x/\n").sources,
              ElementsAre("a\\[b]", "c\\d", "pattern e[f]\\["));
}

TEST(ResolveTest, NothingIsAskedOfAnImageThatHasNoName) {
  ResolveOptions options;
  options.onbuild = [](absl::string_view) { return std::nullopt; };
  const Found found = RunOn("FROM\nCOPY a /\n", options);
  EXPECT_THAT(found.images, IsEmpty());
  EXPECT_THAT(found.sources, ElementsAre("a"));
}

}  // namespace
}  // namespace ovenbird::dockerfile
