#include "runtime/build/cluster/sent_field.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/kube/pod_origins.h"

namespace ovenbird::build {
namespace {

constexpr char kPod[] = R"({
  "metadata": {"labels": {"team": "not a label"}},
  "spec": {
    "initContainers": [{"name": "context", "image": "busybox:1"}],
    "containers": [{
      "name": "kaniko", "image": "kaniko:1",
      "resources": {"limits": {"cpu": "0.5", "memory": "half"}},
      "env": [{"name": "A", "value": "1"}, {"name": "9A", "value": "2"}],
      "securityContext": {"runAsUser": 70000},
      "volumeMounts": [{"name": "v", "mountPath": "/one"},
                       {"name": "w", "mountPath": "/one"}]}],
    "tolerations": [{"key": "a", "operator": "Exists"},
                    {"key": "b", "operator": "Lt", "value": "1"},
                    {"key": "c", "operator": "Gt"}],
    "affinity": {"terms": [{"namespaces": ["Team"]}]}}})";

std::string Find(const std::string& field, const std::string& problem) {
  const absl::StatusOr<json::Value> pod = json::Parse(kPod);
  EXPECT_TRUE(pod.ok()) << pod.status();
  return absl::StrJoin(
      FindSentField(*pod, kube::ParseFieldPath(field), problem), "/");
}

TEST(SentFieldTest, WithoutAWebhookItIsTheFieldThatIsNamed) {
  struct Case {
    const char* field;
    const char* problem;
  };
  for (const Case& one : {
           Case{"metadata.labels", "Invalid value: \"not a label\": no"},
           Case{"spec.initContainers[0].image", "Invalid value: \"busybox:1\""},
           Case{"spec.containers[0].resources.limits[memory]",
                "Invalid value: \"half\": quantities must match"},
           // In canonical form.
           Case{"spec.containers[0].resources.limits[cpu]",
                "Invalid value: \"500m\": must be more"},
           // The server's default.
           Case{"spec.containers[0].resources.requests[cpu]",
                "Invalid value: \"500m\": must be less"},
           Case{"spec.containers[0].resources.limits[cpu]",
                "Invalid value: \"cpu\": must be a resource"},
           Case{"spec.containers[0].env[1].name",
                "Invalid value: \"9A\": a valid variable name"},
           Case{"spec.containers[0].securityContext.runAsUser",
                "Invalid value: 70000: must be less"},
           Case{"spec.containers[0].volumeMounts[1].mountPath",
                "Duplicate value: \"/one\""},
           Case{"spec.tolerations[1].operator",
                "Unsupported value: \"Lt\": supported values: \"Equal\""},
           Case{"spec.tolerations[0].effect", "Required value"},
           Case{"spec.tolerations[0].value", "Forbidden: may not be set"},
           Case{"spec.affinity.terms[0].namespace",
                "Invalid value: \"Team\": a lowercase label"},
       }) {
    EXPECT_EQ(Find(one.field, one.problem),
              absl::StrJoin(kube::ParseFieldPath(one.field), "/"))
        << one.problem;
  }
}

// The first container, variable, mount or toleration is a webhook's.
TEST(SentFieldTest, AnIndexThatCountsOthersIsCorrected) {
  struct Case {
    const char* field;
    const char* problem;
    const char* found;
  };
  for (const Case& one : {
           Case{"spec.initContainers[1].image",
                "Invalid value: \"busybox:1\": no",
                "spec/initContainers/0/image"},
           Case{"spec.containers[1].resources.limits[memory]",
                "Invalid value: \"half\": quantities must match",
                "spec/containers/0/resources/limits/memory"},
           Case{"spec.containers[2].env[4].name", "Invalid value: \"9A\": no",
                "spec/containers/0/env/1/name"},
           Case{"spec.tolerations[2].operator",
                "Unsupported value: \"Lt\": supported values: \"Equal\"",
                "spec/tolerations/1/operator"},
           // It is the webhook's own: it was not sent.
           Case{"spec.initContainers[0].image",
                "Invalid value: \"proxy:1 \": must not have spaces", ""},
           Case{"spec.containers[0].image", "Required value", ""},
           Case{"spec.containers[0].env[0].name", "Invalid value: \"0\": no",
                ""},
           // Which of the two mounts it is cannot be seen.
           Case{"spec.containers[1].volumeMounts[2].mountPath",
                "Duplicate value: \"/one\"", ""},
           // Nothing says what it is about.
           Case{"spec.containers[1].image", "Forbidden: no", ""},
           Case{"spec.tolerations[3].effect", "Required value", ""},
       }) {
    EXPECT_EQ(Find(one.field, one.problem), one.found) << one.field;
  }
}

TEST(SentFieldTest, Quotes) {
  for (const auto& [problem, quoted] :
       std::vector<std::pair<const char*, const char*>>{
           {"Invalid value: \"a \\\"b\\\" \\n\": no", "a \"b\" \n"},
           {"Unsupported value: \"Lt\": supported values: \"Equal\"", "Lt"},
           {"Not found: \"name\"", "name"},
           {"Invalid value: -1: must be more", "-1"},
           {"Invalid value: {\"name\":\"a\"}: no", ""},
           {"Required value", ""},
           {"Forbidden: \"a\" is not allowed", ""},
           {"no", ""},
       }) {
    EXPECT_EQ(QuotedValue(problem), quoted);
  }
}

}  // namespace
}  // namespace ovenbird::build
