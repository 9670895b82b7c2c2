#include "runtime/build/local/local_engine.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/cancellation.h"
#include "runtime/base/deadline.h"
#include "runtime/base/environment.h"
#include "runtime/base/file.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/kaniko_log.h"
#include "runtime/build/kaniko_phases.h"
#include "runtime/build/local/daemon_containers.h"
#include "runtime/build/local/local_run.h"
#include "runtime/build/local/run_locally.h"
#include "runtime/build/onbuild_check.h"
#include "runtime/build/open_context.h"
#include "runtime/build/owner.h"
#include "runtime/build/timeline.h"
#include "runtime/config/config.h"
#include "runtime/kube/executor_args.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/run_mount.h"
#include "runtime/kube/run_volumes.h"
#include "runtime/kube/timeout.h"

namespace ovenbird::build {
namespace {

constexpr char kTerminationLog[] = "/dev/termination-log";
constexpr char kOutputFolder[] = "/kaniko/output";

// Engine `local` trusts the CAs that this machine trusts: the ConfigMap is in a
// cluster. The authority is docker's for the registry, else all of the
// system's.
absl::StatusOr<std::string> AuthorityOf(const std::string& registry) {
  const std::string own =
      absl::StrCat("/etc/docker/certs.d/", registry, "/ca.crt");
  for (const std::string& path :
       {own, EnvironmentOrEmpty("SSL_CERT_FILE"),
        std::string("/etc/ssl/certs/ca-certificates.crt"),
        std::string("/etc/pki/tls/certs/ca-bundle.crt"),
        std::string("/etc/ssl/ca-bundle.pem"),
        std::string("/etc/ssl/cert.pem")}) {
    absl::StatusOr<std::string> text = ReadFile(path);
    if (text.ok()) return text;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("`registryCertificates`: this machine has no trusted "
                   "certificates; put the CA certificate of ",
                   registry, " at ", own));
}

// The mount is the one of a certificate of `registryCertificates`: its index.
std::optional<size_t> CertificateAt(const std::string& path,
                                    const config::Kaniko& kaniko) {
  for (size_t i = 0; i < kaniko.registry_certificates.size(); ++i) {
    if (path == kube::RegistryCertificateFolder(i)) return i;
  }
  return std::nullopt;
}

Failure TimeIsOver(const std::string& timeout) {
  Failure failure;
  failure.kind = FailureKind::kBuild;
  failure.what =
      absl::StrCat("the build took longer than its deadline of ", timeout);
  failure.hint = "raise `timeout` under `kaniko`";
  return failure;
}

void SetSource(const kube::Volume& volume, const kube::BuildSpec& spec,
               ContainerMount& mount) {
  if (volume.name == "docker-config") {
    mount.files.push_back({"config.json", spec.docker_config, 0600});
    mount.read_only = true;
  }
}

std::string ValueOf(const kube::BuildSpec& spec, const std::string& secret) {
  for (const kube::BuildSecret& each : spec.secrets) {
    if (each.id == secret) return each.value;
  }
  return "";
}

// The mount for RUN --mount.
ContainerMount MountFor(const kube::BuildSpec& spec, size_t index) {
  const std::vector<kube::RunMount>& mounts = spec.run_mounts;
  const kube::RunMount& from = mounts[index];
  const size_t first = kube::FirstWithFilesOf(mounts, index);
  ContainerMount mount;
  mount.path = from.target;
  if (first != index) {
    mount.same_as = mounts[first].target;
  } else if (from.kind == kube::RunMount::kContext) {
    mount.context_source =
        from.source.empty() ? kube::kContextView : from.source;
    if (from.source.empty()) mount.without = kube::HiddenNames(mounts);
    mount.read_only = true;
  } else if (from.kind == kube::RunMount::kSecret) {
    mount.only_file = "value";
    mount.files.push_back(
        {mount.only_file, ValueOf(spec, from.id), static_cast<int>(from.mode)});
    mount.read_only = true;
    mount.mode = from.mode;
    mount.user = from.user;
    mount.group = from.group;
  } else if (from.kind == kube::RunMount::kMemory) {
    mount.in_memory = true;
    mount.size = from.size;
  } else {
    mount.host_path = from.host_path;
    mount.mode = from.mode;
    mount.user = from.user;
    mount.group = from.group;
  }
  return mount;
}

// The mount's index.
std::optional<size_t> RunMountAt(const std::string& path,
                                 const kube::BuildSpec& spec) {
  for (size_t i = 0; i < spec.run_mounts.size(); ++i) {
    if (spec.run_mounts[i].target == path) return i;
  }
  return std::nullopt;
}

Outcome FailedWith(Failure failure) {
  Outcome outcome;
  outcome.failure = std::move(failure);
  return outcome;
}

// How a container ended that nobody has stopped.
Outcome OutcomeOf(const absl::StatusOr<ContainerResult>& result,
                  const KanikoLog& log, const plan::ImagePlan& plan) {
  if (!result.ok()) return FailedWith(FromStatus(result.status()));
  Outcome outcome;
  if (result->exit_code != 0) {
    outcome.failure =
        log.Explain(result->exit_code, plan.dockerfile,
                    KanikoRunsIn::kContainer, plan.rewritten.get());
  } else {
    outcome.digest = PrintedDigest(result->termination_message);
    outcome.warnings = log.warnings();
  }
  return outcome;
}

}  // namespace

absl::StatusOr<ContainerSpec> LocalContainer(const kube::BuildSpec& spec) {
  for (const kube::BuildSecret& secret : spec.secrets) {
    if (secret.secret_name.empty()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the build secret `", secret.id, "` is in the Secret `",
        secret.secret_name,
        "` of the cluster, which engine `local` does not have; build with "
        "--engine kubernetes, or use `--secret id=",
        secret.id, ",src=FILE`"));
  }
  kube::Manifest manifest = kube::MakeManifest(spec);
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
    if (const auto index = CertificateAt(mount.path, *spec.kaniko)) {
      const config::RegistryCertificate& certificate =
          spec.kaniko->registry_certificates[*index];
      ASSIGN_OR_RETURN(std::string authority,
                       AuthorityOf(certificate.registry));
      mount.files.push_back({certificate.key, std::move(authority)});
      mount.read_only = true;
      container.mounts.push_back(std::move(mount));
      continue;
    }
    if (const auto index = RunMountAt(mount.path, spec)) {
      container.mounts.push_back(MountFor(spec, *index));
      continue;
    }
    for (const kube::Volume& volume : manifest.pod.spec->volumes) {
      if (volume.name != from.name) continue;
      const bool own_secret =
          manifest.secret && volume.secret &&
          volume.secret->secret_name == manifest.secret->metadata->name;
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
      SetSource(volume, spec, mount);
    }
    container.mounts.push_back(std::move(mount));
  }
  container.labels = ContainerLabels(ThisProcess(), spec.key);
  container.context_path = kube::kContextPath;
  container.termination_path = kTerminationLog;
  return container;
}

