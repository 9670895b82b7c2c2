#include "runtime/kube/pod_origins.h"

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/base/json.h"
#include "runtime/base/writer.h"
#include "runtime/config/config.h"
#include "runtime/config/load.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/objects.h"
#include "runtime/yaml/node.h"

namespace ovenbird::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Options that decide no field of the pod by themselves: kaniko's arguments,
// the names of files, which files the pod gets.
const std::set<std::string>& OptionsWithoutAField() {
  static const auto& options = *new std::set<std::string>{
      "args",
      "cache",
      "contextRepo",
      "contextTransfer",
      "insecure",
      "options.buildArgs",
      "options.target",
      "registryMirrors",
      "rewriteDockerfile",
      "skipPullSecretMount",
      "snapshotMode",
  };
  return options;
}

// Values that the pod has in another form: seconds, modes in decimal.
bool HasOtherForm(const std::string& path) {
  return path == "timeout" || absl::EndsWith(path, "ode");
}

// A field of the pod as the server names it, with its value.
struct Leaf {
  std::string field;
  std::string value;
};

void FindLeaves(const json::Value& value, const std::string& field,
                std::vector<Leaf>& leaves) {
  if (const json::Array* items = value.as_array()) {
    for (size_t i = 0; i < items->size(); ++i) {
      FindLeaves((*items)[i], absl::StrCat(field, "[", i, "]"), leaves);
    }
    return;
  }
  for (const json::Member& member : value.members()) {
    // The server writes keys of maps in brackets, and these have no others.
    const bool is_key = absl::EndsWith(field, "labels") ||
                        absl::EndsWith(field, "annotations") ||
                        absl::EndsWith(field, "Labels") ||
                        absl::EndsWith(field, "nodeSelector") ||
                        absl::EndsWith(field, "limits") ||
                        absl::EndsWith(field, "requests");
    FindLeaves(
        member.second,
        is_key ? absl::StrCat(field, "[", member.first, "]")
               : absl::StrCat(field, field.empty() ? "" : ".", member.first),
        leaves);
  }
  if (!value.members().empty()) return;
  leaves.push_back({field, value.as_string() != nullptr ? *value.as_string()
                                                        : json::Write(value)});
}

// The values of the `kaniko` object by their path.
void FindOptions(const yaml::Node& node, const std::string& path,
                 std::set<std::string>& options) {
  for (size_t i = 0; i < node.items().size(); ++i) {
    FindOptions(*node.items()[i], absl::StrCat(path, "/", i), options);
  }
  for (const yaml::Entry& entry : node.entries()) {
    FindOptions(*entry.value(), absl::StrCat(path, "/", entry.key()), options);
  }
  if (node.is_scalar()) options.insert(path.substr(1));
}

const yaml::Node* Find(const yaml::Node* node, const FieldPath& path) {
  for (const std::string& step : path) {
    if (node == nullptr) return nullptr;
    size_t index = 0;
    if (node->is_sequence() && absl::SimpleAtoi(step, &index)) {
      node = index < node->items().size() ? node->items()[index] : nullptr;
    } else {
      node = node->Find(step);
    }
  }
  return node;
}

// The config with every option of `kaniko`, and a Dockerfile that uses its
// caches and secrets.
class PodOriginsTest : public ::testing::Test {
 protected:
  PodOriginsTest() {
    config::LoadOptions options;
    options.path = "testdata/config/good-all-of-kaniko/in.yaml";
    diag::Collector problems;
    loaded_ = *config::Load(options, problems);
    EXPECT_TRUE(problems.diagnostics().empty());
    kaniko_ = *loaded_->config.images[0].second.build->kaniko;
    // It has an effect only without this option.
    kaniko_.skip_pull_secret_mount = false;
    spec_.key = "backend";
    spec_.build_id = "0123456789";
    spec_.image = "registry.example.com/app";
    spec_.kaniko = &kaniko_;
    RunMount& memory = spec_.run_mounts.emplace_back();
    memory.kind = RunMount::kMemory;
    memory.target = "/m";
    RunMount& cache = spec_.run_mounts.emplace_back();
    cache.target = "/c";
    cache.id = "npm";
    cache.claim = "npm-cache";
    RunMount& secret = spec_.run_mounts.emplace_back();
    secret.kind = RunMount::kSecret;
    secret.target = "/s";
    secret.id = "key";
    BuildSecret& of_flag = spec_.secrets.emplace_back();
    of_flag.id = "flag";
    of_flag.env = "X";
    BuildSecret& of_cluster = spec_.secrets.emplace_back();
    of_cluster.id = "key";
    of_cluster.secret_name = "git-credentials";
    of_cluster.secret_key = "token";
  }

