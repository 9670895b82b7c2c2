#include "runtime/config/patch_path.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace ovenbird::config {
namespace {

struct Case {
  std::string path;
  std::string steps;  // each with what it covers, or the problem
};

TEST(ParsePatchPath, Table) {
  const std::vector<Case> cases = {
      {"a", "a<a>"},
      {"a.b", "a<a> b<b>"},
      {"a.b[0].c", "a<a> b<b> 0<0> c<c>"},
      {"a[0][1]", "a<a> 0<0> 1<1>"},
      {"[0]", "0<0>"},
      {"a[\"b.c/d\"].e", "a<a> b.c/d<b.c/d> e<e>"},
      {"a[b]", "a<a> b<b>"},
      {"a/b.c", "a<a> b<b> c<c>"},
      {"a.-", "a<a> -<->"},
      {"a.name=b", "a<a> name=b<name=b>"},
      {"/a/b/0", "a<a> b<b> 0<0>"},
      {"/a.b[0]", "a.b[0]<a.b[0]>"},
      {"/a~1b/c~0d", "a/b<a~1b> c~d<c~0d>"},
      {"/a/-", "a<a> -<->"},
      {"", "path is empty <>"},
      {"/", "path is empty </>"},
      {"a..b", "a step between two separators is missing <.>"},
      {".a", "a step between two separators is missing <.>"},
      {"a.", "a step between two separators is missing <.>"},
      {"a[0].", "a step between two separators is missing <.>"},
      {"/a//b", "a step between two separators is missing </>"},
      {"//a", "a step between two separators is missing </>"},
      {"/a/", "a step between two separators is missing </>"},
      {"a[0", "`[` has no `]` <[>"},
      {"a[]", "nothing in the brackets <[]>"},
      {"a[\"\"]", "nothing in the brackets <[\"\"]>"},
      {"a[0]b", "`.` expected after the bracket <b>"},
  };
  for (const Case& c : cases) {
    PatchPath path;
    const PatchPathProblem problem = ParsePatchPath(c.path, &path);
    std::string found =
        absl::StrJoin(path.steps, " ", [&c](std::string* out, const auto& s) {
          absl::StrAppend(out, s.text, "<",
                          c.path.substr(s.begin, s.end - s.begin), ">");
        });
    if (!problem.text.empty()) {
      found = absl::StrCat(
          problem.text, " <",
          c.path.substr(problem.begin, problem.end - problem.begin), ">");
    }
    EXPECT_EQ(found, c.steps) << c.path;
    if (problem.text.empty()) {
      EXPECT_EQ(path.is_pointer, c.path[0] == '/') << c.path;
    }
  }
}

}  // namespace
}  // namespace ovenbird::config
