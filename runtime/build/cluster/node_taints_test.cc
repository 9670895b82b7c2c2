#include "runtime/build/cluster/node_taints.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::build {
namespace {

TEST(NodeTaintsTest, EachOnceWithANode) {
  struct {
    const char* nodes;
    const char* text;
  } cases[] = {
      {"[]", ""},
      {R"([{"metadata":{"name":"a"},"spec":{}}])", ""},
      {R"([{"metadata":{"name":"a"},"spec":{"taints":[
            {"key":"soft","effect":"PreferNoSchedule"}]}}])",
       ""},
      {R"([{"metadata":{"name":"a"},"spec":{"taints":[
            {"key":"pool","value":"gpu","effect":"NoSchedule"}]}},
           {"metadata":{"name":"b"},"spec":{"taints":[
            {"key":"pool","value":"gpu","effect":"NoSchedule"},
            {"key":"control","effect":"NoExecute"}]}}])",
       "taints: control:NoExecute (node b), pool=gpu:NoSchedule (node a)"},
      {R"([{"metadata":{"name":"n"},"spec":{"taints":[
            {"key":"1","effect":"e"},{"key":"2","effect":"e"},
            {"key":"3","effect":"e"},{"key":"4","effect":"e"},
            {"key":"5","effect":"e"},{"key":"6","effect":"e"}]}}])",
       "taints: 1:e (node n), 2:e (node n), 3:e (node n), 4:e (node n), "
       "5:e (node n), ..."},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(DescribeTaints(
                  *json::Parse(absl::StrCat(R"({"items":)", test.nodes, "}"))),
              test.text);
  }
}

}  // namespace
}  // namespace ovenbird::build