  std::vector<Leaf> Leaves() const {
    std::string text;
    JsonWriter writer(&text);
    Write(MakeManifest(spec_).pod, writer);
    std::vector<Leaf> leaves;
    FindLeaves(*json::Parse(text), "", leaves);
    return leaves;
  }

  std::unique_ptr<config::Loaded> loaded_;
  config::Kaniko kaniko_;
  BuildSpec spec_;
};

TEST_F(PodOriginsTest, EachOriginHasTheValueOfItsField) {
  size_t located = 0;
  for (const Leaf& leaf : Leaves()) {
    const FieldPath origin = OriginOf(spec_, leaf.field);
    const yaml::Node* node = Find(kaniko_.source, origin);
    if (origin.empty() || node == nullptr || !node->is_scalar()) continue;
    ++located;
    const std::string path = absl::StrJoin(origin, "/");
    if (HasOtherForm(path)) continue;
    EXPECT_EQ(leaf.value, node->scalar()) << leaf.field << " from " << path;
  }
  EXPECT_GT(located, 60);
}

// Each option that decides a field of the pod is found from there.
TEST_F(PodOriginsTest, EachOptionIsFound) {
  std::set<std::string> options;
  FindOptions(*kaniko_.source, "", options);
  for (const Leaf& leaf : Leaves()) {
    options.erase(absl::StrJoin(OriginOf(spec_, leaf.field), "/"));
    // A variable is one value of the config, and two of the pod.
    FieldPath origin = OriginOf(spec_, leaf.field);
    if (!origin.empty()) origin.pop_back();
    options.erase(absl::StrJoin(origin, "/"));
  }
  std::set<std::string> left;
  for (const std::string& option : options) {
    const std::vector<std::string> steps = absl::StrSplit(option, '/');
    const std::string two = absl::StrCat(steps[0], steps.size() > 1 ? "." : "",
                                         steps.size() > 1 ? steps[1] : "");
    if (OptionsWithoutAField().contains(steps[0]) ||
        OptionsWithoutAField().contains(two)) {
      continue;
    }
    left.insert(option);
  }
  EXPECT_THAT(left, ElementsAre("cacheVolumes//root/.cache/pip/path",
                                "options/secrets/0/file",
                                "options/secrets/0/id", "options/secrets/1/env",
                                "options/secrets/1/id", "options/secrets/2/id",
                                "registryCertificates/0/registry"))
      << absl::StrJoin(left, "\n");
}

TEST_F(PodOriginsTest, ALabelOfAQueueComesFromQueueOrLabels) {
  constexpr char kField[] = "metadata.labels[kueue.x-k8s.io/queue-name]";
  EXPECT_THAT(OriginOf(spec_, kField), ElementsAre("queue"));
  kaniko_.queue.clear();
  kaniko_.labels.emplace_back(kQueueLabel, "builds");
  EXPECT_THAT(OriginOf(spec_, kField), ElementsAre("labels", kQueueLabel));
}

TEST_F(PodOriginsTest, WhatNoOptionDecides) {
  for (const char* field :
       {"", "metadata.name", "spec.restartPolicy", "spec.containers[7].image",
        "spec.containers[0].name", "spec.volumes[99].secret.secretName",
        "spec.containers[kaniko].image", "status", "spec.containers[0].args[0]",
        "spec.toleration", "spec..tolerations.", "]["}) {
    if (absl::StrContains(field, "spec..")) {
      EXPECT_THAT(OriginOf(spec_, field), ElementsAre("tolerations"));
      continue;
    }
    EXPECT_THAT(OriginOf(spec_, field), IsEmpty()) << field;
  }
}

TEST(ParseFieldPathTest, Steps) {
  EXPECT_THAT(
      ParseFieldPath("spec.containers[0].limits[nvidia.com/gpu]"),
      ElementsAre("spec", "containers", "0", "limits", "nvidia.com/gpu"));
  EXPECT_THAT(ParseFieldPath("spec.topologySpreadConstraints[1].{topologyKey, "
                             "whenUnsatisfiable}"),
              ElementsAre("spec", "topologySpreadConstraints", "1",
                          "{topologyKey, whenUnsatisfiable}"));
  EXPECT_THAT(ParseFieldPath("a[b[c]d"), ElementsAre("a", "b[c]d"));
  EXPECT_THAT(ParseFieldPath(""), IsEmpty());
}

}  // namespace
}  // namespace ovenbird::kube
