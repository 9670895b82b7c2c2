#include "runtime/plan/plan.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/config/load.h"
#include "runtime/context/door.h"
#include "runtime/context/file_records.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/image_identity.h"

namespace ovenbird::plan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    folder_ = absl::StrCat(testing::TempDir(), "/XXXXXX");
    EXPECT_NE(mkdtemp(&folder_[0]), nullptr);
    // The default executor reports it: "kaniko-differs".
    Write("Dockerfile", "FROM scratch\nCOPY a b /\n");
    Write("a", "1");
    Write("b", "2");
    options_.environment = [this](const std::string& name) {
      auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt
                                         : std::optional(found->second);
    };
  }

  void Write(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat(folder_, "/", name);
    std::filesystem::create_directories(
        std::filesystem::path(path).parent_path());
    ASSERT_TRUE(WriteFile(path, text).ok());
  }

  // An image `app` with these lines of its own.
  Plan PlanApp(const std::string& lines = "") {
    return Make(absl::StrCat("images:\n  app:\n    image: r.io/app\n", lines));
  }

  Plan Make(const std::string& config) {
    Write("devspace.yaml", config);
    config::LoadOptions load;
    load.path = absl::StrCat(folder_, "/devspace.yaml");
    problems_ = {};
    absl::StatusOr<std::unique_ptr<config::Loaded>> loaded =
        config::Load(load, problems_);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    loaded_.push_back(*std::move(loaded));
    absl::StatusOr<Plan> plan = MakePlan(*loaded_.back(), options_, problems_);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return *std::move(plan);
  }

  std::vector<std::string> Problems() const {
    std::vector<std::string> ids;
    for (const diag::Diagnostic& problem : problems_.Sorted()) {
      ids.push_back(problem.rule->id);
    }
    return ids;
  }

  static std::vector<std::string> Keys(const Plan& plan) {
    std::vector<std::string> keys;
    for (const auto& image : plan.images) keys.push_back(image->key);
    return keys;
  }

  // The project's files that are sent.
  static std::vector<std::string> Files(const ImagePlan& plan) {
    std::vector<std::string> files;
    for (size_t i = 0; i < plan.listing.size(); ++i) {
      files.push_back(plan.listing.Path(i));
    }
    return files;
  }

  std::string folder_;
  PlanOptions options_;
  std::map<std::string, std::string> environment_;
  diag::Collector problems_;
  std::vector<std::unique_ptr<config::Loaded>> loaded_;
};

TEST_F(PlanTest, TagsOfTheConfigOfTheCommandLineAndOfTheContent) {
  EXPECT_THAT(PlanApp("    tags: [x, z]\n").images[0]->spec.tags,
              ElementsAre("x", "z"));
  const Plan plan = PlanApp();
  ASSERT_EQ(plan.images[0]->spec.tags.size(), 1u);
  EXPECT_EQ(plan.images[0]->spec.tags[0],
            plan.images[0]->fingerprint.substr(0, 7));
  options_.tags = {"v1", "v2"};
  EXPECT_THAT(PlanApp("    tags: [x, z]\n").images[0]->spec.tags,
              ElementsAre("v1", "v2"));
}

TEST_F(PlanTest, ImagesThatAreAskedForInTheConfigsOrder) {
  const std::string config =
      "images:\n  c: {image: r.io/c}\n  a: {image: r.io/a}\n"
      "  d: {image: r.io/d, build: {disabled: true}}\n"
      "  b: {image: r.io/b}\n";
  EXPECT_THAT(Keys(Make(config)), ElementsAre("c", "a", "b"));
  options_.images = {"b", "c"};
  EXPECT_THAT(Keys(Make(config)), ElementsAre("c", "b"));
  EXPECT_THAT(Problems(), ElementsAre("kaniko-differs"));
  options_.images = {"a", "e"};
  Make(config);
  EXPECT_THAT(Problems(), ElementsAre("unknown-image", "kaniko-differs"));
}

