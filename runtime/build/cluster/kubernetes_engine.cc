#include "runtime/build/cluster/kubernetes_engine.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/ignore_exceptions.h"
#include "runtime/build/cluster/cluster_objects.h"
#include "runtime/build/cluster/expiry.h"
#include "runtime/build/cluster/node_platforms.h"
#include "runtime/build/cluster/pod_build.h"
#include "runtime/build/cluster/pod_watch.h"
#include "runtime/build/cluster/pull_secret_key.h"
#include "runtime/build/cluster/rejected_fields.h"
#include "runtime/build/timeline.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/timeout.h"
#include "runtime/yaml/node.h"

namespace ovenbird::build {
namespace {

// Of one build: nodes may reject its pods.
constexpr int kMostPods = 3;

std::string RandomId() {
  constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device random;
  std::string id;
  for (int i = 0; i < 10; ++i) id += kLetters[random() % 36];
  return id;
}

// How long the objects of a build may be needed: until a queue lets the pod go
// and a node is found, and then until the pod's own deadline.
absl::Duration LifetimeOf(const plan::ImagePlan& plan,
                          const KubernetesEngineOptions& options) {
  constexpr absl::Duration kMargin = absl::Minutes(1);
  // Nobody knows how long: until the owner of the queue would ask.
  constexpr absl::Duration kMostTimeInQueue = absl::Hours(7 * 24);
  absl::Duration timeout = kube::TimeoutOf(*plan.kaniko);
  if (timeout == absl::InfiniteDuration()) timeout = absl::Hours(24);
  const bool waits_in_queue = !kube::QueueOf(*plan.kaniko).empty();
  return std::min(options.patience.unschedulable, timeout) + timeout + kMargin +
         (waits_in_queue ? kMostTimeInQueue : absl::ZeroDuration());
}

// The last detail is the node's own sentence.
std::string WhyOf(const Failure& failure) {
  return failure.details.empty() ? failure.what : failure.details.back();
}

}  // namespace

KubernetesEngine::KubernetesEngine(std::unique_ptr<kube::Client> client,
                                   Inventory& inventory,
                                   KubernetesEngineOptions options)
    : client_(std::move(client)),
      inventory_(inventory),
      options_(std::move(options)),
      run_id_(RandomId()),
      cleanup_(*client_, options_.owner) {}

// Who builds, and for how long at most.
void KubernetesEngine::Annotate(kube::Manifest& manifest,
                                absl::Duration lifetime) const {
  auto annotate = [&](kube::ObjectMeta& metadata) {
    for (const auto& list :
         {Annotations(options_.owner), options_.annotations}) {
      metadata.annotations.insert(metadata.annotations.end(), list.begin(),
                                  list.end());
    }
    metadata.annotations.emplace_back(
        kLifetimeAnnotation, absl::StrCat(absl::ToInt64Seconds(lifetime)));
  };
  annotate(*manifest.pod.metadata);
  if (manifest.secret) annotate(*manifest.secret->metadata);
}

std::shared_ptr<NamespaceWatch> KubernetesEngine::WatchOf(
    const std::string& name_space) {
  MutexLock lock(&mutex_);
  std::shared_ptr<NamespaceWatch>& watch = watches_[name_space];
  if (watch == nullptr || watch->has_ended()) {
    watch = std::make_shared<NamespaceWatch>(
        *client_, name_space, absl::StrCat(kube::kRunLabel, "=", run_id_));
  }
  return watch;
}

std::string KubernetesEngine::NamespaceOf(const plan::ImagePlan& plan) const {
  return plan.kaniko->namespace_.empty() ? client_->access().name_space
                                         : plan.kaniko->namespace_;
}

std::optional<Failure> KubernetesEngine::FindPullSecret(
    const plan::ImagePlan& plan, Observer& observer, Cancellation& cancel,
    kube::BuildSpec& spec) {
  if (plan.kaniko->pull_secret.empty() || plan.kaniko->skip_pull_secret_mount) {
    return std::nullopt;
  }
  PullSecretRequest request;
  request.name_space = NamespaceOf(plan);
  request.name = plan.kaniko->pull_secret;
  request.pushed = plan.push_registries;
  request.pulled = plan.pull_registries;
  if (plan.kaniko->source != nullptr) {
    request.option = plan.kaniko->source->Find("pullSecret");
  }
  request.config_path =
      absl::StrCat("images.", plan.key, ".build.kaniko.pullSecret");
  return FindPullSecretKey(*client_, request, observer, cancel,
                           spec.pull_secret_key);
}

std::optional<Failure> KubernetesEngine::CheckBefore(
    const plan::ImagePlan& plan, Cancellation& cancel) {
  if (!plan.spec.platform || !plan.spec.needs_own_node ||
      options_.waits_for_nodes) {
    return std::nullopt;
  }
  return CheckNodes(Nodes(cancel).architectures, *plan.spec.platform);
}

ClusterNodes KubernetesEngine::Nodes(Cancellation& cancel) {
  {
    MutexLock lock(&mutex_);
    if (nodes_) return *nodes_;
  }
  // Without the mutex: a cluster may take long to answer.
  ClusterNodes found = FindNodes(*client_, cancel);
  MutexLock lock(&mutex_);
  if (!nodes_) nodes_ = std::move(found);
  return *nodes_;
}

void KubernetesEngine::NoteNoImageVolumes(const std::string& why) {
  MutexLock lock(&mutex_);
  if (nodes_) nodes_->no_image_volumes = why;
}

Outcome KubernetesEngine::Build(const plan::ImagePlan& plan, Observer& observer,
                                Cancellation& cancel) {
  Outcome outcome;
  if (cancel.cancelled()) {
    outcome.failure = Interrupted();
    return outcome;
  }
  kube::BuildSpec spec = plan.spec;
  outcome.failure = FindPullSecret(plan, observer, cancel, spec);
  if (outcome.failure) return outcome;
  cleanup_.Start(NamespaceOf(plan), cancel);
  if (SteadyNow() - start_ > options_.login_interval) {
    RefreshLogin(plan, spec, cancel);
  }
  ContextTransfer transfer(plan, options_.transfer, observer, cancel,
                           [&] { return Nodes(cancel); });
  transfer.Prepare(spec);
  int rejections = 0;
  int disruptions = 0;
  while (true) {
    PodBuildEnd end = BuildOnce(plan, spec, observer, cancel, transfer);
    end.outcome.warnings.insert(end.outcome.warnings.begin(),
                                outcome.warnings.begin(),
                                outcome.warnings.end());
    outcome = std::move(end.outcome);
    if (end.lacks_context_image) {
      const std::string why = WhyOf(*outcome.failure);
      const bool was_volume = spec.mounts_context;
      transfer.GiveUp(why, spec);
      if (was_volume && !spec.context_image.empty()) NoteNoImageVolumes(why);
      continue;
    }
    const bool may_try_again =
        (end.was_rejected && ++rejections < kMostPods) ||
        (end.was_disrupted && ++disruptions <= options_.retries);
    if (!outcome.failure || !may_try_again) {
      transfer.Finish();
      return outcome;
    }
    observer.Step(
        absl::StrCat("trying again in a new pod: ", outcome.failure->what));
    observer.Enter({.kind = PhaseKind::kWait, .text = "a new pod"});
    if (cancel.SleepFor(options_.patience.rejected *
                        (rejections + disruptions))) {
      outcome.failure = Interrupted();
      return outcome;
    }
    RefreshLogin(plan, spec, cancel);
  }
}

void KubernetesEngine::RefreshLogin(const plan::ImagePlan& plan,
                                    kube::BuildSpec& spec,
                                    Cancellation& cancel) const {
  if (!options_.login || spec.docker_config.empty() ||
      !kube::UsesOurLogin(spec)) {
    return;
  }
  spec.docker_config = LoginForStart(options_.login, plan,
                                     std::move(spec.docker_config), &cancel);
}

std::unique_ptr<LoginRefresh> KubernetesEngine::StartLoginRefresh(
    const plan::ImagePlan& plan, const kube::BuildSpec& spec,
    ClusterObjects& objects, Cancellation& cancel) const {
  if (!options_.login || spec.docker_config.empty() ||
      !kube::UsesOurLogin(spec)) {
    return nullptr;
  }
  LoginRefreshOptions refresh;
  refresh.login = spec.docker_config;
  refresh.interval = options_.login_interval;
  refresh.ask = [this, &plan](Cancellation* stop) {
    return options_.login(plan, stop);
  };
  refresh.replace = [&objects](const std::string& login, Cancellation* stop) {
    return objects.ReplaceLogin(login, *stop);
  };
  return std::make_unique<LoginRefresh>(std::move(refresh), &cancel);
}

PodBuildEnd KubernetesEngine::CreateAndFollow(const plan::ImagePlan& plan,
                                              const kube::BuildSpec& spec,
                                              Observer& observer,
                                              Cancellation& cancel,
                                              ContextTransfer& transfer,
                                              ClusterObjects& objects) {
  kube::Manifest manifest = kube::MakeManifest(spec);
  const absl::Duration lifetime = LifetimeOf(plan, options_);
  Annotate(manifest, lifetime);
  manifest.pod.metadata->labels.emplace_back(kube::kRunLabel, run_id_);
  const std::string pod = *manifest.pod.metadata->name;
  const std::string name_space = NamespaceOf(plan);
  std::shared_ptr<NamespaceWatch> all = WatchOf(name_space);
  PodWatch watch(*all, pod, cancel);
  PodBuildEnd end;
  end.outcome.failure = objects.Create(manifest, lifetime, cancel);
  if (end.outcome.failure) {
    end.lacks_context_image =
        RejectsContextVolume(*end.outcome.failure, manifest);
    NameOptions(spec, *end.outcome.failure);
    return end;
  }
  watch.NoteCreated();
  const std::unique_ptr<LoginRefresh> login =
      StartLoginRefresh(plan, spec, objects, cancel);
  end = BuildInPod({.client = *client_,
                    .plan = plan,
                    .observer = observer,
                    .cancel = cancel,
                    .patience = options_.patience,
                    .name_space = name_space,
                    .pod = pod,
                    .has_context_image = !spec.context_image.empty(),
                    .mounts_context = spec.mounts_context,
                    .on_context_sent = [&] { transfer.OnContextSent(); }},
                   watch);
  end.outcome.warnings.insert(end.outcome.warnings.begin(),
                              objects.warnings().begin(),
                              objects.warnings().end());
  const std::string old_login = login == nullptr ? "" : login->Stop();
  if (!old_login.empty()) end.outcome.warnings.push_back(old_login);
  return end;
}

PodBuildEnd KubernetesEngine::BuildOnce(const plan::ImagePlan& plan,
                                        kube::BuildSpec spec,
                                        Observer& observer,
                                        Cancellation& cancel,
                                        ContextTransfer& transfer) {
  observer.Enter({.kind = PhaseKind::kPrepare});
  spec.build_id = RandomId();
  ClusterObjects objects(*client_, NamespaceOf(plan), inventory_);
  PodBuildEnd end;
  bool failed = false;  // without the memory to say so
  try {
    end = CreateAndFollow(plan, spec, observer, cancel, transfer, objects);
  } catch (const std::exception& error) {
    // Memory or threads: what was created is deleted all the same.
    failed =
        !IgnoreExceptions([&] { end.outcome.failure = FromException(error); });
  }
  // What cannot be shown is deleted all the same.
  IgnoreExceptions([&] {
    if (end.outcome.failure) observer.Mark("", PhaseMark::kFailed);
    observer.Enter({.kind = PhaseKind::kCleanUp});
  });
  for (const std::string& left :
       objects.Delete(end.pod_has_ended, cancel.cancelled())) {
    end.outcome.warnings.push_back(absl::StrCat("could not delete ", left));
  }
  if (failed) throw std::bad_alloc();
  return end;
}

}  // namespace ovenbird::build
