#include "runtime/rewrite/add_checksum.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "runtime/rewrite/base_image.h"
#include "runtime/rewrite/testing/over_base.h"

namespace ovenbird::rewrite {
namespace {

struct Case {
  const char* name;
  const char* lines;  // after FROM; "SUM" is a SHA-256
  const char* sent;   // "": unchanged, and reported
  bool has_tool = true;
};

class AddChecksumTest : public ::testing::TestWithParam<Case> {};

TEST_P(AddChecksumTest, Sends) {
  BaseImage base = testing::UsualBase();
  base.user = "";
  if (GetParam().has_tool) {
    ImageFiles files = *base.files;
    files.entries["/bin/sha256sum"] = ImageFile{};
    base.files = std::make_shared<const ImageFiles>(std::move(files));
  }
  const auto text = [](const char* lines) {
    return absl::StrReplaceAll(absl::StrCat("FROM base\n", lines),
                               {{"SUM", std::string(64, '7')}});
  };
  const bool reported = *GetParam().sent == '\0';
  const testing::Outcome outcome =
      testing::RewriteOver({&base}, text(GetParam().lines));
  EXPECT_EQ(outcome.text, text(reported ? GetParam().lines : GetParam().sent));
  EXPECT_EQ(absl::StrJoin(outcome.reports, "; "),
            reported ? "kaniko v1.24.0 ignores `--checksum`" : "");
}

const Case kCases[] = {
    {"File", "ADD --checksum=sha256:SUM https://h/a /x\n",
     "ADD https://h/a /x\nRUN echo \"SUM  /x\" | sha256sum -c -\n"},
    {"Folder",
     "WORKDIR /w\nADD --checksum=sha256:SUM --chmod=600 https://h/a ./\n",
     "WORKDIR /w\nADD --chmod=600 https://h/a ./\n"
     "RUN echo \"SUM  /w/a\" | sha256sum -c -\n"},
    {"FolderAndQuery", "ADD --checksum=sha256:SUM https://h/a?b /x/\n", ""},
    {"OddName", "ADD --checksum=sha256:SUM https://h/a /x$(id)\n", ""},
    {"User", "USER app\nADD --checksum=sha256:SUM https://h/a /x\n", ""},
    {"Shell", "SHELL [\"/bin/x\"]\nADD --checksum=sha256:SUM https://h/a /x\n",
     ""},
    {"NoTool", "ADD --checksum=sha256:SUM https://h/a /x\n", "", false},
};

INSTANTIATE_TEST_SUITE_P(All, AddChecksumTest, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ovenbird::rewrite