TEST_F(PlanTest, WhatABaseImageOfThisConfigCopiesIsSent) {
  Write("base/Dockerfile", "FROM scratch\nONBUILD COPY a /a\n");
  Write("app/Dockerfile", "FROM r.io/base:v1\nCOPY b /b\n");
  const Plan plan = Make(
      "images:\n"
      "  base: {image: r.io/base, tags: [v1], dockerfile: base/Dockerfile}\n"
      "  app: {image: r.io/app, dockerfile: app/Dockerfile}\n");
  ASSERT_EQ(plan.images.size(), 2u);
  const ImagePlan& app = *plan.images[1];
  std::vector<std::string> sent;
  for (size_t i = 0; i < app.listing.size(); ++i) {
    sent.push_back(app.listing.Path(i));
  }
  EXPECT_THAT(sent, ElementsAre("a", "b"));
  EXPECT_EQ(app.known_triggers, 1);
  EXPECT_FALSE(app.sends_everything);
}

TEST_F(PlanTest, AnImageNamedOnbuildMayCopyAnything) {
  Write("Dockerfile", "FROM node:4-onbuild\n");
  EXPECT_TRUE(PlanApp().images[0]->sends_everything);
}

// It is shown when the folders that were read for the plan are gone.
TEST_F(PlanTest, ARuleThatLeavesASourceOutCanBeShown) {
  Write(".dockerignore", "a\nb\n");
  const Plan plan = PlanApp();
  ASSERT_THAT(Problems(), ElementsAre("kaniko-differs", "copy-source-ignored",
                                      "copy-source-ignored"));
  const Span rule = problems_.Sorted()[2].notes.at(0).span;
  EXPECT_EQ(rule.file->PositionAt(rule.begin).line, 2);
}

TEST_F(PlanTest, WhatTheArgsOfTheExecutorAskFor) {
  Write(
      "Dockerfile",
      "ARG BASE=p.io/a\nFROM ${BASE} AS one\nARG V\nCOPY x$V /\nFROM p.io/b\n");
  Write("x1", "");
  Write("x2", "");
  const Plan plan = PlanApp(
      "    build: {kaniko: {options: {buildArgs: {V: 1}, target: two}, args: ["
      "--build-arg, BASE=p.io/c, --build-arg=V=2, --target=one]}}\n");
  ASSERT_EQ(plan.images.size(), 1u);
  const ImagePlan& app = *plan.images[0];
  EXPECT_THAT(Files(app), ElementsAre("x2"));
  EXPECT_EQ(app.spec.target, "one");
  ASSERT_EQ(app.named_images.size(), 1u);
  EXPECT_EQ(app.named_images[0].name, "p.io/c");
}

TEST_F(PlanTest, RegistriesOfPushAndPull) {
  Write("Dockerfile", "FROM p.io/x\nCOPY --from=r.io/y /a /b\n");
  const Plan plan = PlanApp(
      "    build:\n      kaniko:\n"
      "        args: [--destination=s.io/z, --cache-repo=r.io/c,\n"
      "               --registry-mirror=n.io/hub]\n"
      "        registryMirrors: [m.io/docker]\n"
      "        image: x/kaniko:v1.24.0\n");
  EXPECT_THAT(plan.images[0]->push_registries, ElementsAre("r.io", "s.io"));
  EXPECT_THAT(plan.images[0]->pull_registries,
              ElementsAre("p.io", "m.io", "n.io"));
}

TEST_F(PlanTest, OrderOfImagesThatStartFromEachOther) {
  Write("app/Dockerfile", "FROM r.io/base:v1\n");
  Write("base/Dockerfile", "FROM scratch\nCOPY --from=r.io/tools:v1 x /\n");
  Write("tools/Dockerfile", "FROM scratch\n");
  std::string config = "images:\n";
  for (const char* key : {"app", "base", "tools"}) {
    absl::StrAppend(&config, "  ", key, ": {image: r.io/", key,
                    ", dockerfile: ", key, "/Dockerfile}\n");
  }
  options_.tags = {"v1"};
  const Plan plan = Make(config);
  EXPECT_THAT(Problems(), ElementsAre("kaniko-differs", "kaniko-differs"));
  EXPECT_THAT(plan.images[0]->after, ElementsAre(1));
  EXPECT_THAT(plan.images[1]->after, ElementsAre(2));
  EXPECT_THAT(plan.images[2]->after, IsEmpty());

  Write("tools/Dockerfile", "FROM r.io/app:v1\n");
  Make(config);
  ASSERT_THAT(Problems(), ElementsAre("image-circle", "kaniko-differs"));
  const diag::Diagnostic circle = problems_.Sorted()[0];
  EXPECT_EQ(circle.span.file, &loaded_.back()->file);
  EXPECT_EQ(circle.notes.size(), 3u);

  // Of an image that is not built in this run nothing is known.
  options_.images = {"app", "tools"};
  Make(config);
  EXPECT_THAT(Problems(), IsEmpty());
}

