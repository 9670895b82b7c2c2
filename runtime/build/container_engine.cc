#include "runtime/build/container_engine.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/local/engine.h"
#include "runtime/build/local/run.h"
#include "runtime/context/tar.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::build {
namespace {

constexpr char kTerminationLog[] = "/dev/termination-log";
constexpr char kOutputFolder[] = "/kaniko/output";

void SetSource(const kube::Volume& volume, const kube::BuildSpec& spec,
               ContainerMount& mount) {
  if (volume.name == "docker-config") {
    mount.files.push_back({"config.json", spec.docker_config, 0600});
    mount.read_only = true;
  }
}

}  // namespace

absl::StatusOr<ContainerSpec> LocalContainer(const ImagePlan& plan) {
  kube::Manifest manifest = kube::MakeManifest(plan.spec);
  const kube::Container& kaniko = manifest.pod.spec->containers[0];
  ContainerSpec container;
  container.image = kaniko.image.value_or("");
  container.command = kaniko.command;
  container.args = kaniko.args;
  for (const kube::EnvVar& variable : kaniko.env) {
    container.env.emplace_back(*variable.name, variable.value.value_or(""));
  }
  if (kaniko.security_context && kaniko.security_context->capabilities) {
    container.capabilities = kaniko.security_context->capabilities->add;
  }
  for (const kube::VolumeMount& from : kaniko.volume_mounts) {
    ContainerMount mount;
    mount.path = *from.mount_path;
    for (const kube::Volume& volume : manifest.pod.spec->volumes) {
      if (volume.name != from.name) continue;
      bool own_secret =
          manifest.secret.has_value() && volume.name == "docker-config";
      if ((volume.secret || volume.config_map) && !own_secret) {
        return absl::FailedPreconditionError(absl::StrCat(
            "the build mounts ",
            volume.secret
                ? absl::StrCat("the Secret `", *volume.secret->secret_name, "`")
                : absl::StrCat("the ConfigMap `", *volume.config_map->name,
                               "`"),
            " of the cluster, which engine `local` does not have; build with "
            "--engine kubernetes"));
      }
      SetSource(volume, plan.spec, mount);
    }
    container.mounts.push_back(std::move(mount));
  }
  container.context_path = kube::kContextPath;
  container.termination_path = kTerminationLog;
  return container;
}

Outcome ContainerEngine::Build(const ImagePlan& image, Observer& observer,
                               Cancellation& cancel) {
  Outcome outcome;
  kube::BuildSpec spec = image.spec;
  LocalRun run;
  if (!options_.output_tar.empty()) {
    spec.tar_path = absl::StrCat(kOutputFolder, "/image.tar");
    run.outputs.push_back({spec.tar_path, options_.output_tar});
  }
  ImagePlan plan = image;
  plan.spec = std::move(spec);
  absl::StatusOr<ContainerSpec> container = LocalContainer(plan);
  if (!container.ok()) {
    outcome.failure = FromStatus(container.status());
    return outcome;
  }
  if (!options_.output_tar.empty()) {
    ContainerMount output;
    output.path = kOutputFolder;
    container->mounts.push_back(std::move(output));
  }
  KanikoLog log;
  run.container = *std::move(container);
  run.open_context = [&plan]() -> absl::StatusOr<ByteSource> {
    context::TarOptions tar_options;
    tar_options.files = plan.files;
    ASSIGN_OR_RETURN(std::shared_ptr<context::TarStream> tar,
                     context::TarStream::Create(&plan.listing, tar_options));
    return ByteSource(
        [tar](char* buffer, size_t size) { return tar->Read(buffer, size); });
  };
  run.docker_config = options_.docker_config;
  run.executor_builder = options_.executor_builder;
  run.on_step = [&](absl::string_view text) { observer.Step(text); };
  run.on_log = [&](absl::string_view line) {
    std::string readable = ReadableLine(line);
    log.Add(readable);
    observer.Log(readable);
  };
  run.cancel = &cancel;
  absl::StatusOr<ContainerResult> result = RunLocally(run);
  if (!result.ok()) {
    outcome.failure = FromStatus(result.status());
  } else if (result->exit_code != 0) {
    outcome.failure = log.Explain(result->exit_code, image.dockerfile);
  } else {
    outcome.digest = result->termination_message;
    outcome.warnings = log.warnings();
  }
  return outcome;
}

}  // namespace ovenbird::build
