#include "runtime/plan/image_identity.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/sha256.h"
#include "runtime/base/writer.h"
#include "runtime/config/reflect.h"

namespace ovenbird::plan {
namespace {

constexpr size_t kTagSize = 7;
constexpr size_t kBuildIdSize = 10;

// The fields of a kaniko object that the image does not depend on.
constexpr absl::string_view kWithoutInfluence[] = {
    "namespace",
    "pullSecret",
    "skipPullSecretMount",
    "imagePullSecrets",
    "initImage",
    "initEnv",
    "labels",
    "annotations",
    "nodeSelector",
    "tolerations",
    "affinity",
    "topologySpreadConstraints",
    "hostUsers",
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
    "queue",
    "contextTransfer",
    "contextRepo",
    "resources",
    "timeout",
    "cacheVolumes",
};

// Takes a section apart: each option's value as JSON, by the option's path. A
// list is one value.
class OptionWriter : public Writer {
 public:
  // `strings` must outlive this.
  OptionWriter(std::string path, std::map<std::string, std::string>* strings)
      : path_(std::move(path)), strings_(*strings) {}

  void BeginObject() override {
    if (lists_ > 0) return json_.BeginObject();
    path_sizes_.push_back(path_.size());
  }
  void EndObject() override {
    if (lists_ > 0) return json_.EndObject();
    path_sizes_.pop_back();
  }
  void BeginArray() override {
    ++lists_;
    json_.BeginArray();
  }
  void EndArray() override {
    --lists_;
    json_.EndArray();
    EndValue();
  }
  void Key(absl::string_view key) override {
    if (lists_ > 0) return json_.Key(key);
    path_.resize(path_sizes_.back());
    absl::StrAppend(&path_, ".", key);
  }
  void String(absl::string_view value) override {
    json_.String(value);
    EndValue();
  }
  void Int(int64_t value) override {
    json_.Int(value);
    EndValue();
  }
  void Double(double value) override {
    json_.Double(value);
    EndValue();
  }
  void Bool(bool value) override {
    json_.Bool(value);
    EndValue();
  }
  void Null() override {
    json_.Null();
    EndValue();
  }

 private:
  void EndValue() {
    if (lists_ > 0) return;
    strings_[path_] = text_;
    text_.clear();
  }

  std::string path_;
  std::map<std::string, std::string>& strings_;
  std::vector<size_t> path_sizes_;  // of the objects that are open
  int lists_ = 0;                   // that are open
  std::string text_;                // of the value
  JsonWriter json_{&text_};
};

// The options that can change the image, each with its value as JSON. Build
// arguments count with the values that they have in the end.
std::map<std::string, std::string> OptionTexts(const ImagePlan& plan) {
  std::map<std::string, std::string> strings;
  std::string section;
  switch (plan.builder) {
    case Builder::kKaniko: {
      section = "build.kaniko";
      OptionWriter writer(section, &strings);
      const config::Kaniko& kaniko = *plan.kaniko;
      config::WriteChangedWithout(InfoOf(&kaniko), &kaniko, kWithoutInfluence,
                                  writer);
      break;
    }
    case Builder::kDocker: {
      section = "build.docker";
      OptionWriter writer(section, &strings);
      Write(*plan.docker, writer);
      break;
    }
    case Builder::kCustom: {
      OptionWriter writer("build.custom", &strings);
      Write(*plan.custom, writer);
      break;
    }
  }
  strings.erase(absl::StrCat(section, ".options.secrets"));
  OptionWriter("image", &strings).String(plan.spec.image);
  if (const std::vector<std::string> names = PlatformNames(plan);
      !names.empty()) {
    OptionWriter("platforms", &strings).String(absl::StrJoin(names, ","));
  }
  for (const auto& [name, value] : plan.spec.build_args) {
    OptionWriter(absl::StrCat(section, ".options.buildArgs.", name), &strings)
        .String(value);
  }
  return strings;
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
  if (plan.builder == Builder::kCustom && plan.content.empty()) {
    if (plan.spec.tags.empty()) plan.spec.tags = {RandomTag()};
    return;
  }
  Sha256 sha;
  sha.Update(plan.content);
  for (const auto& [name, text] : OptionTexts(plan)) {
    sha.Update(absl::StrCat(name.size(), ":", name, text.size(), ":", text));
  }
  plan.fingerprint = ToHex(sha.Finish());
  plan.spec.fingerprint = plan.fingerprint;
  plan.spec.build_id = plan.fingerprint.substr(0, kBuildIdSize);
  if (plan.spec.tags.empty()) {
    plan.spec.tags = {plan.fingerprint.substr(0, kTagSize)};
  }
}

std::map<std::string, std::string> OptionHashes(const ImagePlan& plan) {
  std::map<std::string, std::string> hashes = OptionTexts(plan);
  for (auto& [name, text] : hashes) text = ToHex(Sha256Of(text));
  return hashes;
}

}  // namespace ovenbird::plan