TEST_F(PlanTest, PlansThatAreTakenAreNotKept) {
  Write("app/Dockerfile", "FROM r.io/base:v1\n");
  Write("base/Dockerfile", "FROM r.io/app:v1\n");
  const std::string config =
      "images:\n  app: {image: r.io/app, dockerfile: app/Dockerfile}\n"
      "  base: {image: r.io/base, dockerfile: base/Dockerfile}\n";
  options_.tags = {"v1"};
  std::vector<std::string> taken;
  options_.take = [&](ImagePlan& image) {
    taken.push_back(absl::StrCat(image.key, " ", image.spec.image));
    image = ImagePlan();
  };
  EXPECT_THAT(Keys(Make(config)), IsEmpty());
  EXPECT_THAT(taken, ElementsAre("app r.io/app", "base r.io/base"));
  // Nevertheless the order is checked.
  EXPECT_THAT(Problems(), ElementsAre("image-circle"));
}

struct Change {
  const char* name;
  const char* lines;
  bool same;  // fingerprint as without the lines
  const char* option = "";
};

class FingerprintTest : public PlanTest,
                        public testing::WithParamInterface<Change> {};

TEST_P(FingerprintTest, IsOfWhatTheImageDependsOn) {
  const Plan plain = PlanApp();
  const Plan changed = PlanApp(GetParam().lines);
  EXPECT_THAT(Problems(), Not(Contains("unknown-field")));
  EXPECT_EQ(plain.images[0]->fingerprint == changed.images[0]->fingerprint,
            GetParam().same);
  if (*GetParam().option == '\0') return;
  const auto hash = [&](const Plan& plan) {
    const auto hashes = OptionHashes(*plan.images[0]);
    auto found = hashes.find(GetParam().option);
    return found == hashes.end() ? "" : found->second;
  };
  EXPECT_NE(hash(plain), hash(changed));
}

INSTANTIATE_TEST_SUITE_P(
    All, FingerprintTest,
    testing::Values(
        Change{"Nothing", "    build: {kaniko: {}}\n", true},
        Change{"Tags", "    tags: [x]\n", true},
        Change{"Namespace", "    build: {kaniko: {namespace: team}}\n", true},
        Change{"Timeout", "    build: {kaniko: {timeout: 3h}}\n", true},
        Change{"Limits",
               "    build: {kaniko: {resources: {limits: {memory: 1Gi}}}}\n",
               true},
        Change{"Labels", "    build: {kaniko: {labels: {a: b}}}\n", true},
        Change{
            "WhereItRuns",
            "    build: {kaniko: {pullSecret: p, skipPullSecretMount: true,\n"
            "      imagePullSecrets: [{name: p}], initImage: \"i:1\",\n"
            "      initEnv: {A: b}, annotations: {a: b},\n"
            "      nodeSelector: {a: b}, tolerations: [{operator: Exists}],\n"
            "      affinity: {podAffinity: {}}, hostUsers: false,\n"
            "      topologySpreadConstraints: [{maxSkew: 1,\n"
            "        topologyKey: a, whenUnsatisfiable: ScheduleAnyway}],\n"
            "      priorityClassName: a, runtimeClassName: a,\n"
            "      schedulerName: a, queue: q, contextTransfer: exec,\n"
            "      contextRepo: r.io/c, cacheVolumes: {c: {claim: c}},\n"
            "      options: {secrets: [{id: s, env: S}]}}}\n",
            true},
        Change{"Executor",
               "    build: {kaniko: {image: "
               "\"gcr.io/kaniko-project/executor:v1.24.0\"}}\n",
               false, "build.kaniko.image"},
        Change{"SnapshotMode", "    build: {kaniko: {snapshotMode: full}}\n",
               false, "build.kaniko.snapshotMode"},
        Change{"Args", "    build: {kaniko: {args: [--verbosity=debug]}}\n",
               false, "build.kaniko.args"},
        Change{"BuildArg",
               "    build: {kaniko: {options: {buildArgs: {A: \"1\"}}}}\n",
               false, "build.kaniko.options.buildArgs.A"},
        Change{"Entrypoint", "    entrypoint: [a]\n", false}),
    [](const testing::TestParamInfo<Change>& info) { return info.param.name; });

