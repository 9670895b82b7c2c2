#include "runtime/config/old_layout.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

// The tree in one line, each scalar with its line: {images: {a: {image: x@3}}}
std::string Show(const yaml::Node& node) {
  std::string out;
  switch (node.kind()) {
    case yaml::Kind::kNull:
      return "null";
    case yaml::Kind::kScalar:
      return absl::StrCat(node.scalar(), "@",
                          node.span().file->PositionAt(node.span().begin).line);
    case yaml::Kind::kSequence:
      for (const yaml::Node* item : node.items()) {
        absl::StrAppend(&out, out.empty() ? "" : ", ", Show(*item));
      }
      return absl::StrCat("[", out, "]");
    case yaml::Kind::kMapping:
      for (const yaml::Entry& entry : node.entries()) {
        absl::StrAppend(&out, out.empty() ? "" : ", ", entry.key(), ": ",
                        Show(*entry.value()));
      }
      return absl::StrCat("{", out, "}");
  }
  return out;
}

struct Case {
  const char* name;
  const char* in;
  const char* out;  // of image `a`, or of the top with a leading "top "
};

const Case kCases[] = {
    {"TagBecomesTags", "version: v1beta6\nimages:\n  a: {image: x, tag: t}\n",
     "{image: x@3, tags: [t@3]}"},
    {"EmptyTagIsNone",
     "version: v1beta6\nimages:\n  a: {image: x, tag: \"\"}\n", "{image: x@3}"},
    {"NullTagIsNone", "version: v1beta6\nimages:\n  a: {image: x, tag: }\n",
     "{image: x@3}"},
    {"TagIsNotMovedOntoTags",
     "version: v1beta6\nimages:\n  a: {tag: t, tags: [u]}\n",
     "{tag: t@3, tags: [u@3]}"},
    {"TagIsUnknownFromV1Beta7",
     "version: v1beta7\nimages:\n  a: {image: x, tag: t}\n",
     "{image: x@3, tag: t@3}"},
    {"KanikoFlags",
     "version: v1beta7\nimages:\n  a:\n    build:\n      kaniko:\n"
     "        flags: [f]\n        cache: false\n",
     "{build: {kaniko: {cache: false@7, args: [f@6]}}}"},
    {"KanikoFlagsStayInV1Beta8",
     "version: v1beta8\nimages:\n  a: {build: {kaniko: {flags: [f]}}}\n",
     "{build: {kaniko: {flags: [f@3]}}}"},
    {"CustomFlags",
     "version: v1beta5\nimages:\n  a: {build: {custom: {flags: [f]}}}\n",
     "{build: {custom: {args: [f@3]}}}"},
    {"CustomFlagsStayInV1Beta6",
     "version: v1beta6\nimages:\n  a: {build: {custom: {flags: [f]}}}\n",
     "{build: {custom: {flags: [f@3]}}}"},
    {"DockerfileAndContext",
     "version: v1beta1\nimages:\n  a: {build: {dockerfile: d, context: c}}\n",
     "{build: {}, dockerfile: d@3, context: c@3}"},
    {"DockerfilePathAndContextPath",
     "version: v1alpha2\nimages:\n  a:\n    build:\n      dockerfilePath: d\n"
     "      contextPath: c\n",
     "{build: {}, dockerfile: d@5, context: c@6}"},
    {"OptionsGoToDocker",
     "version: v1beta1\nimages:\n  a: {build: {options: {target: t}}}\n",
     "{build: {docker: {options: {target: t@3}}}}"},
    {"OptionsGoToKaniko",
     "version: v1beta1\nimages:\n  a: {build: {kaniko: {}, options: {target: "
     "t}}}\n",
     "{build: {kaniko: {options: {target: t@3}}}}"},
    {"InsecureMakesKaniko",
     "version: v1beta1\nimages:\n  a: {image: x, insecure: true}\n",
     "{image: x@3, build: {kaniko: {insecure: true@3}}}"},
    {"SkipPushMakesDocker",
     "version: v1alpha4\nimages:\n  a: {image: x, skipPush: true, build: }\n",
     "{image: x@3, build: {docker: {skipPush: true@3}}}"},
    {"NoneOfThisInV1Beta2",
     "version: v1beta2\nimages:\n  a: {insecure: true}\n",
     "{insecure: true@3}"},
    {"NameAndRegistry",
     "version: v1alpha1\nregistries:\n  r: {url: reg.io/p}\nimages:\n"
     "  a: {name: x, registry: r, autoReload: {disabled: true}}\ntiller: {}\n"
     "devSpace: {}\ncluster: {}\ninternalRegistry: {}\n",
     "top {version: v1alpha1@1, images: {a: {image: reg.io/p/x@5}}}"},
    {"NameWithoutRegistry", "version: v1alpha1\nimages:\n  a: {name: x}\n",
     "{image: x@3}"},
    {"UnknownRegistryIsLeftToTheDecoder",
     "version: v1alpha1\nimages:\n  a: {name: x, registry: r}\n",
     "{registry: r@3, image: x@3}"},
    {"Cluster", "version: v1beta2\ncluster: {namespace: n}\n",
     "top {version: v1beta2@1}"},
    {"ClusterStaysInV1Beta3", "version: v1beta3\ncluster: {}\n",
     "top {version: v1beta3@1, cluster: {}}"},
    {"PresentLayoutIsUntouched",
     "version: v1beta9\nimages:\n  a: {tag: t, insecure: true}\n",
     "{tag: t@3, insecure: true@3}"},
    {"NoVersionIsThePresentOne", "images:\n  a: {tag: t}\n", "{tag: t@2}"},
    {"UnknownVersionIsLeftToTheDecoder",
     "version: v9\nimages:\n  a: {tag: t}\n", "{tag: t@3}"},
    // Wrong types are the decoder's.
    {"ImagesAreNoMapping", "version: v1beta1\nimages: [a]\n",
     "top {version: v1beta1@1, images: [a@2]}"},
    {"ImageIsNoMapping", "version: v1beta1\nimages:\n  a: x\n", "x@3"},
    {"BuildIsNoMapping",
     "version: v1beta1\nimages:\n  a: {build: x, insecure: true}\n",
     "{build: x@3, insecure: true@3}"},
    {"KanikoIsNoMapping",
     "version: v1beta1\nimages:\n  a: {build: {kaniko: x}, insecure: true}\n",
     "{build: {kaniko: x@3}, insecure: true@3}"},
};

