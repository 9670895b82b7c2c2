// The config's check of image names and the parser that plans are made with
// take the same names: a valid config has no image that a plan refuses.
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/config/format.h"
#include "runtime/registry/reference.h"

namespace ovenbird::plan {
namespace {

// Pieces of names, right and wrong.
std::string RandomName(std::mt19937& random) {
  static const auto& pieces = *new std::vector<std::string>{
      "a",
      "b1",
      "John",
      "localhost",
      "LOCALHOST",
      "reg.example.com",
      "REG",
      "/",
      "/",
      "/",
      ".",
      ":",
      ":5000",
      ":v1",
      "-",
      "--",
      "_",
      "__",
      "___",
      "..",
      "[::1]",
      "[ab]",
      "[",
      "]",
      "@",
      " ",
      "\u00e9",
      "0",
      "A",
      "a.b_c",
      std::string(64, 'a'),
      absl::StrCat("@sha256:", std::string(64, '0'))};
  std::string name;
  for (size_t left = random() % 6 + 1; left > 0; --left) {
    name += pieces[random() % pieces.size()];
  }
  return name;
}

TEST(ImageNamesTest, TheConfigAndThePlanAgree) {
  std::mt19937 random(1);
  int names = 0;
  int references = 0;
  for (int i = 0; i < 200000; ++i) {
    const std::string name = RandomName(random);
    const absl::StatusOr<registry::Reference> parsed =
        registry::ParseReference(name);
    const std::string reference =
        config::FormatProblem(config::Format::kImageReference, name);
    // The parser counts the repository's characters, the config the name's.
    if (name.size() > 255) continue;
    EXPECT_EQ(reference.empty(), parsed.ok())
        << name << ": " << reference << ", " << parsed.status();
    const std::string bare =
        config::FormatProblem(config::Format::kImageName, name);
    EXPECT_EQ(bare.empty(),
              parsed.ok() && parsed->tag.empty() && parsed->digest.empty())
        << name << ": " << bare << ", " << parsed.status();
    names += bare.empty() ? 1 : 0;
    references += reference.empty() ? 1 : 0;
  }
  EXPECT_GT(names, 1000);
  EXPECT_GT(references, names + 1000);
}

}  // namespace
}  // namespace ovenbird::plan