TEST_F(PlanTest, FingerprintAndTheNamespaceOfTheCommandLine) {
  const std::string before = PlanApp().images[0]->fingerprint;
  options_.name_space = "team";
  EXPECT_EQ(PlanApp().images[0]->fingerprint, before);
}

TEST_F(PlanTest, FingerprintAndFiles) {
  const std::string before = PlanApp().images[0]->fingerprint;
  Write("unused", "x");
  EXPECT_EQ(PlanApp().images[0]->fingerprint, before);
  Write("a", "3");
  EXPECT_NE(PlanApp().images[0]->fingerprint, before);
}

TEST_F(PlanTest, BuildArgsFromTheEnvironment) {
  const char kLines[] = "    build: {kaniko: {options: {buildArgs: {A: }}}}\n";
  Write("Dockerfile", "FROM scratch\nARG A\nCOPY a b /\n");
  PlanApp(kLines);
  EXPECT_THAT(Problems(), ElementsAre("build-arg-unset", "kaniko-differs"));
  environment_["A"] = "1";
  const Plan one = PlanApp(kLines);
  EXPECT_THAT(Problems(), ElementsAre("kaniko-differs"));
  EXPECT_THAT(one.images[0]->spec.build_args,
              ElementsAre(std::pair<std::string, std::string>("A", "1")));
  environment_["A"] = "2";
  const Plan two = PlanApp(kLines);
  EXPECT_NE(one.images[0]->fingerprint, two.images[0]->fingerprint);
}

// The value of an option is not kept: it may be a password.
TEST_F(PlanTest, OptionsAreHashes) {
  const Plan plan =
      PlanApp("    build: {kaniko: {options: {buildArgs: {A: hush}}}}\n");
  const auto hashes = OptionHashes(*plan.images[0]);
  ASSERT_THAT(hashes, Contains(Key("build.kaniko.options.buildArgs.A")));
  for (const auto& [name, hash] : hashes) {
    EXPECT_EQ(hash.size(), 64u) << name;
    EXPECT_THAT(hash, Not(HasSubstr("hush")));
  }
}

// The records are marked as if the files were old enough to trust their times.
TEST_F(PlanTest, KnownFilesAreNotRead) {
  const Plan first = PlanApp();
  EXPECT_EQ(first.images[0]->files_read, 2u);
  options_.known_files = [&](const std::string& key) {
    EXPECT_EQ(key, "app");
    context::FileRecords settled;
    for (context::FileRecords::Reader reader(first.images[0]->file_records);
         !reader.done(); reader.Next()) {
      context::FileRecord record = reader.record();
      record.settled = true;
      settled.Add(reader.path(), record);
    }
    return settled;
  };
  const Plan second = PlanApp();
  EXPECT_EQ(second.images[0]->files_read, 0u);
  EXPECT_EQ(second.images[0]->fingerprint, first.images[0]->fingerprint);
  Write("a", "3");
  const Plan third = PlanApp();
  EXPECT_EQ(third.images[0]->files_read, 1u);
  EXPECT_NE(third.images[0]->fingerprint, first.images[0]->fingerprint);
}

TEST_F(PlanTest, WithoutAPush) {
  EXPECT_FALSE(PlanApp().images[0]->spec.skip_push);
  options_.skip_push = true;
  EXPECT_TRUE(PlanApp().images[0]->spec.skip_push);
}

TEST_F(PlanTest, WhatIsMissing) {
  EXPECT_THAT(Keys(PlanApp("    dockerfile: Dockerfil\n")), IsEmpty());
  EXPECT_THAT(Problems(), ElementsAre("missing-dockerfile"));
  EXPECT_THAT(Keys(PlanApp("    context: nowhere\n")), IsEmpty());
  EXPECT_THAT(Problems(), ElementsAre("missing-context", "kaniko-differs"));
}

