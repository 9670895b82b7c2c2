#include "runtime/doctor/user_namespaces.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/doctor/finding.h"

namespace ovenbird::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPod[] = R"({"spec":{"hostUsers":false}})";

json::Value Json(absl::string_view text) { return *json::Parse(text); }

std::string Node(absl::string_view name, absl::string_view handlers) {
  return absl::StrCat(R"({"metadata":{"name":")", name,
                      R"(","labels":{"kubernetes.io/os":"linux"}},"status":{
                      "nodeInfo":{"containerRuntimeVersion":"containerd://1.6",
                      "kubeletVersion":"v1.37.1","kernelVersion":"6.1.0"})",
                      handlers, "}}");
}

constexpr char kBoth[] = R"(,"runtimeHandlers":[
    {"name":"","features":{"userNamespaces":false}},
    {"name":"crun","features":{"userNamespaces":true}}])";
constexpr char kGood[] = R"(,"runtimeHandlers":[
    {"name":"","features":{"userNamespaces":true}}])";

Finding Check(absl::string_view pod, const std::string& nodes) {
  return CheckUserNamespaces("pod of a", Json(pod),
                             Json(absl::StrCat("{\"items\":[", nodes, "]}")));
}

TEST(UserNamespacesTest, NodesThatHaveThem) {
  const Finding finding = Check(kPod, Node("a", kGood));
  EXPECT_EQ(finding.state, State::kOk);
  EXPECT_THAT(finding.details, IsEmpty());
}

TEST(UserNamespacesTest, NoNodeHasThem) {
  const Finding finding =
      Check(kPod, absl::StrCat(Node("old", ""), ",", Node("b", kBoth)));
  EXPECT_EQ(finding.state, State::kError);
  EXPECT_EQ(finding.text, "no node runs pods in user namespaces");
  EXPECT_THAT(
      finding.details,
      ElementsAre("node `old`: containerd://1.6, kubelet v1.37.1, Linux 6.1.0",
                  "node `b`: containerd://1.6, kubelet v1.37.1, Linux 6.1.0"));
  EXPECT_THAT(finding.next, HasSubstr("containerd 2.0"));
}

TEST(UserNamespacesTest, SomeNodesHaveThem) {
  const Finding finding =
      Check(kPod, absl::StrCat(Node("old", ""), ",", Node("new", kGood)));
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_EQ(finding.text, "1 of 2 nodes run no pods in user namespaces");
}

// Which of the handlers is the class's, only the cluster knows.
TEST(UserNamespacesTest, ARuntimeClassMayHaveThem) {
  EXPECT_EQ(Check(R"({"spec":{"hostUsers":false,"runtimeClassName":"x"}})",
                  Node("b", kBoth))
                .state,
            State::kOk);
}

TEST(UserNamespacesTest, AServerThatDropsTheFieldIsAWarning) {
  const Finding finding = Check(R"({"spec":{}})", Node("a", kGood));
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_THAT(finding.text, HasSubstr("ignores `hostUsers: false`"));
}

TEST(UserNamespacesTest, NodesThatCannotBeListed) {
  const Finding finding = CheckUserNamespaces(
      "pod of a", Json(kPod), absl::PermissionDeniedError("no"));
  EXPECT_EQ(finding.state, State::kWarning);
  EXPECT_THAT(finding.text, HasSubstr("not checked"));
}

}  // namespace
}  // namespace ovenbird::doctor
