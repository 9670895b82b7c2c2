#include "runtime/build/image_identity.h"

#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/sha256.h"
#include "runtime/base/writer.h"

namespace ovenbird::build {
namespace {

constexpr size_t kTagSize = 7;
constexpr size_t kBuildIdSize = 10;

// The section without what the image does not depend on.
config::Kaniko WhatMatters(config::Kaniko kaniko) {
  const config::Kaniko defaults;
  kaniko.namespace_ = defaults.namespace_;
  kaniko.pull_secret = defaults.pull_secret;
  kaniko.skip_pull_secret_mount = defaults.skip_pull_secret_mount;
  kaniko.image_pull_secrets = defaults.image_pull_secrets;
  kaniko.init_image = defaults.init_image;
  kaniko.init_env = defaults.init_env;
  kaniko.labels = defaults.labels;
  kaniko.annotations = defaults.annotations;
  kaniko.node_selector = defaults.node_selector;
  kaniko.tolerations = defaults.tolerations;
  kaniko.resources = defaults.resources;
  kaniko.timeout = defaults.timeout;
  return kaniko;
}

void AddHashes(const std::string& path, const json::Value& value,
               std::map<std::string, std::string>& hashes) {
  if (value.as_object() == nullptr) {
    hashes[path] = ToHex(Sha256Of(json::Write(value)));
    return;
  }
  for (const auto& [name, member] : value.members()) {
    AddHashes(absl::StrCat(path, ".", name), member, hashes);
  }
}

template <typename Section>
void AddSection(const std::string& path, const Section& section,
                std::map<std::string, std::string>& hashes) {
  std::string text;
  JsonWriter writer(&text);
  Write(section, writer);
  absl::StatusOr<json::Value> value = json::Parse(text);
  if (!value.ok()) std::abort();  // we have written it
  AddHashes(path, *value, hashes);
}

// Build arguments count with the values that they have in the end.
std::map<std::string, std::string> OptionHashes(const config::Image& image,
                                                const ImagePlan& plan) {
  std::map<std::string, std::string> hashes;
  std::string section;
  switch (plan.builder) {
    case Builder::kKaniko:
      section = "build.kaniko";
      AddSection(section, WhatMatters(plan.kaniko), hashes);
      break;
    case Builder::kDocker:
      section = "build.docker";
      AddSection(section, plan.docker, hashes);
      break;
    case Builder::kCustom:
      AddSection("build.custom", plan.custom, hashes);
      break;
  }
  AddHashes("image", image.image, hashes);
  for (const auto& [name, value] : plan.spec.build_args) {
    AddHashes(absl::StrCat(section, ".options.buildArgs.", name), value,
              hashes);
  }
  return hashes;
}

// DevSpace's tag, where the content is not known.
std::string RandomTag() {
  constexpr absl::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::random_device random;
  std::string tag;
  while (tag.size() < kTagSize) tag += kLetters[random() % kLetters.size()];
  return tag;
}

}  // namespace

void SetIdentity(const config::Image& image,
                 const std::vector<std::string>& tags, ImagePlan& plan) {
  plan.spec.tags = !tags.empty() ? tags : image.tags;
  if (plan.builder == Builder::kCustom && plan.fingerprint.empty()) {
    if (plan.spec.tags.empty()) plan.spec.tags = {RandomTag()};
    return;
  }
  plan.options = OptionHashes(image, plan);
  Sha256 sha;
  sha.Update(plan.fingerprint);
  for (const auto& [name, hash] : plan.options) {
    sha.Update(absl::StrCat(name.size(), ":", name, hash));
  }
  plan.fingerprint = ToHex(sha.Finish());
  plan.spec.fingerprint = plan.fingerprint;
  plan.spec.build_id = plan.fingerprint.substr(0, kBuildIdSize);
  if (plan.spec.tags.empty()) {
    plan.spec.tags = {plan.fingerprint.substr(0, kTagSize)};
  }
}

}  // namespace ovenbird::build