// What the rewriting asks of the ignore file gets there.
TEST_F(PlanTest, AFolderIsCopiedWithoutItsMode) {
  Write("dir/f", "1");
  std::filesystem::permissions(absl::StrCat(folder_, "/dir"),
                               std::filesystem::perms::owner_all);
  Write("Dockerfile", "FROM scratch\nCOPY dir /dst/\n");
  const Plan plan = PlanApp();
  ASSERT_EQ(plan.images.size(), 1u);
  std::string ignore;
  for (const context::MemoryFile& file : plan.images[0]->files) {
    if (absl::EndsWith(file.path, ".dockerignore")) ignore = file.content;
  }
  EXPECT_THAT(ignore,
              HasSubstr(absl::StrCat(context::ThroughDoorOf("dir"), "/dir\n")));
}

TEST_F(PlanTest, AnImageMayKeepItsDockerfileAsItIs) {
  Write("Dockerfile", "FROM a AS one\nFROM b\n");
  constexpr char kSection[] = "    build: {kaniko: {rewriteDockerfile: %s}}\n";
  options_.keep_dockerfiles = true;
  Plan plan = PlanApp(absl::StrReplaceAll(kSection, {{"%s", "true"}}));
  ASSERT_EQ(plan.images.size(), 1u);
  EXPECT_NE(plan.images[0]->rewritten, nullptr);
  plan = PlanApp(absl::StrReplaceAll(kSection, {{"%s", "false"}}));
  ASSERT_EQ(plan.images.size(), 1u);
  EXPECT_EQ(plan.images[0]->rewritten, nullptr);
  EXPECT_EQ(plan.images[0]->sent_dockerfile, "FROM a AS one\nFROM b\n");
}

constexpr char kNewKaniko[] =
    "    build: {kaniko: {image: "
    "'gcr.io/kaniko-project/executor:v1.24.0'}}\n";

TEST_F(PlanTest, EachPlatformIsABuildOfItsOwn) {
  Write("Dockerfile",
        "FROM scratch\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\n");
  Write("app-amd64", "1");
  Write("app-arm64", "2");
  options_.keep_dockerfiles = true;
  const std::string lines = absl::StrCat(
      "    platforms: [linux/x86_64, linux/arm64/v8]\n"
      "    tags: [v1, latest]\n",
      kNewKaniko);
  const Plan plan = PlanApp(lines);
  EXPECT_THAT(Problems(), IsEmpty());
  ASSERT_EQ(plan.images.size(), 1u);
  const ImagePlan& all = *plan.images[0];
  EXPECT_THAT(PlatformNames(all), ElementsAre("linux/amd64", "linux/arm64"));
  EXPECT_THAT(all.spec.tags, ElementsAre("v1", "latest"));
  EXPECT_FALSE(all.spec.platform.has_value());
  ASSERT_EQ(all.platforms.size(), 2u);
  const ImagePlan& amd64 = *all.platforms[0];
  const ImagePlan& arm64 = *all.platforms[1];
  EXPECT_THAT(amd64.spec.tags, ElementsAre("v1-linux-amd64"));
  EXPECT_THAT(arm64.spec.tags, ElementsAre("v1-linux-arm64"));
  EXPECT_THAT(arm64.sent_dockerfile,
              AllOf(HasSubstr("\nARG TARGETARCH=arm64\n"),
                    HasSubstr("COPY app-$TARGETARCH /app\n")));
  EXPECT_THAT(Files(amd64), ElementsAre("app-amd64"));
  EXPECT_THAT(Files(arm64), ElementsAre("app-arm64"));
  // Names of pods are made from them.
  EXPECT_NE(amd64.spec.build_id, arm64.spec.build_id);
  EXPECT_NE(all.spec.build_id, amd64.spec.build_id);
  // To name the file that changes.
  std::vector<std::string> recorded;
  for (context::FileRecords::Reader reader(all.file_records); !reader.done();
       reader.Next()) {
    recorded.push_back(reader.path());
  }
  EXPECT_THAT(recorded, IsSupersetOf({"app-amd64", "app-arm64"}));

  // A change of any of them is one of the image.
  const std::string before = all.fingerprint;
  EXPECT_EQ(PlanApp(lines).images[0]->fingerprint, before);
  Write("app-arm64", "3");
  EXPECT_NE(PlanApp(lines).images[0]->fingerprint, before);
}

