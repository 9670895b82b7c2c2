#include "runtime/kube/known_rights.h"

#include "gtest/gtest.h"

namespace ovenbird::kube {
namespace {

TEST(KnownRightsTest, ARefusalMayPassIfTheRightWasGranted) {
  KnownRights rights;
  EXPECT_FALSE(rights.MayBeGrantedSoon("a"));
  rights.NoteGranted("a");
  EXPECT_TRUE(rights.MayBeGrantedSoon("a"));
  EXPECT_FALSE(rights.MayBeGrantedSoon("b"));
}

TEST(KnownRightsTest, AfterAnOutageNothingIsSaidOfUnknownRights) {
  KnownRights rights;
  EXPECT_FALSE(rights.MayBeGrantedSoon("refused before"));
  rights.NoteOutage();
  EXPECT_FALSE(rights.MayBeGrantedSoon("refused before"));
  EXPECT_TRUE(rights.MayBeGrantedSoon("unknown"));
  EXPECT_TRUE(rights.MayBeGrantedSoon("unknown"));
}

TEST(KnownRightsTest, OneRightForAllObjectsOfAKind) {
  EXPECT_EQ(RightOf("GET", "/api/v1/namespaces/ns/pods/a/exec?stdin=true"),
            RightOf("GET", "/api/v1/namespaces/ns/pods/b/exec"));
  EXPECT_NE(RightOf("GET", "/api/v1/namespaces/ns/pods/a"),
            RightOf("GET", "/api/v1/namespaces/ns/pods"));
  EXPECT_NE(RightOf("GET", "/api/v1/namespaces/ns/pods/a"),
            RightOf("GET", "/api/v1/namespaces/other/pods/a"));
  EXPECT_NE(RightOf("POST", "/apis/batch/v1/namespaces/ns/jobs"),
            RightOf("DELETE", "/apis/batch/v1/namespaces/ns/jobs/j"));
}

TEST(KnownRightsTest, OtherRefusalsAreNoMissingRights) {
  EXPECT_TRUE(SaysRightIsMissing(
      "pods is forbidden: User \"u\" cannot create resource \"pods\" in API "
      "group \"\" in the namespace \"ns\""));
  EXPECT_FALSE(SaysRightIsMissing(
      "pods \"p\" is forbidden: exceeded quota: q, requested: pods=1"));
}

}  // namespace
}  // namespace ovenbird::kube
