#include "runtime/dockerfile/secret_mounts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

using ::testing::ElementsAre;

// "STAGE ID", with "!" after a required one.
std::vector<std::string> Mounts(const std::string& text) {
  const SourceFile file("Dockerfile", text);
  diag::Collector ignored;
  std::vector<std::string> shown;
  for (const SecretMount& mount : SecretMounts(Parse(file, ignored))) {
    EXPECT_EQ(file.text().substr(mount.span.begin, 7), "--mount");
    shown.push_back(
        absl::StrCat(mount.stage, " ", mount.id, mount.required ? "!" : ""));
  }
  return shown;
}

TEST(SecretMountsTest, OfAllStages) {
  EXPECT_THAT(
      Mounts("FROM a\n"
             "RUN --mount=type=secret,id=one --mount=type=cache,target=/c x\n"
             "RUN --mount=TYPE=Secret,ID=two,required x\n"
             "ONBUILD RUN --mount=type=secret,id=three,required=true x\n"
             "FROM b\n"
             "RUN --mount=type=ssh,id=no --mount=type=secret,id=$V x\n"),
      ElementsAre("0 one", "0 two!", "0 three", "1 $V"));
}

TEST(SecretMountsTest, Ids) {
  const struct {
    const char* options;
    const char* id;
  } kCases[] = {
      {"id=a", "0 a"},
      {"src=b", "0 b"},
      {"source=b,target=/c", "0 b"},
      {"target=/run/secrets/c", "0 c"},
      {"dst=/d/", "0 d"},
      {"id=a,target=/c", "0 a"},
      {"id=a,required=false", "0 a"},
      {"id=a,required=1", "0 a!"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(Mounts(absl::StrCat("FROM a\nRUN --mount=type=secret,",
                                    c.options, " x\n")),
                ElementsAre(c.id))
        << c.options;
  }
}

TEST(SecretMountsTest, MistakesAreLeftOut) {
  EXPECT_THAT(Mounts("FROM a\nRUN --mount=type=secret x\n"), ElementsAre());
}

}  // namespace
}  // namespace ovenbird::dockerfile