TEST_F(PlanTest, TheCommandLineReplacesThePlatforms) {
  options_.platforms = {"linux/arm64", "linux/aarch64"};
  const Plan plan =
      PlanApp(absl::StrCat("    platforms: [linux/amd64, linux/arm]\n"
                           "    tags: [v1]\n",
                           kNewKaniko));
  ASSERT_EQ(plan.images.size(), 1u);
  EXPECT_THAT(plan.images[0]->platforms, IsEmpty());
  EXPECT_THAT(PlatformNames(*plan.images[0]), ElementsAre("linux/arm64"));
  EXPECT_THAT(plan.images[0]->spec.tags, ElementsAre("v1"));
}

// An executor with the flag builds for any platform on any node, if nothing of
// the image is executed.
TEST_F(PlanTest, ProgramsNeedANodeOfTheirPlatform) {
  const struct {
    const char* dockerfile;
    std::string lines;
    bool needs_own_node;
  } kCases[] = {
      {"FROM scratch\nCOPY a /a\n", kNewKaniko, false},
      {"FROM scratch\nCOPY a /a\nRUN x\n", kNewKaniko, true},
      {"FROM scratch AS one\nRUN x\nFROM scratch\nCOPY --from=one /x /x\n",
       kNewKaniko, true},
      // A stage that is not sent.
      {"FROM a AS one\nRUN x\nFROM scratch\nCOPY a /a\n", kNewKaniko, false},
      {"FROM scratch\nCOPY a /a\n", "    build: {kaniko: {}}\n", true},
      {"FROM scratch\nCOPY a /a\n",
       "    build: {kaniko: {image: 'r.io/kaniko:latest'}}\n", true},
  };
  for (const auto& [dockerfile, lines, needs_own_node] : kCases) {
    Write("Dockerfile", dockerfile);
    options_.platform = nullptr;
    const std::string config =
        absl::StrCat("    platforms: [linux/arm64]\n", lines);
    const Plan plan = PlanApp(config);
    ASSERT_EQ(plan.images.size(), 1u) << dockerfile;
    EXPECT_EQ(plan.images[0]->spec.needs_own_node, needs_own_node)
        << dockerfile << lines;
    // On a machine of another platform.
    options_.platform = [](const std::string&) { return "linux/amd64"; };
    EXPECT_EQ(PlanApp(config).images.empty(), needs_own_node);
    EXPECT_EQ(absl::c_linear_search(Problems(), "platform-elsewhere"),
              needs_own_node)
        << dockerfile << lines;
    options_.platform = [](const std::string&) { return "linux/arm64"; };
    EXPECT_EQ(PlanApp(config).images.size(), 1u);
  }
}

TEST_F(PlanTest, DockerBuildsForAnyPlatform) {
  const HashMap<std::string, Builder> builders = {{"app", Builder::kDocker}};
  options_.builders = &builders;
  options_.platform = [](const std::string&) { return "linux/amd64"; };
  Write("Dockerfile", "FROM a\nRUN true\n");
  Plan plan = PlanApp("    platforms: [linux/arm64, linux/arm]\n");
  EXPECT_THAT(Problems(), IsEmpty());
  ASSERT_EQ(plan.images.size(), 1u);
  EXPECT_THAT(PlatformNames(*plan.images[0]),
              ElementsAre("linux/arm64", "linux/arm/v7"));
  for (const auto& one : plan.images[0]->platforms) {
    EXPECT_EQ(one->builder, Builder::kDocker);
  }
  options_.platforms = {"linux/s390x"};
  plan = PlanApp("");
  ASSERT_EQ(plan.images.size(), 1u);
  EXPECT_EQ(plan.images[0]->spec.platform->ToString(), "linux/s390x");
}

TEST_F(PlanTest, ACommandKnowsItsPlatforms) {
  EXPECT_THAT(Keys(PlanApp("    platforms: [linux/arm64]\n"
                           "    build: {custom: {command: x}}\n")),
              IsEmpty());
  EXPECT_THAT(Problems(), ElementsAre("platforms-of-command"));
  options_.platforms = {"linux/arm64"};
  EXPECT_THAT(Keys(PlanApp("    build: {custom: {command: x}}\n")), IsEmpty());
}

