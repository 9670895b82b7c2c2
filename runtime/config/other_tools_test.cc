#include "runtime/config/other_tools.h"

#include <string>

#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

struct Case {
  const char* text;
  const char* says;  // empty: not a file of another tool
};

const Case kCases[] = {
    {"apiVersion: skaffold/v4beta6\nkind: Config\nbuild: {artifacts: []}\n",
     "this is a Skaffold file, not a `devspace.yaml`: it has `apiVersion` at "
     "the top"},
    {"apiVersion: v1\nkind: ConfigMap\n",
     "this is a Kubernetes file, not a `devspace.yaml`: it has `apiVersion` at "
     "the top"},
    {"version: '3'\nservices:\n  web: {build: .}\n",
     "this is a Compose file, not a `devspace.yaml`: it has `services` at the "
     "top"},
    {"apiVersion:\n",
     "this is a Kubernetes file, not a `devspace.yaml`: it has `apiVersion` at "
     "the top"},
    {"services: {}\nimages: {a: {image: b}}\n", ""},
    {"version: v1beta9\n", ""},
    {"- services\n", ""},
    {"services\n", ""},
};

TEST(OtherTools, AreNamed) {
  for (const Case& each : kCases) {
    const SourceFile file("a.yaml", each.text);
    yaml::Arena arena;
    diag::Collector sink;
    const yaml::Node* root = yaml::Parse(file, arena, sink);
    ASSERT_NE(root, nullptr);
    const std::string says = each.says;
    EXPECT_EQ(IsOfOtherTool(*root, sink), !says.empty()) << each.text;
    ASSERT_EQ(sink.diagnostics().size(), says.empty() ? 0u : 1u) << each.text;
    for (const diag::Diagnostic& found : sink.diagnostics()) {
      EXPECT_EQ(found.message, says);
    }
  }
}

}  // namespace
}  // namespace ovenbird::config
