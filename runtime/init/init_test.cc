#include "runtime/init/init.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/file.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/plan/check_project.h"
#include "runtime/report/text.h"
#include "tools/testing/temp_folder.h"

namespace ovenbird::init {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kPlain[] = "FROM busybox:1.36\n";

using Files = std::vector<std::pair<std::string, std::string>>;

class InitTest : public ::testing::Test {
 protected:
  InitTest() : folder_(fs::path(testing::NewFolder()) / "My Project") {
    fs::create_directories(folder_);
  }

  void Write(const Files& files) {
    for (const auto& [name, text] : files) {
      fs::create_directories((folder_ / name).parent_path());
      ASSERT_TRUE(WriteFile((folder_ / name).string(), text).ok());
    }
  }

  Initialized Make(const std::string& registry = "") {
    absl::StatusOr<Initialized> made = MakeConfig(folder_.string(), registry);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *std::move(made) : Initialized();
  }

  // What `validate` reports of the config in its folder, notes included.
  std::string ProblemsOf(const std::string& yaml) {
    config::LoadOptions options;
    options.path = (folder_ / "devspace.yaml").string();
    options.text = yaml;
    diag::Collector problems;
    absl::StatusOr<std::unique_ptr<config::Loaded>> loaded =
        config::Load(options, problems);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_TRUE(plan::CheckProject(**loaded, {}, problems).ok());
    return report::RenderText(problems.Sorted());
  }

