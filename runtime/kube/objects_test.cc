#include "runtime/kube/objects.h"

#include "gtest/gtest.h"
#include "runtime/base/json.h"

namespace ovenbird::kube {
namespace {

// A pod as the API server has it, with members that the schema does not know.
constexpr char kPod[] = R"json({
  "kind": "Pod",
  "apiVersion": "v1",
  "metadata": {
    "name": "build-1",
    "uid": "6b1e",
    "managedFields": [{"manager": "x"}],
    "labels": {"a": "b", "c": "d"}
  },
  "spec": {
    "containers": [{"name": "kaniko", "image": "executor", "args": ["--x", 5]}],
    "volumes": [{"name": "context", "emptyDir": {}}],
    "restartPolicy": "Never",
    "nodeName": 17
  }
})json";

TEST(ObjectsTest, ReadsWhatItKnowsAndWritesItInTheSchemasOrder) {
  Pod pod;
  FromJson(*json::Parse(kPod), &pod);
  EXPECT_EQ(ToJson(pod),
            R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"build-1",)"
            R"("labels":{"a":"b","c":"d"},"uid":"6b1e"},)"
            R"("spec":{"restartPolicy":"Never",)"
            R"("containers":[{"name":"kaniko","image":"executor",)"
            R"("args":["--x"]}],)"
            R"("volumes":[{"name":"context","emptyDir":{}}]}})");
  Pod again;
  FromJson(*json::Parse(ToJson(pod)), &again);
  EXPECT_TRUE(again == pod);
}

TEST(ObjectsTest, WritesAnEmptyListWhereTheWireWantsOne) {
  EXPECT_EQ(ToJson(List()), R"({"items":[]})");
  EXPECT_EQ(ToJson(PodList()), "{}");
}

}  // namespace
}  // namespace ovenbird::kube
