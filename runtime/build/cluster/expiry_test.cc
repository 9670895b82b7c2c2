#include "runtime/build/cluster/expiry.h"

#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/config/config.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

kube::Manifest SomeManifest() {
  config::Kaniko kaniko;
  kaniko.image = "registry.example.com/kaniko:v1";
  kube::BuildSpec spec;
  spec.key = "app";
  spec.build_id = "0123456789";
  spec.image = "registry.example.com/app";
  spec.kaniko = &kaniko;
  kube::Manifest manifest = kube::MakeManifest(spec);
  manifest.pod.metadata->annotations.emplace_back("example.com/team", "a");
  return manifest;
}

TEST(ExpiryTest, TheJobIsNamedAndLabelledLikeThePod) {
  const kube::Manifest manifest = SomeManifest();
  const json::Value job = ExpiryJob(manifest, absl::Minutes(20));
  EXPECT_EQ(job["apiVersion"].string_or(), "batch/v1");
  EXPECT_EQ(job["kind"].string_or(), "Job");
  EXPECT_EQ(job.Get({"metadata", "name"}).string_or(),
            *manifest.pod.metadata->name);
  for (const auto& [name, value] : manifest.pod.metadata->labels) {
    EXPECT_EQ(job.Get({"metadata", "labels", name}).string_or(), value) << name;
  }
  EXPECT_EQ(
      job.Get({"metadata", "annotations", "example.com/team"}).string_or(),
      "a");
}

// Kueue queues a Job with the label.
TEST(ExpiryTest, TheJobWaitsInNoQueue) {
  kube::Manifest manifest = SomeManifest();
  manifest.pod.metadata->labels.emplace_back(kube::kQueueLabel, "builds");
  const json::Value job = ExpiryJob(manifest, absl::Minutes(20));
  EXPECT_TRUE(job.Get({"metadata", "labels", kube::kQueueLabel}).is_null());
  EXPECT_FALSE(job.Get({"metadata", "labels"}).members().empty());
}

// A Job with completions finishes when its pods have: this one must have none.
TEST(ExpiryTest, TheJobCreatesNoPodAndExpires) {
  struct Case {
    absl::Duration lifetime;
    int64_t seconds;
  };
  for (const Case& c :
       {Case{absl::Minutes(20), 1200}, Case{absl::Hours(24), 86400},
        Case{absl::Milliseconds(1500), 1}}) {
    const json::Value job = ExpiryJob(SomeManifest(), c.lifetime);
    const json::Value& spec = job["spec"];
    EXPECT_EQ(spec["ttlSecondsAfterFinished"], json::Value(c.seconds));
    EXPECT_EQ(spec["completions"], json::Value(0));
    EXPECT_EQ(spec["parallelism"], json::Value(0));
    const json::Value& pod = spec.Get({"template", "spec"});
    EXPECT_EQ(pod["restartPolicy"].string_or(), "Never");
    EXPECT_EQ(pod["containers"][0]["image"].string_or(),
              "registry.example.com/kaniko:v1");
  }
}

TEST(ExpiryTest, WhetherTheClusterHasAcceptedTheLifetime) {
  struct Case {
    const char* job;
    bool expires;
  };
  for (const Case& c :
       {Case{R"({"spec":{"ttlSecondsAfterFinished":1200}})", true},
        Case{R"({"spec":{"ttlSecondsAfterFinished":0}})", true},
        // Before Kubernetes 1.21 the API server drops the field.
        Case{R"({"spec":{"completions":0}})", false}, Case{"{}", false}}) {
    EXPECT_EQ(WillExpire(*json::Parse(c.job)), c.expires) << c.job;
  }
}

}  // namespace
}  // namespace ovenbird::build