// The nodes are asked for only where a Dockerfile depends on them.
TEST_F(PlanTest, ThePlatformOfTheCluster) {
  int asked = 0;
  std::string nodes = "linux/arm64";
  options_.cluster_platform = [&] {
    ++asked;
    return nodes;
  };
  options_.keep_dockerfiles = true;
  const auto sent = [&](const std::string& text, const std::string& kaniko) {
    Write("Dockerfile", absl::StrCat("FROM scratch\n", text, "COPY a /a\n"));
    const Plan plan = PlanApp(absl::StrCat(
        "    build: {kaniko: {image: 'gcr.io/kaniko-project/executor:v1.24.0'",
        kaniko, "}}\n"));
    return plan.images[0]->sent_dockerfile;
  };
  sent("", "");
  EXPECT_EQ(asked, 0);
  const std::string arg = "ARG TARGETARCH\nENV A=$TARGETARCH\n";
  EXPECT_THAT(sent(arg, ""), HasSubstr("ARG TARGETARCH=arm64\n"));
  EXPECT_EQ(asked, 1);
  EXPECT_THAT(Problems(), IsEmpty());
  for (const char* label : {"kubernetes.io/arch", "beta.kubernetes.io/arch"}) {
    EXPECT_THAT(sent(arg, absl::StrCat(", nodeSelector: {", label, ": s390x}")),
                HasSubstr("ARG TARGETARCH=s390x\n"));
  }
  EXPECT_EQ(asked, 1);

  nodes.clear();  // Several, or unknown.
  EXPECT_THAT(sent(arg, ""), HasSubstr("ARG TARGETARCH\n"));
  ASSERT_EQ(problems_.diagnostics().size(), 1u);
  EXPECT_EQ(problems_.diagnostics()[0].message,
            "kaniko v1.24.0 leaves `TARGETARCH` empty");
  EXPECT_THAT(problems_.diagnostics()[0].help,
              HasSubstr("set `platforms: [linux/amd64]`"));
  EXPECT_THAT(sent(arg, ", args: [--custom-platform, linux/s390x]"),
              HasSubstr("ARG TARGETARCH=s390x\n"));
  sent(arg, ", options: {buildArgs: {TARGETARCH: arm64}}");
  sent("ARG TARGETARCH=arm64\nENV A=$TARGETARCH\n", "");
  EXPECT_THAT(Problems(), IsEmpty());
  Write("Dockerfile", "FROM a:$TARGETARCH\n");
  PlanApp(kNewKaniko);
  ASSERT_EQ(problems_.diagnostics().size(), 1u);
  EXPECT_EQ(problems_.diagnostics()[0].message,
            "kaniko v1.24.0 leaves the platform's arguments empty in FROM");
}

TEST_F(PlanTest, ReportsFromForAnotherPlatformOnce) {
  Write("Dockerfile",
        "FROM --platform=linux/amd64 a AS tools\nFROM scratch\n"
        "COPY --from=tools /t /t\n");
  PlanApp(
      absl::StrCat("    platforms: [linux/amd64, linux/arm64]\n", kNewKaniko));
  std::vector<std::string> messages;
  for (const diag::Diagnostic& problem : problems_.Sorted()) {
    messages.push_back(problem.message);
  }
  EXPECT_THAT(messages,
              ElementsAre("kaniko v1.24.0 ignores `--platform=linux/amd64`: "
                          "the stage starts from the image for linux/arm64"));
}

TEST_F(PlanTest, AVariantHasAVariable) {
  Write("Dockerfile", "FROM a\nARG TARGETVARIANT\nRUN x\n");
  options_.keep_dockerfiles = true;
  const Plan plan =
      PlanApp(absl::StrCat("    platforms: [linux/arm]\n", kNewKaniko));
  ASSERT_EQ(plan.images.size(), 1u);
  EXPECT_THAT(plan.images[0]->sent_dockerfile,
              HasSubstr("\nARG TARGETVARIANT=v7\n"));
}

// A tag has 128 characters at most.
TEST_F(PlanTest, TheTagOfAPlatformIsATag) {
  options_.tags = {std::string(128, 'a')};
  const Plan plan = PlanApp(
      absl::StrCat("    platforms: [linux/amd64, linux/arm/v7]\n", kNewKaniko));
  ASSERT_EQ(plan.images.size(), 1u);
  const std::string& tag = plan.images[0]->platforms[1]->spec.tags[0];
  EXPECT_EQ(tag, absl::StrCat(std::string(115, 'a'), "-linux-arm-v7"));
}

}  // namespace
}  // namespace ovenbird::plan
