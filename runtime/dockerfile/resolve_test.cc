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

// Everything that was found, as texts.
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
      "FROM Build\n"
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
  EXPECT_THAT(RunOn(text, {}, "1").images, ElementsAre("b"));
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
      "ARG NONE\n"
      "ARG TARGETARCH\n"
      "COPY a /b ./c// ../../d e/../f $DIR/$NAME.c ${SUB} /x\n"
      "COPY [\"with blank\", \"/x\"]\n"
      "COPY *.go g?/h [ab]/c /x/\n"
      "COPY ${NONE:-i} bin/app-$TARGETARCH bin/$TARGETARCH/x /x/\n"
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
              ElementsAre("all: the value of `$HOME` is not known"));
  EXPECT_THAT(RunOn("FROM a\nENV X=$HOME\nCOPY $X/x /x\n").sources,
              ElementsAre("all: the value of `$X` is not known"));
  EXPECT_THAT(RunOn("FROM a\nARG TARGETARCH\nCOPY $TARGETARCH/x /x\n").sources,
              ElementsAre("prefix "));
  EXPECT_THAT(RunOn("FROM a\nRUN --mount=target=/x y\n").sources,
              ElementsAre("all: RUN --mount=type=bind"));
  EXPECT_THAT(
      RunOn("FROM a\nRUN --mount=type=bind,source=b,target=/x y\n").sources,
      ElementsAre("b"));
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
      ElementsAre("all: whether `other` has ONBUILD instructions is not known",
                  "y"));
  EXPECT_THAT(RunOn("FROM scratch\nCOPY y /\n", options).sources,
              ElementsAre("y"));
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
           {"FROM a\nCOPY --from=b x y\nFROM c AS b\n",
            {"2 dockerfile-later-stage"}},
       }) {
    EXPECT_EQ(RunOn(c.text).problems, c.problems) << c.text;
  }
}

TEST(ResolveTest, NothingIsAskedOfAnImageThatHasNoName) {
  ResolveOptions options;
  options.onbuild = [](absl::string_view) { return std::nullopt; };
  const Found found = RunOn("FROM\nCOPY a /\n", options);
  EXPECT_THAT(found.images, IsEmpty());
  EXPECT_THAT(found.sources, ElementsAre("a"));
}

TEST(ResolveTest, UnknownTarget) {
  const SourceFile file("Dockerfile", "FROM a AS production\nFROM b\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_EQ(FindTarget(dockerfile, "prodution", {}, problems), std::nullopt);
  EXPECT_EQ(FindTarget(dockerfile, "2", {}, problems), std::nullopt);
  ASSERT_EQ(problems.diagnostics().size(), 2);
  const diag::Diagnostic& problem = problems.diagnostics()[0];
  EXPECT_EQ(problem.label, "did you mean `production`?");
  EXPECT_EQ(problem.help, "stages: `production`, `1`");
}

TEST(ResolveTest, Args) {
  const SourceFile file("Dockerfile",
                        "ARG A\nFROM a\nARG B=1 C\nONBUILD ARG D\n");
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  EXPECT_THAT(DeclaredArgs(dockerfile), ElementsAre("A", "B", "C", "D"));
  EXPECT_THAT(UndeclaredArgs(dockerfile, {{"B", ""},
                                          {"E", ""},
                                          {"https_proxy", ""},
                                          {"TARGETARCH", ""},
                                          {"a", ""}}),
              ElementsAre("E", "a"));
}

}  // namespace
}  // namespace ovenbird::dockerfile
