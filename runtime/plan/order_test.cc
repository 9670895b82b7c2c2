#include "runtime/plan/order.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {
namespace {

OrderImage Image(const char* key, const char* image,
                 std::vector<std::string> tags,
                 const std::vector<std::string>& bases) {
  OrderImage result;
  result.key = key;
  result.image = image;
  result.tags = std::move(tags);
  for (const std::string& base : bases) result.bases.push_back({base, {}});
  return result;
}

OrderImage WithMirrors(OrderImage image, std::vector<std::string> mirrors) {
  image.mirrors = std::move(mirrors);
  return image;
}

Span NoSpan(absl::string_view) { return {}; }

struct Case {
  const char* name;
  std::vector<OrderImage> images;
  const char* order;  // "1 0,2 -": of each image what it waits for
  std::vector<std::string> problems = {};
};

class OrderTest : public testing::TestWithParam<Case> {};

TEST_P(OrderTest, Finds) {
  diag::Collector problems;
  std::vector<std::string> order;
  for (const ImageOrder& one : FindOrder(GetParam().images, NoSpan, problems)) {
    order.push_back(one.after.empty() ? "-" : absl::StrJoin(one.after, ","));
  }
  EXPECT_EQ(absl::StrJoin(order, " "), GetParam().order);
  std::vector<std::string> messages;
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    messages.push_back(problem.message);
  }
  EXPECT_EQ(messages, GetParam().problems);
}

INSTANTIATE_TEST_SUITE_P(
    All, OrderTest,
    testing::Values(
        Case{"OthersImages",
             {Image("a", "r.io/a", {"1"}, {"alpine", "golang:1.20"})},
             "-"},
        Case{"SameTag",
             {Image("app", "r.io/app", {"1"}, {"r.io/base:2"}),
              Image("base", "r.io/base", {"1", "2"}, {})},
             "1 -"},
        Case{"OtherTag",
             {Image("app", "r.io/app", {"1"}, {"r.io/base:3"}),
              Image("base", "r.io/base", {"1", "2"}, {})},
             "- -"},
        Case{
            "Digest",
            {Image("app", "r.io/app", {"1"},
                   {"r.io/base:1@sha256:"
                    "0123456789012345678901234567890123456789012345678901234567"
                    "890123"}),
             Image("base", "r.io/base", {"1"}, {})},
            "- -"},
        Case{"DockerHubsLongNames",
             {Image("app", "john/app", {"1"}, {"docker.io/library/base:1"}),
              Image("base", "base", {"1"}, {})},
             "1 -"},
        Case{"AtAMirrorOfDockerHub",
             {WithMirrors(Image("app", "r.io/app", {"1"}, {"base:1"}),
                          {"other.io", "r.io/hub"}),
              Image("base", "r.io/hub/library/base", {"1"}, {})},
             "1 -"},
        Case{"AMirrorIsForDockerHubAlone",
             {WithMirrors(Image("app", "r.io/app", {"1"}, {"quay.io/base:1"}),
                          {"r.io"}),
              Image("base", "r.io/base", {"1"}, {})},
             "- -"},
        Case{"NoTagIsLatest",
             {Image("app", "r.io/app", {"1"}, {"r.io/base"}),
              Image("base", "r.io/base", {"1", "latest"}, {})},
             "1 -"},
        Case{"NoTagAndNoLatest",
             {Image("app", "r.io/app", {"1"}, {"r.io/base"}),
              Image("base", "r.io/base", {"1", "2"}, {})},
             "1 -",
             {"`r.io/base` means its tag `latest`, which this run does not "
              "push: "
              "image `base` gets `1`, `2`"}},
        Case{"OwnRepository",
             {Image("app", "r.io/app", {"1"}, {"r.io/app:1", "r.io/app"})},
             "-"},
        Case{"OneRepositoryForTwoImages",
             {Image("dev", "r.io/app", {"dev"}, {"r.io/app:prod"}),
              Image("prod", "r.io/app", {"prod"}, {"r.io/app"})},
             "1 -"},
        Case{"Several",
             {Image("a", "r.io/a", {"1"}, {"r.io/c:1", "r.io/b:1", "r.io/c:1"}),
              Image("b", "r.io/b", {"1"}, {"r.io/c:1"}),
              Image("c", "r.io/c", {"1"}, {})},
             "1,2 2 -"},
        Case{"NotAName",
             {Image("a", "r.io/a", {"1"}, {"Not A Name"}),
              Image("b", "r.io/b", {"1"}, {})},
             "- -"},
        Case{"Circle",
             {Image("x", "r.io/x", {"1"}, {"r.io/b:1"}),
              Image("a", "r.io/a", {"1"}, {"r.io/c:1"}),
              Image("b", "r.io/b", {"1"}, {"r.io/a:1"}),
              Image("c", "r.io/c", {"1"}, {"r.io/b:1"})},
             "2 3 1 2",
             {"images are built from each other: `a` from `c` from `b` from "
              "`a`"}}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

// Which image of the run each base is: "-" none.
TEST(OrderTest, TellsWhatIsBuiltHere) {
  diag::Collector problems;
  const std::vector<ImageOrder> order = FindOrder(
      {Image(
           "app", "r.io/app", {"1"},
           {"alpine", "r.io/base:1", "r.io/base", "r.io/app:1", "r.io/app:2"}),
       Image("base", "r.io/base", {"1"}, {})},
      NoSpan, problems);
  std::vector<std::string> bases;
  for (const std::optional<size_t>& base : order[0].bases) {
    bases.push_back(base ? absl::StrCat(*base) : "-");
  }
  EXPECT_EQ(absl::StrJoin(bases, " "), "- 1 - 0 -");
  EXPECT_EQ(order[0].after, std::vector<size_t>{1});
}

}  // namespace
}  // namespace ovenbird::plan
