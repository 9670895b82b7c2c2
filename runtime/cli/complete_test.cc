#include "runtime/cli/complete.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/cli/command_line.h"
#include "runtime/cli/options.h"

namespace ovenbird::cli {
namespace {

using Words = std::vector<std::string>;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

CompletionSources Sources() {
  CompletionSources sources;
  sources.images = [] { return Words{"api", "app", "web"}; };
  sources.profiles = [] { return Words{"production"}; };
  sources.variables = [] { return Words{"TAG"}; };
  sources.messages = [] { return Words{"unknown-field", "unknown-value"}; };
  sources.options = [] { return Words{"images", "version"}; };
  return sources;
}

Words Offered(const Words& words) {
  Words offered;
  for (const Candidate& one :
       Complete(DescribeCommandLine(), words, Sources()).candidates) {
    offered.push_back(one.word);
  }
  return offered;
}

struct Case {
  Words words;
  Words offers;
};

const Case kCases[] = {
    {{"v"}, {"validate", "version"}},
    {{"zzz"}, {}},
    {{"zzz", ""}, {}},
    {{"build", ""}, {"api", "app", "web"}},
    {{"build", "ap"}, {"api", "app"}},
    // An image that is named already is not offered again.
    {{"build", "api", "ap"}, {"app"}},
    {{"build", "--tag", "ap", "ap"}, {"api", "app"}},
    {{"build", "--engine", ""}, {"auto", "kubernetes", "local"}},
    {{"build", "--engine=l"}, {"--engine=local"}},
    {{"build", "--nosuch=l"}, {}},
    {{"build", "-p", ""}, {"production"}},
    {{"build", "--profile", "x", "w"}, {"web"}},
    {{"build", "--var", ""}, {"TAG="}},
    {{"build", "--kube-c"}, {"--kube-context"}},
    {{"build", "--strict", "--stri"}, {}},
    {{"build", "--tag", "a", "--ta"}, {"--target", "--tag"}},
    {{"validate", "--rule", "unknown-f"}, {"unknown-field="}},
    {{"validate", "--rule", "unknown-field=w"}, {"unknown-field=warning"}},
    {{"validate", "--rule=unknown-field=w"}, {"--rule=unknown-field=warning"}},
    {{"validate", "--fix=a"}, {"--fix=all"}},
    // A word after --fix is a file, not its value.
    {{"validate", "--fix", ""}, {}},
    {{"completion", ""}, {"bash", "zsh", "fish"}},
    {{"completion", "bash", ""}, {}},
    {{"explain", "unknown-f"}, {"unknown-field"}},
    {{"explain", "ver"}, {"version"}},
    {{"version", ""}, {}},
};

TEST(CompleteTest, Words) {
  for (const Case& one : kCases) {
    EXPECT_THAT(Offered(one.words), ElementsAreArray(one.offers))
        << ::testing::PrintToString(one.words);
  }
}

TEST(CompleteTest, EveryVerbAndFlag) {
  const CommandLine all = DescribeCommandLine();
  EXPECT_EQ(Offered({""}).size(), all.verbs.size());
  for (const VerbInfo& verb : all.verbs) {
    EXPECT_GE(Offered({verb.name, "--"}).size(), verb.flags.size());
  }
}

TEST(CompleteTest, FilesAndSpaces) {
  const CommandLine all = DescribeCommandLine();
  const auto files = [&](const Words& words) {
    return Complete(all, words, Sources()).files;
  };
  EXPECT_TRUE(files({"build", "--config", ""}));
  EXPECT_TRUE(files({"build", "--config=dev"}));
  EXPECT_TRUE(files({"validate", "--fix", ""}));
  EXPECT_TRUE(files({"build", "--output", "x"}));
  EXPECT_FALSE(files({"build", ""}));
  EXPECT_FALSE(files({"build", "--tag", ""}));
  EXPECT_TRUE(Complete(all, {"build", "--var", ""}, Sources()).no_space);
  EXPECT_FALSE(
      Complete(all, {"validate", "--rule", "a=n"}, Sources()).no_space);
}

TEST(CompleteTest, TheConfigOfTheCommand) {
  EXPECT_EQ(ConfigOf(Words{"build", ""}), "");
  EXPECT_EQ(ConfigOf(Words{"build", "--config", "a", ""}), "a");
  EXPECT_EQ(ConfigOf(Words{"build", "-c", "a", "b"}), "a");
  EXPECT_EQ(ConfigOf(Words{"build", "--config=a", ""}), "a");
  // The word that is completed is not yet a value.
  EXPECT_EQ(ConfigOf(Words{"build", "--config", "a"}), "");
  EXPECT_EQ(ConfigOf(Words{}), "");
}

TEST(CompleteTest, WithoutSources) {
  EXPECT_THAT(Complete(DescribeCommandLine(), {"build", ""}, {}).candidates,
              IsEmpty());
}

}  // namespace
}  // namespace ovenbird::cli