Outcome LocalEngine::Build(const plan::ImagePlan& plan, Observer& observer,
                           Cancellation& cancel) {
  observer.Enter({.kind = PhaseKind::kPrepare});
  absl::StatusOr<LocalRun> run = RunOf(plan, cancel);
  if (!run.ok()) return FailedWith(FromStatus(run.status()));
  KanikoLog log;
  KanikoPhases phases(plan.dockerfile, plan.rewritten.get(), observer);
  std::optional<Failure> left_out;
  run->on_phase = [&](const Phase& phase) { observer.Enter(phase); };
  run->open_context = [&] { return OpenContext(plan, observer); };
  run->on_step = [&](absl::string_view text) { observer.Step(text); };
  // A cluster ends a pod after this time.
  Deadline deadline(kube::TimeoutOf(*plan.kaniko), &cancel);
  run->on_log = [&](absl::string_view line) {
    std::string readable = ReadableLine(line);
    log.Add(readable);
    phases.Add(readable);
    observer.Log(readable);
    if (left_out.has_value()) return;
    left_out = FilesLeftOut(plan, log.triggers());
    // Before it pushes what lacks files.
    if (left_out.has_value()) deadline.cancellation().Cancel();
  };
  run->cancel = &deadline.cancellation();
  absl::StatusOr<ContainerResult> result = RunLocally(*run);
  // A build that ended although it was to be cancelled is judged as any other.
  const bool cancelled = absl::IsCancelled(result.status());
  const bool interrupted = cancelled && cancel.cancelled();
  if (left_out.has_value() && !interrupted) {
    return FailedWith(*std::move(left_out));
  }
  if (cancelled && !interrupted && deadline.passed()) {
    return FailedWith(TimeIsOver(plan.kaniko->timeout));
  }
  return OutcomeOf(result, log, plan);
}

absl::StatusOr<LocalRun> LocalEngine::RunOf(const plan::ImagePlan& plan,
                                            Cancellation& cancel) const {
  LocalRun run;
  kube::BuildSpec spec = plan.spec;
  const bool has_our_login =
      options_.login && !spec.docker_config.empty() && kube::UsesOurLogin(spec);
  if (has_our_login && SteadyNow() - start_ > kLoginRefreshInterval) {
    spec.docker_config = LoginForStart(options_.login, plan,
                                       std::move(spec.docker_config), &cancel);
  }
  if (!options_.output_tar.empty()) {
    spec.tar_path = absl::StrCat(kOutputFolder, "/image.tar");
    run.outputs.push_back({spec.tar_path, options_.output_tar});
  }
  ASSIGN_OR_RETURN(run.container, LocalContainer(spec));
  if (!options_.output_tar.empty()) {
    ContainerMount output;
    output.path = kOutputFolder;
    run.container.mounts.push_back(std::move(output));
  }
  if (has_our_login) {
    run.login.login = spec.docker_config;
    run.login.ask = [this, &plan](Cancellation* stop) {
      return options_.login(plan, stop);
    };
    run.login_path = absl::StrCat(kube::kDockerConfigPath, "/config.json");
  }
  run.executors = options_.executors;
  run.planned_executor = plan.spec.executor;
  return run;
}

}  // namespace ovenbird::build
