// What is generated from each schema of this folder is what it was.
#include "tools/testing/golden.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird {
namespace {

constexpr char kFolder[] = "testdata/codegen/golden/";

constexpr const char* kSchemas[] = {
    "choice", "diagnostics", "editor",    "list",   "map",
    "nested", "objects",     "optional",  "output", "required",
    "rules",  "scalar",      "variables",
};

// NAME.golden.SUFFIX is the generated file NAMEPLACE.
struct Part {
  const char* place;
  const char* suffix;
};
constexpr Part kParts[] = {
    {".h", "h"},
    {".cc", "cc"},
    {".schema.json", "schema.json"},
    {".interface.txt", "interface.txt"},
    {"_docs/root.md", "md"},
    {"_docs/report.md", "md"},
    {"_docs/unknown-thing.md", "md"},
};

TEST(GoldenTest, GeneratedTextIsAsItWas) {
  int compared = 0;
  for (const char* schema : kSchemas) {
    for (const Part& part : kParts) {
      const std::string generated = absl::StrCat(kFolder, schema, part.place);
      if (!std::filesystem::exists(generated)) continue;
      std::stringstream text;
      text << std::ifstream(generated).rdbuf();
      testing::ExpectGolden(
          absl::StrCat(kFolder, schema, ".golden.", part.suffix), text.str());
      ++compared;
    }
  }
  // Header and source of all, a page of all but objects, the JSON Schema of the
  // configs and of the output, and what users rely on of some.
  EXPECT_EQ(compared, 13 * 2 + 12 + 11 + 5);
}

}  // namespace
}  // namespace ovenbird
