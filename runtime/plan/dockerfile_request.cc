#include "runtime/plan/dockerfile_request.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/config/decode.h"
#include "runtime/kube/user_args.h"
#include "runtime/plan/executor_flags.h"
#include "runtime/plan/mount_check.h"

namespace ovenbird::plan {

namespace {

// Devices need a right that containers of the config's own rights may lack.
bool DropsMknod(const config::Kaniko& kaniko) {
  const auto& context = kaniko.security_context;
  if (!context || !context->capabilities) return false;
  const auto names = [](const std::vector<std::string>& list) {
    return absl::c_any_of(list, [](const std::string& name) {
      return name == "MKNOD" || name == "ALL";
    });
  };
  return !names(context->capabilities->add) &&
         names(context->capabilities->drop);
}

}  // namespace

KanikoInputs KanikoInputsOf(const config::Kaniko& kaniko,
                            absl::string_view executor) {
  KanikoInputs inputs;
  inputs.image = kaniko.image;
  inputs.snapshot_mode = SnapshotModeOf(kaniko, executor);
  inputs.cache = kube::UserFlag(kaniko, "cache").value_or(kaniko.cache);
  inputs.caches_copies = kube::HasUserFlag(kaniko, "cache-copy-layers");
  for (const auto& [name, volume] : kaniko.cache_volumes) {
    inputs.cache_volumes.push_back(name);
  }
  inputs.mounts_in_context = MountsInContext(kaniko);
  inputs.drops_mknod = DropsMknod(kaniko);
  return inputs;
}

void SetImage(const config::Image& image, DockerfileRequest& request) {
  request.dockerfile = image.dockerfile;
  request.image_source = image.source;
  dockerfile::EntrypointChange& change = request.entrypoint;
  if (config::decode::IsGiven(image.source, "entrypoint")) {
    change.entrypoint = image.entrypoint;
  }
  if (config::decode::IsGiven(image.source, "cmd")) change.cmd = image.cmd;
  change.restart_helper = image.inject_restart_helper;
}

bool Rewrites(const DockerfileRequest& request) {
  return request.rewrite && request.kaniko.has_value();
}

const std::string& ExecutorOf(const DockerfileRequest& request) {
  return request.executor.empty() ? request.kaniko->image : request.executor;
}

rewrite::FindBaseImage FinderOf(const DockerfileRequest& request,
                                std::map<std::string, std::string>& unread) {
  return [&](absl::string_view image, bool files) {
    BaseQuestion question;
    question.image = std::string(image);
    question.platform = request.platform;
    question.files = files;
    BaseAnswer answer = request.base_image(question);
    if (!answer.problem.ok()) {
      unread.emplace(question.image, answer.problem.message());
    }
    return std::move(answer.image);
  };
}

std::optional<Platform> BuildPlatform(const DockerfileRequest& request) {
  const absl::StatusOr<Platform> platform = ParsePlatform(request.platform);
  return platform.ok() ? std::optional(*platform) : std::nullopt;
}

std::shared_ptr<const rewrite::BaseImage> ImageOfPlatform(
    const DockerfileRequest& request, const std::string& image,
    const Platform& platform) {
  if (request.base_image == nullptr || image.empty()) return nullptr;
  BaseQuestion question;
  question.image = image;
  question.platform = platform.ToString();
  return request.base_image(question).image;
}

}  // namespace ovenbird::plan
