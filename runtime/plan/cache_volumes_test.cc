#include "runtime/plan/cache_volumes.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

kube::RunMount Cache(const std::string& id, const std::string& target) {
  kube::RunMount mount;
  mount.id = id;
  mount.target = target;
  return mount;
}

class CacheVolumesTest : public ::testing::Test {
 protected:
  void Add(const std::string& name, const std::string& claim,
           const std::string& path) {
    config::CacheVolume volume;
    volume.claim = claim;
    volume.path = path;
    kaniko_.cache_volumes.emplace_back(name, volume);
  }
  void Keep() {
    KeepCaches("app", kaniko_, "/project", "Dockerfile", mounts_, problems_);
  }

  config::Kaniko kaniko_;
  std::vector<kube::RunMount> mounts_;
  diag::Collector problems_;
};

TEST_F(CacheVolumesTest, ByIdOrTarget) {
  mounts_ = {Cache("npm", "/a"), Cache("/b", "/b"), Cache("c", "/w/c"),
             Cache("other", "/d")};
  Add("npm", "npm-cache", "");
  Add("/b/", "", "cache/b");
  Add("/w/c", "", "/var/c");
  Keep();
  EXPECT_EQ(mounts_[0].claim, "npm-cache");
  EXPECT_EQ(mounts_[0].host_path, "");
  EXPECT_EQ(mounts_[1].host_path, "/project/cache/b");
  EXPECT_EQ(mounts_[2].host_path, "/var/c");
  EXPECT_EQ(mounts_[3].claim + mounts_[3].host_path, "");
  EXPECT_THAT(problems_.diagnostics(), IsEmpty());
  EXPECT_THAT(SharedVolumes(mounts_),
              ElementsAre("/project/cache/b", "/var/c", "npm-cache"));
}

TEST_F(CacheVolumesTest, AnEntryWithoutACache) {
  mounts_ = {Cache("npm", "/a")};
  mounts_.push_back(Cache("", "/t"));
  mounts_[1].kind = kube::RunMount::kMemory;
  Add("nmp", "npm-cache", "");
  Add("/t", "t", "");
  Keep();
  ASSERT_THAT(problems_.diagnostics(), SizeIs(2));
  EXPECT_STREQ(problems_.diagnostics()[0].rule->id, "cache-volume-unused");
  EXPECT_EQ(problems_.diagnostics()[0].message,
            "`Dockerfile` has no cache `nmp`");
  EXPECT_EQ(problems_.diagnostics()[0].label, "did you mean `npm`?");
  EXPECT_THAT(SharedVolumes(mounts_), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::plan