class OldLayoutTest : public testing::TestWithParam<Case> {};

TEST_P(OldLayoutTest, Moves) {
  SourceFile file("devspace.yaml", GetParam().in);
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* root = yaml::Parse(file, arena, sink);
  ASSERT_NE(root, nullptr);
  const yaml::Node* moved = ToPresentLayout(root, arena);
  ASSERT_NE(moved, nullptr);
  EXPECT_FALSE(HasNewerLayout(*root, sink));
  std::string want = GetParam().out;
  if (want.rfind("top ", 0) == 0) {
    EXPECT_EQ("top " + Show(*moved), want);
    return;
  }
  ASSERT_NE(moved->Find("images"), nullptr);
  const yaml::Node* image = moved->Find("images")->Find("a");
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(Show(*image), want);
}

INSTANTIATE_TEST_SUITE_P(All, OldLayoutTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(OldLayout, RefusesLaterOnes) {
  const std::pair<const char*, const char*> kVersions[] = {
      {"v1beta10", "5"}, {"v1beta11", "5"}, {"v2beta1", "6"}};
  for (const auto& [version, product] : kVersions) {
    SourceFile file("devspace.yaml", absl::StrCat("version: ", version));
    yaml::Arena arena;
    diag::Collector sink;
    const yaml::Node* root = yaml::Parse(file, arena, sink);
    ASSERT_NE(root, nullptr);
    EXPECT_TRUE(HasNewerLayout(*root, sink));
    ASSERT_EQ(sink.diagnostics().size(), 1u) << version;
    const diag::Diagnostic& found = sink.diagnostics()[0];
    EXPECT_STREQ(found.rule->id, "newer-version");
    EXPECT_EQ(found.message, absl::StrCat("config version `", version,
                                          "` belongs to DevSpace ", product,
                                          ", which has another layout"));
    EXPECT_EQ(found.span.begin, 9u);
  }
}

TEST(OldLayout, PassesOverWhatIsNoMapping) {
  SourceFile file("devspace.yaml", "- a\n");
  yaml::Arena arena;
  diag::Collector sink;
  const yaml::Node* root = yaml::Parse(file, arena, sink);
  ASSERT_NE(root, nullptr);
  EXPECT_FALSE(HasNewerLayout(*root, sink));
  EXPECT_EQ(ToPresentLayout(root, arena), root);
}

}  // namespace
}  // namespace ovenbird::config
