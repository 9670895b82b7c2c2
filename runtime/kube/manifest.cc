#include "runtime/kube/manifest.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/kube/executor_args.h"
#include "runtime/kube/executor_env.h"
#include "runtime/kube/handover.h"
#include "runtime/kube/run_volumes.h"
#include "runtime/kube/secret_volumes.h"
#include "runtime/kube/timeout.h"

namespace ovenbird::kube {
namespace {

using Strings = std::vector<std::pair<std::string, std::string>>;

constexpr char kContextVolume[] = "context";
constexpr char kDockerConfigVolume[] = "docker-config";

// What a build needs that runs as root and unpacks and changes a root file
// system; everything else is dropped. Without FSETID files lose the setgid bit
// for a group that root is not in, and nobody says so.
constexpr const char* kCapabilities[] = {
    "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETFCAP", "SETGID", "SETUID"};

std::string ObjectName(const BuildSpec& spec) {
  return absl::StrCat("ovenbird-", NamePart(spec.key, 30), "-", spec.build_id);
}

ObjectMeta Metadata(const BuildSpec& spec) {
  ObjectMeta metadata;
  metadata.name = ObjectName(spec);
  if (!spec.kaniko->namespace_.empty()) {
    metadata.namespace_ = spec.kaniko->namespace_;
  }
  metadata.labels = spec.kaniko->labels;
  metadata.labels.emplace_back(kManagedByLabel, kManagedByValue);
  metadata.labels.emplace_back(kBuildIdLabel, spec.build_id);
  metadata.labels.emplace_back(kImageKeyLabel, NamePart(spec.key, 63));
  metadata.annotations = spec.kaniko->annotations;
  metadata.annotations.emplace_back(kImageKeyAnnotation, spec.key);
  metadata.annotations.emplace_back(kDestinationAnnotation, spec.image);
  if (spec.platform) {
    metadata.annotations.emplace_back(kPlatformAnnotation,
                                      spec.platform->ToString());
  }
  if (!spec.fingerprint.empty()) {
    metadata.annotations.emplace_back("ovenbird.dev/fingerprint",
                                      spec.fingerprint);
  }
  return metadata;
}

// Asks autoscalers to leave the node of a running build alone: it would start
// again elsewhere, or fail. The config's own values have priority.
void AskAutoscalers(Strings& annotations) {
  for (const auto& [name, value] :
       {std::pair("cluster-autoscaler.kubernetes.io/safe-to-evict", "false"),
        std::pair("karpenter.sh/do-not-disrupt", "true")}) {
    if (absl::c_none_of(annotations, [name = name](const auto& given) {
          return given.first == name;
        })) {
      annotations.emplace_back(name, value);
    }
  }
}

// Only the pod has the label: Kueue would queue a Job that has it, too.
void SetQueue(const config::Kaniko& kaniko, Strings& labels) {
  if (kaniko.queue.empty()) return;
  std::erase_if(labels,
                [](const auto& given) { return given.first == kQueueLabel; });
  labels.emplace_back(kQueueLabel, kaniko.queue);
}

std::vector<EnvVar> Env(const Strings& variables) {
  std::vector<EnvVar> env;
  for (const auto& [name, value] : variables) {
    EnvVar& variable = env.emplace_back();
    variable.name = name;
    variable.value = value;
  }
  return env;
}

VolumeMount MountOf(absl::string_view volume, absl::string_view path) {
  VolumeMount mount;
  mount.name = std::string(volume);
  mount.mount_path = std::string(path);
  return mount;
}

config::Boxed<ResourceRequirements> Resources(const config::Kaniko& kaniko) {
  if (!kaniko.resources) return std::nullopt;
  ResourceRequirements resources;
  resources.limits = kaniko.resources->limits;
  resources.requests = kaniko.resources->requests;
  return resources;
}

// The config's own types have the wire names of Kubernetes' ones.
template <typename T>
json::Value AsJson(const T& value) {
  // Our own writer's output.
  return *json::Parse(config::ToJson(value));
}

json::Value AsJson(
    const std::vector<config::TopologySpreadConstraint>& constraints) {
  json::Array items;
  for (const config::TopologySpreadConstraint& constraint : constraints) {
    items.push_back(AsJson(constraint));
  }
  return items;
}

SecurityContext ToKube(const config::SecurityContext& context) {
  SecurityContext result;
  FromJson(AsJson(context), &result);
  return result;
}

SecurityContext DefaultSecurityContext(const BuildSpec& spec) {
  SecurityContext context;
  context.allow_privilege_escalation = false;
  context.capabilities.emplace();
  context.capabilities->add.assign(std::begin(kCapabilities),
                                   std::end(kCapabilities));
  if (spec.makes_devices) context.capabilities->add.push_back("MKNOD");
  context.capabilities->drop = {"ALL"};
  context.run_as_user = 0;
  return context;
}

std::vector<KeyToPath> Items(const std::vector<config::KeyToPath>& items) {
  std::vector<KeyToPath> result;
  for (const config::KeyToPath& item : items) {
    KeyToPath& path = result.emplace_back();
    path.key = item.key;
    path.path = item.path;
    path.mode = item.mode;
  }
  return result;
}

Volume AdditionalVolume(const config::Mount& mount, size_t index) {
  Volume volume;
  volume.name = absl::StrCat("additional-volume-", index);
  if (mount.secret) {
    SecretVolumeSource& source = volume.secret.emplace();
    source.secret_name = mount.secret->name;
    source.items = Items(mount.secret->items);
    source.default_mode = mount.secret->default_mode;
  } else {
    ConfigMapVolumeSource& source = volume.config_map.emplace();
    source.name = mount.config_map->name;
    source.items = Items(mount.config_map->items);
    source.default_mode = mount.config_map->default_mode;
  }
  return volume;
}

// The user mounts a Docker config of their own; two mounts at one path would
// make an invalid pod.
bool MountsOwnLogin(const BuildSpec& spec) {
  for (const config::Mount& mount : spec.kaniko->additional_mounts) {
    absl::string_view path = mount.mount_path;
    absl::ConsumeSuffix(&path, "/");
    if (path == kDockerConfigPath) return true;
  }
  return false;
}

// The secret whose config.json kaniko gets; empty: none.
std::string DockerConfigSecret(const BuildSpec& spec) {
  if (spec.kaniko->skip_pull_secret_mount || MountsOwnLogin(spec)) return "";
  if (!spec.kaniko->pull_secret.empty()) return spec.kaniko->pull_secret;
  return spec.docker_config.empty() ? "" : ObjectName(spec);
}

std::vector<Volume> Volumes(const BuildSpec& spec) {
  std::vector<Volume> volumes;
  if (std::string secret = DockerConfigSecret(spec); !secret.empty()) {
    Volume& volume = volumes.emplace_back();
    volume.name = kDockerConfigVolume;
    volume.secret.emplace().secret_name = secret;
    KeyToPath& item = volume.secret->items.emplace_back();
    item.key = spec.pull_secret_key;
    item.path = "config.json";
  }
  if (spec.context_image.empty()) {
    Volume& context = volumes.emplace_back();
    context.name = kContextVolume;
    context.empty_dir.emplace();
  } else if (spec.mounts_context) {
    Volume& context = volumes.emplace_back();
    context.name = kContextVolume;
    ImageVolumeSource& image = context.image.emplace();
    image.reference = spec.context_image;
    image.pull_policy = "IfNotPresent";
  }
  const std::vector<config::Mount>& mounts = spec.kaniko->additional_mounts;
  for (size_t i = 0; i < mounts.size(); ++i) {
    volumes.push_back(AdditionalVolume(mounts[i], i));
  }
  size_t index = 0;
  for (const config::RegistryCertificate& from :
       spec.kaniko->registry_certificates) {
    Volume& volume = volumes.emplace_back();
    volume.name = absl::StrCat("registry-ca-", index++);
    volume.config_map.emplace().name = from.config_map;
    KeyToPath& item = volume.config_map->items.emplace_back();
    item.key = from.key;
    item.path = from.key;
  }
  for (Volume& volume : RunVolumes(spec.run_mounts)) {
    volumes.push_back(std::move(volume));
  }
  for (Volume& volume : SecretVolumes(spec.secrets, ObjectName(spec))) {
    volumes.push_back(std::move(volume));
  }
  return volumes;
}

std::vector<VolumeMount> KanikoMounts(const BuildSpec& spec) {
  std::vector<VolumeMount> mounts;
  if (!DockerConfigSecret(spec).empty()) {
    mounts.push_back(MountOf(kDockerConfigVolume, kDockerConfigPath));
  }
  if (spec.context_image.empty()) {
    mounts.push_back(MountOf(kContextVolume, kContextPath));
  } else if (spec.mounts_context) {
    mounts.push_back(MountOf(kContextVolume, kContextVolumePath));
    mounts.back().read_only = true;
  }
  size_t index = 0;
  for (const config::Mount& additional : spec.kaniko->additional_mounts) {
    VolumeMount& mount = mounts.emplace_back(MountOf(
        absl::StrCat("additional-volume-", index++), additional.mount_path));
    if (additional.read_only) mount.read_only = true;
    if (!additional.sub_path.empty()) mount.sub_path = additional.sub_path;
  }
  for (size_t i = 0; i < spec.kaniko->registry_certificates.size(); ++i) {
    mounts.push_back(
        MountOf(absl::StrCat("registry-ca-", i), RegistryCertificateFolder(i)));
  }
  for (VolumeMount& mount : RunVolumeMounts(spec.run_mounts, kContextVolume)) {
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

// Prepares the volumes of the build container, with the context if that is sent
// into the pod; nullopt: there are none.
std::optional<Container> InitContainer(const BuildSpec& spec) {
  const bool is_sent = spec.context_image.empty();
  if (!is_sent && spec.run_mounts.empty()) return std::nullopt;
  const std::string prepare =
      PrepareRunVolumes(spec.run_mounts, SecretFiles(spec.secrets));
  Container container;
  container.name = is_sent ? kContextContainer : kVolumesContainer;
  container.image = spec.kaniko->init_image;
  container.image_pull_policy = "IfNotPresent";
  if (is_sent) {
    container.command = WaitCommand();
    std::string& script = container.command.back();
    script = absl::StrCat(prepare, script, MakeContextView(spec.run_mounts));
    container.volume_mounts.push_back(MountOf(kContextVolume, kContextPath));
  } else {
    container.command = {"sh", "-c", prepare};
  }
  container.env = Env(spec.kaniko->init_env);
  container.resources = Resources(*spec.kaniko);
  for (VolumeMount& mount : RunVolumesInInit(spec.run_mounts)) {
    container.volume_mounts.push_back(std::move(mount));
  }
  for (VolumeMount& mount : SecretMounts(spec.secrets)) {
    container.volume_mounts.push_back(std::move(mount));
  }
  return container;
}

Container KanikoContainer(const BuildSpec& spec) {
  const config::Kaniko& kaniko = *spec.kaniko;
  Container container;
  container.name = kKanikoContainer;
  container.image = spec.context_image.empty() || spec.mounts_context
                        ? kaniko.image
                        : spec.context_image;
  container.image_pull_policy = "IfNotPresent";
  container.command = kaniko.command;
  container.args = ExecutorArgs(spec);
  container.env = Env(ExecutorEnv(spec));
  container.resources = Resources(kaniko);
  container.security_context = kaniko.security_context
                                   ? ToKube(*kaniko.security_context)
                                   : DefaultSecurityContext(spec);
  // The digest comes back as the termination message; after a failure the
  // kubelet puts the log's tail there.
  container.termination_message_policy = "FallbackToLogsOnError";
  container.volume_mounts = KanikoMounts(spec);
  return container;
}

std::vector<Toleration> Tolerations(const config::Kaniko& kaniko) {
  std::vector<Toleration> result;
  for (const config::Toleration& from : kaniko.tolerations) {
    Toleration& to = result.emplace_back();
    to.key = from.key;
    if (from.operator_) to.operator_ = std::string(ToString(*from.operator_));
    to.value = from.value;
    if (from.effect) to.effect = std::string(ToString(*from.effect));
    to.toleration_seconds = from.toleration_seconds;
  }
  return result;
}

// The labels of a node of the platform come after the user's, and take the
// place of those with the same name.
Strings NodeSelector(const BuildSpec& spec) {
  Strings selector = spec.kaniko->node_selector;
  if (!spec.platform || !spec.needs_own_node) return selector;
  for (const auto& [label, value] :
       Strings{{kOsLabel, spec.platform->os},
               {kArchitectureLabel, spec.platform->architecture}}) {
    std::erase_if(selector, [&, &name = label](const auto& given) {
      return given.first == name;
    });
    selector.emplace_back(label, value);
  }
  return selector;
}

std::optional<std::string> IfGiven(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(name);
}

PodSpec Spec(const BuildSpec& spec) {
  const config::Kaniko& kaniko = *spec.kaniko;
  PodSpec pod;
  pod.restart_policy = "Never";
  const absl::Duration timeout = TimeoutOf(kaniko);
  if (timeout != absl::InfiniteDuration()) {
    pod.active_deadline_seconds = absl::ToInt64Seconds(timeout);
  }
  // A RUN step could read the token; only a named account wants one.
  pod.automount_service_account_token = !kaniko.service_account.empty();
  pod.enable_service_links = false;
  pod.service_account_name = IfGiven(kaniko.service_account);
  pod.priority_class_name = IfGiven(kaniko.priority_class_name);
  pod.runtime_class_name = IfGiven(kaniko.runtime_class_name);
  pod.scheduler_name = IfGiven(kaniko.scheduler_name);
  pod.node_selector = NodeSelector(spec);
  if (kaniko.affinity) pod.affinity = AsJson(*kaniko.affinity);
  pod.tolerations = Tolerations(kaniko);
  if (!kaniko.topology_spread_constraints.empty()) {
    pod.topology_spread_constraints =
        AsJson(kaniko.topology_spread_constraints);
  }
  // True is Kubernetes' default, and what clusters without the field do.
  if (!kaniko.host_users) pod.host_users = false;
  for (const config::LocalObjectReference& secret : kaniko.image_pull_secrets) {
    pod.image_pull_secrets.emplace_back().name = secret.name;
  }
  if (spec.pulls_context_with_login) {
    const std::string secret = DockerConfigSecret(spec);
    if (!secret.empty()) pod.image_pull_secrets.emplace_back().name = secret;
  }
  // A list in braces would copy its items.
  if (std::optional<Container> init = InitContainer(spec)) {
    pod.init_containers.push_back(*std::move(init));
  }
  pod.containers.push_back(KanikoContainer(spec));
  pod.volumes = Volumes(spec);
  return pod;
}

// Credentials and build secrets, only for a pod that mounts them.
std::optional<Secret> OwnSecret(const BuildSpec& spec) {
  Secret secret;
  secret.type = "Opaque";
  const bool has_login = DockerConfigSecret(spec) == ObjectName(spec);
  if (has_login) {
    secret.type = "kubernetes.io/dockerconfigjson";
    secret.data.emplace_back(kLoginKey, absl::Base64Escape(spec.docker_config));
  }
  for (auto& [key, value] : SecretData(spec.secrets)) {
    secret.data.emplace_back(std::move(key), absl::Base64Escape(value));
  }
  if (secret.data.empty()) return std::nullopt;
  secret.api_version = "v1";
  secret.kind = "Secret";
  secret.metadata = Metadata(spec);
  // Credentials expire, and are replaced then; build secrets stay as they are.
  if (!has_login) secret.immutable = true;
  return secret;
}

}  // namespace

std::string NamePart(absl::string_view text, size_t size) {
  std::string name;
  for (char c : text.substr(0, size)) {
    c = absl::ascii_tolower(c);
    name += absl::ascii_isalnum(c) ? c : '-';
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  while (!name.empty() && name.front() == '-') name.erase(0, 1);
  return name.empty() ? "image" : name;
}

std::string QueueOf(const config::Kaniko& kaniko) {
  if (!kaniko.queue.empty()) return kaniko.queue;
  const auto label = absl::c_find_if(kaniko.labels, [](const auto& given) {
    return given.first == kQueueLabel;
  });
  return label == kaniko.labels.end() ? "" : label->second;
}

bool UsesOurLogin(const BuildSpec& spec) {
  return !MountsOwnLogin(spec) && !spec.kaniko->skip_pull_secret_mount &&
         spec.kaniko->pull_secret.empty();
}

Manifest MakeManifest(const BuildSpec& spec) {
  Manifest manifest;
  manifest.name_space = spec.kaniko->namespace_;
  manifest.secret = OwnSecret(spec);
  manifest.pod.api_version = "v1";
  manifest.pod.kind = "Pod";
  manifest.pod.metadata = Metadata(spec);
  AskAutoscalers(manifest.pod.metadata->annotations);
  SetQueue(*spec.kaniko, manifest.pod.metadata->labels);
  manifest.pod.spec = Spec(spec);
  return manifest;
}

}  // namespace ovenbird::kube