  const fs::path folder_;
};

// Lines of the config that differ from image to image.
std::string Images(const std::string& yaml) {
  std::string images;
  std::string line;
  for (const char c : yaml.substr(yaml.find("images:\n") + 8)) {
    line += c;
    if (c != '\n') continue;
    const bool fixed = line.find("build:") != line.npos ||
                       line.find("kaniko") != line.npos ||
                       line.find("# tags") != line.npos;
    if (!fixed) images += line;
    line.clear();
  }
  return images;
}

struct Shape {
  const char* name;
  Files files;
  const char* images;
};

const Shape kShapes[] = {
    {"One",
     {{"Dockerfile", kPlain}},
     "  my-project:\n"
     "    image: registry.example.com/my-project\n"},
    {"SameFolderNames",
     {{"services/api/Dockerfile", kPlain}, {"tools/api/Dockerfile", kPlain}},
     "  services-api:\n"
     "    image: registry.example.com/my-project/services-api\n"
     "    context: services/api\n"
     "    dockerfile: services/api/Dockerfile\n"
     "  tools-api:\n"
     "    image: registry.example.com/my-project/tools-api\n"
     "    context: tools/api\n"
     "    dockerfile: tools/api/Dockerfile\n"},
    {"Variants",
     {{"Dockerfile", kPlain}, {"Dockerfile.dev", kPlain}},
     "  my-project:\n"
     "    image: registry.example.com/my-project/my-project\n"
     "  my-project-dev:\n"
     "    image: registry.example.com/my-project/my-project-dev\n"
     "    dockerfile: Dockerfile.dev\n"},
    {"SpacesAndQuotes",
     {{"My 'Web': #1/Dockerfile", kPlain}, {"${A}/Dockerfile", kPlain}},
     "  a:\n"
     "    image: registry.example.com/my-project/a\n"
     "    context: $${A}\n"
     "    dockerfile: $${A}/Dockerfile\n"
     "  my-web-1:\n"
     "    image: registry.example.com/my-project/my-web-1\n"
     "    context: \"My 'Web': #1\"\n"
     "    dockerfile: \"My 'Web': #1/Dockerfile\"\n"},
    // A key that YAML reads as a boolean, and one that it reads as a number.
    {"WordsOfYaml",
     {{"yes/Dockerfile", kPlain}, {"1.50/Dockerfile", kPlain}},
     "  \"1.50\":\n"
     "    image: registry.example.com/my-project/1.50\n"
     "    context: \"1.50\"\n"
     "    dockerfile: 1.50/Dockerfile\n"
     "  \"yes\":\n"
     "    image: registry.example.com/my-project/yes\n"
     "    context: \"yes\"\n"
     "    dockerfile: yes/Dockerfile\n"},
    {"Stages",
     {{"Dockerfile",
       "FROM busybox:1.36 AS build\nFROM busybox:1.36 AS run\n"
       "COPY --from=build /bin/sh /sh\n"}},
     "  my-project:\n"
     "    image: registry.example.com/my-project\n"
     "        # options:\n"
     "        #   target: run   # the default is the last stage; with names: "
     "build, run\n"},
    // The context is the folder that has the files.
    {"ContextAbove",
     {{"docker/web.dockerfile", "FROM busybox:1.36\nCOPY package.json src /\n"},
      {"package.json", "{}"},
      {"src/a", ""}},
     "  web:\n"
     "    image: registry.example.com/my-project\n"
     "    dockerfile: docker/web.dockerfile\n"},
    {"ContextInTheMiddle",
     {{"a/b/deploy/Dockerfile", "FROM busybox:1.36\nCOPY main.go /\n"},
      {"a/b/main.go", ""}},
     "  b:\n"
     "    image: registry.example.com/my-project\n"
     "    context: a/b\n"
     "    dockerfile: a/b/deploy/Dockerfile\n"},
    {"FilesOfAGroup",
     {{"docker/Dockerfile", "FROM busybox:1.36\nCOPY nginx.conf /\n"},
      {"docker/nginx.conf", ""}},
     "  my-project:\n"
     "    image: registry.example.com/my-project\n"
     "    context: docker\n"
     "    dockerfile: docker/Dockerfile\n"},
    {"WithoutFilesOfOthers",
     {{"Dockerfile", kPlain},
      {"node_modules/x/Dockerfile", kPlain},
      {"vendor/x/Dockerfile", kPlain},
      {"Dockerfile.j2", "{{ x }}"},
      {"Dockerfile.dockerignore", "*\n"}},
     "  my-project:\n"
     "    image: registry.example.com/my-project\n"},
};

class ShapesTest : public InitTest,
                   public ::testing::WithParamInterface<Shape> {};

TEST_P(ShapesTest, AreValid) {
  Write(GetParam().files);
  const Initialized made = Make();
  EXPECT_EQ(Images(made.yaml), GetParam().images);
  EXPECT_EQ(ProblemsOf(made.yaml), "") << made.yaml;
  EXPECT_THAT(made.left_out, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ShapesTest, ::testing::ValuesIn(kShapes),
                         [](const auto& info) { return info.param.name; });

TEST_F(InitTest, TheWholeText) {
  Write({{"Dockerfile", kPlain}});
  EXPECT_EQ(Make().yaml,
            "# What `ovenbird build` builds and pushes. `ovenbird explain "
            "images` lists all\n"
            "# options, `ovenbird explain kaniko.cache` explains one.\n"
            "#\n"
            "# Replace registry.example.com with the registry that you push "
            "to.\n"
            "images:\n"
            "  my-project:\n"
            "    image: registry.example.com/my-project\n"
            "    # tags: [latest]   # the default is computed from the "
            "content\n"
            "    build:\n"
            "      kaniko:\n"
            "        image: ghcr.io/osscontainertools/kaniko:v1.28.3\n");
}

TEST_F(InitTest, NamesFromTheFlag) {
  Write({{"Dockerfile", kPlain}});
  const Initialized made = Make("127.0.0.1:5000/team/");
  EXPECT_THAT(made.yaml, HasSubstr("image: 127.0.0.1:5000/team/my-project\n"));
  EXPECT_THAT(made.yaml, Not(HasSubstr("Replace")));
  EXPECT_EQ(made.names, NameSource::kFlag);
}

TEST_F(InitTest, NamesFromTheRemote) {
  Write({{"Dockerfile", kPlain},
         {".git/config",
          "[remote \"origin\"]\n\turl = git@github.com:Me/Shop.git\n"}});
  EXPECT_THAT(Make().yaml, HasSubstr("image: ghcr.io/me/shop\n"));
  EXPECT_EQ(Make().names, NameSource::kRemote);
  Write({{"api/Dockerfile", kPlain}});
  EXPECT_THAT(Make().yaml, HasSubstr("image: ghcr.io/me/shop/api\n"));
}

TEST_F(InitTest, LeavesOutWhatItCannotRead) {
  Write({{"Dockerfile", kPlain},
         {"a/Dockerfile", "FROM busybox\nCOPPY a b\n"},
         {"b/Dockerfile", "# nothing\n"}});
  const Initialized made = Make();
  EXPECT_EQ(made.images, 1u);
  EXPECT_THAT(made.left_out, ElementsAre(HasSubstr("`a/Dockerfile`: line 2: "),
                                         HasSubstr("`b/Dockerfile`: ")));
}

TEST_F(InitTest, WithoutADockerfile) {
  EXPECT_EQ(MakeConfig(folder_.string(), "").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(MakeConfig((folder_ / "missing").string(), "").ok());
}

// As git does: files in folders above count, too.
TEST_F(InitTest, IgnoredFiles) {
  const std::string git =
      absl::StrCat("git init --quiet '", folder_.string(), "'");
  ASSERT_EQ(std::system(git.c_str()), 0);
  Write({{".gitignore", "out/\n*.tmp\n!keep.tmp\n"},
         {"Dockerfile", kPlain},
         {"out/Dockerfile", kPlain},
         {"a/.gitignore", "/b\n"},
         {"a/b/Dockerfile", kPlain},
         {"a/c/Dockerfile", kPlain}});
  EXPECT_THAT(Images(Make().yaml), HasSubstr("dockerfile: a/c/Dockerfile"));
  EXPECT_EQ(Make().images, 2u);
}

}  // namespace
}  // namespace ovenbird::init
