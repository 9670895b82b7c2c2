#include "runtime/config/from_json.h"

#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "testdata/codegen/objects.h"

namespace ovenbird::config {
namespace {

using testdata::objects::Pod;

TEST(FromJsonTest, TakesWhatFitsAndPassesOverTheRest) {
  struct Case {
    const char* json;
    const char* want;  // written again
  };
  const Case kCases[] = {
      {"{}", R"({"apiVersion":"v1","kind":"Pod","items":[]})"},
      {"[]", R"({"apiVersion":"v1","kind":"Pod","items":[]})"},
      {"null", R"({"apiVersion":"v1","kind":"Pod","items":[]})"},
      {R"({"kind":"Job","unknown":[{}],"hostIPC":true})",
       R"({"apiVersion":"v1","kind":"Job","hostIPC":true,"items":[]})"},
      {R"({"kind":5,"hostIPC":"yes","deadline":1.5,"metadata":[]})",
       R"({"apiVersion":"v1","kind":"Pod","items":[]})"},
      {R"({"deadline":9007199254740993,"weight":2})",
       R"({"apiVersion":"v1","kind":"Pod","deadline":9007199254740993,"weight":2,"items":[]})"},
      {R"({"metadata":{"name":"a","labels":{"b":"c","d":5,"a":"e"}}})",
       R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"b":"c","a":"e"}},"items":[]})"},
      {R"({"containers":[{"name":"a","policy":"Never","exitCode":137},"x",{"policy":"Maybe","exitCode":4294967296}]})",
       R"({"apiVersion":"v1","kind":"Pod","containers":[{"name":"a","policy":"Never","exitCode":137},{}],"items":[]})"},
      {R"({"affinity":{"a":[1,null]},"items":[1,{"b":null}]})",
       R"({"apiVersion":"v1","kind":"Pod","affinity":{"a":[1,null]},"items":[1,{"b":null}]})"},
      {R"({"emptyDir":{"medium":"Memory"}})",
       R"({"apiVersion":"v1","kind":"Pod","items":[],"emptyDir":{}})"},
  };
  for (const Case& c : kCases) {
    Pod pod;
    FromJson(*json::Parse(c.json), &pod);
    EXPECT_EQ(ToJson(pod), c.want) << c.json;
    Pod again;
    FromJson(*json::Parse(ToJson(pod)), &again);
    EXPECT_TRUE(again == pod) << c.json;
  }
}

TEST(FromJsonTest, DifferencesAreSeen) {
  Pod a;
  FromJson(*json::Parse(R"({"metadata":{"labels":{"a":"b"}}})"), &a);
  for (const char* other :
       {R"({})", R"({"metadata":{}})", R"({"metadata":{"labels":{"a":"c"}}})",
        R"({"metadata":{"labels":{"b":"b"}}})",
        R"({"metadata":{"labels":{"a":"b","c":"d"}}})"}) {
    Pod b;
    FromJson(*json::Parse(other), &b);
    EXPECT_FALSE(a == b) << other;
  }
}

}  // namespace
}  // namespace ovenbird::config
