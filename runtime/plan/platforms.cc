#include "runtime/plan/platforms.h"

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "runtime/base/sha256.h"
#include "runtime/context/merge_records.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::plan {

std::vector<Platform> ParsePlatforms(const std::vector<std::string>& names) {
  std::vector<Platform> platforms;
  for (const std::string& name : names) {
    const absl::StatusOr<Platform> platform = ParsePlatform(name);
    if (platform.ok() && !absl::c_linear_search(platforms, *platform)) {
      platforms.push_back(*platform);
    }
  }
  return platforms;
}

std::string PlatformTag(const std::string& tag, const Platform& platform) {
  const std::string suffix =
      absl::StrCat("-", absl::StrReplaceAll(platform.ToString(), {{"/", "-"}}));
  return absl::StrCat(tag.substr(0, 128 - suffix.size()), suffix);
}

bool DependsOnPlatform(absl::string_view dockerfile) {
  for (const absl::string_view name :
       {"--platform", "TARGETPLATFORM", "TARGETARCH", "TARGETVARIANT",
        "BUILDPLATFORM", "BUILDARCH", "BUILDVARIANT"}) {
    if (absl::StrContains(dockerfile, name)) return true;
  }
  return false;
}

std::string SelectedPlatform(const config::Kaniko& kaniko) {
  for (const auto& [label, value] : kaniko.node_selector) {
    if (label == kube::kArchitectureLabel ||
        label == "beta.kubernetes.io/arch") {
      return absl::StrCat("linux/", value);
    }
  }
  return "";
}

void MergePlatforms(ImagePlan& all) {
  const ImagePlan& first = *all.platforms[0];
  all.dockerfile = first.dockerfile;
  all.spec.executor = first.spec.executor;
  all.spec.target = first.spec.target;
  all.spec.build_args = first.spec.build_args;
  all.spec.run_mounts = first.spec.run_mounts;
  all.spec.docker_config = first.spec.docker_config;
  all.push_registries = first.push_registries;
  all.pull_registries = first.pull_registries;
  all.warnings = first.warnings;
  Sha256 content;
  for (const auto& one : all.platforms) {
    all.file_records =
        context::MergeRecords(all.file_records, one->file_records);
    content.Update(one->content);
    all.files_read += one->files_read;
  }
  all.content = ToHex(content.Finish());
}

}  // namespace ovenbird::plan
