#include "runtime/build/cluster/cluster_objects.h"

#include <algorithm>
#include <cassert>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/deadline.h"
#include "runtime/base/steady_time.h"
#include "runtime/build/cluster/api_failure.h"
#include "runtime/build/cluster/expiry.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/object_json.h"
#include "runtime/kube/pod_containers.h"
#include "runtime/kube/watch.h"

namespace ovenbird::build {
namespace {

// A user who presses Ctrl-C waits for this.
constexpr absl::Duration kDeletePatience = absl::Milliseconds(4500);
// One that hangs leaves time for the others.
constexpr absl::Duration kRequestPatience = absl::Milliseconds(1500);
// At the normal end of a build a server that is away for a moment is waited
// for, or its objects would be left.
constexpr absl::Duration kCalmPatience = absl::Minutes(2);
// A kubelet takes about 2 seconds to end a pod. One that takes longer ends it
// after the pod is gone from the API.
constexpr absl::Duration kGonePatience = absl::Seconds(3);
constexpr int kPodGraceSeconds = 1;
// How long a server may need to begin with a request whose sender has gone.
constexpr absl::Duration kUnansweredPauses[] = {
    absl::Milliseconds(100), absl::Milliseconds(300), absl::Milliseconds(900)};
// Memory that is short is soon free again: other builds end.
constexpr int kDeleteAttempts = 3;

// The object is not there any more. Another one under this name is not ours.
bool IsGone(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsAborted(status);
}

}  // namespace

ClusterObjects::~ClusterObjects() {
  // An exception out of Delete() must not end the other builds.
  assert(made_.empty() || std::uncaught_exceptions() > 0);
}

kube::Resource ClusterObjects::ResourceOf(absl::string_view plural) const {
  return kube::ResourceOf(plural, name_space_);
}

InventoryItem ClusterObjects::ItemOf(const Made& object) const {
  return {client_.access().context, name_space_, object.plural, object.name};
}

absl::StatusOr<json::Value> ClusterObjects::CreateOne(absl::string_view plural,
                                                      const json::Value& object,
                                                      Cancellation& cancel) {
  // Before the request: if its answer is lost, the object may be there.
  made_.push_back({std::string(plural),
                   std::string(object.Get({"metadata", "name"}).string_or()),
                   ""});
  inventory_.Add(ItemOf(made_.back()));
  absl::StatusOr<json::Value> created =
      client_.Create(ResourceOf(plural), object, &cancel);
  if (created.ok()) {
    made_.back().uid =
        std::string(created->Get({"metadata", "uid"}).string_or());
    return created;
  }
  // The server has refused, or knows nothing of it. After an error of its own,
  // or when its answer is lost, the object may be there.
  const std::optional<kube::ApiError> error =
      kube::ApiErrorOf(created.status());
  if ((error && error->code < 500 &&
       !kube::HasLostAnAnswer(created.status())) ||
      kube::HasNotReachedServer(created.status())) {
    inventory_.Remove(ItemOf(made_.back()));
    made_.pop_back();
  }
  return created;
}

std::optional<kube::OwnerReference> ClusterObjects::CreateExpiry(
    const kube::Manifest& manifest, absl::Duration lifetime,
    Cancellation& cancel) {
  const absl::StatusOr<json::Value> job =
      CreateOne("jobs", ExpiryJob(manifest, lifetime), cancel);
  // Without it the next run, or `cleanup`, has to do what it does.
  if (!job.ok()) return std::nullopt;
  if (!WillExpire(*job)) {
    // It would only be one more thing to delete.
    const absl::Time end = SteadyNow() + kDeletePatience;
    if (DeleteOne(made_.back(), std::nullopt, end).ok()) {
      inventory_.Remove(ItemOf(made_.back()));
      made_.pop_back();
    }
    return std::nullopt;
  }
  kube::OwnerReference owner;
  owner.api_version = "batch/v1";
  owner.kind = "Job";
  owner.name = made_.back().name;
  owner.uid = made_.back().uid;
  return owner;
}

std::optional<Failure> ClusterObjects::Create(kube::Manifest manifest,
                                              absl::Duration lifetime,
                                              Cancellation& cancel) {
  if (auto owner = CreateExpiry(manifest, lifetime, cancel)) {
    manifest.pod.metadata->owner_references.push_back(*owner);
    if (manifest.secret) {
      manifest.secret->metadata->owner_references.push_back(*owner);
    }
  }
  if (manifest.secret) {
    absl::StatusOr<json::Value> secret =
        CreateOne("secrets", kube::AsJson(*manifest.secret), cancel);
    if (!secret.ok()) {
      return ExplainApiError(secret.status(), "create the build's secret",
                             name_space_);
    }
  }
  absl::StatusOr<json::Value> pod =
      CreateOne("pods", kube::AsJson(manifest.pod), cancel);
  if (!pod.ok()) {
    return ExplainApiError(pod.status(), "create the build pod", name_space_);
  }
  // A server that does not know the field removes it.
  if (manifest.pod.spec->host_users &&
      pod->Get({"spec", "hostUsers"}).is_null()) {
    warnings_.push_back(
        "the cluster ignores `hostUsers: false`: root in the build pod is root "
        "on the node; Kubernetes has the option since 1.25, by default since "
        "1.33");
  }
  if (!manifest.secret) return std::nullopt;
  return HandSecretToPod(cancel);
}

std::optional<Failure> ClusterObjects::HandSecretToPod(Cancellation& cancel) {
  const Made& pod = made_.back();
  json::Value owner;
  owner.Set("apiVersion", "v1");
  owner.Set("kind", "Pod");
  owner.Set("name", pod.name);
  owner.Set("uid", pod.uid);
  json::Value metadata;
  metadata.Set("ownerReferences", json::Array{std::move(owner)});
  json::Value patch;
  patch.Set("metadata", std::move(metadata));
  // Of the same name.
  absl::StatusOr<json::Value> patched =
      client_.Patch(ResourceOf("secrets"), pod.name, "", patch, &cancel);
  // Without the right to patch only the second way to its end is missing:
  // Delete() is the first.
  if (patched.ok() || absl::IsPermissionDenied(patched.status())) {
    return std::nullopt;
  }
  return ExplainApiError(patched.status(), "hand the secret to its pod",
                         name_space_);
}

absl::Status ClusterObjects::ReplaceLogin(absl::string_view docker_config,
                                          Cancellation& cancel) {
  for (const Made& object : made_) {
    if (object.plural != "secrets" || object.uid.empty()) continue;
    json::Value patch;
    // A Secret with another UID is another build's; the server refuses that.
    patch.Set("metadata", json::Object{{"uid", object.uid}});
    patch.Set("data", json::Object{{kube::kLoginKey,
                                    absl::Base64Escape(docker_config)}});
    return client_.Patch(ResourceOf("secrets"), object.name, "", patch, &cancel)
        .status();
  }
  return absl::NotFoundError("the Secret of the build is unknown");
}

std::vector<std::string> ClusterObjects::Delete(bool pod_has_ended,
                                                bool in_a_hurry) {
  // Without memory it begins anew: what is gone already does no harm.
  for (int attempt = 1; attempt < kDeleteAttempts; ++attempt) {
    try {
      return DeleteAll(pod_has_ended, in_a_hurry);
    } catch (const std::exception&) {
    }
  }
  return DeleteAll(pod_has_ended, in_a_hurry);
}

std::vector<std::string> ClusterObjects::DeleteAll(bool pod_has_ended,
                                                   bool in_a_hurry) {
  const absl::Time end =
      SteadyNow() + (in_a_hurry ? kDeletePatience : kCalmPatience);
  request_patience_ = in_a_hurry ? kRequestPatience : kCalmPatience;
  std::vector<std::string> left;
  const Made* ending = nullptr;
  json::Value state;
  // The Job first: once it is gone, the cluster deletes the others, too.
  for (const Made& object : made_) {
    const bool is_pod = object.plural == "pods";
    std::optional<int> grace;
    if (is_pod) grace = pod_has_ended ? 0 : kPodGraceSeconds;
    absl::StatusOr<json::Value> deleted = DeleteMade(object, grace, end);
    if (is_pod && !pod_has_ended && deleted.ok()) {
      ending = &object;
      state = *std::move(deleted);
    } else {
      Note(object, deleted.status(), left);
    }
  }
  if (ending != nullptr) Note(*ending, EndPod(*ending, state, end), left);
  made_.clear();
  return left;
}

void ClusterObjects::Note(const Made& object, const absl::Status& status,
                          std::vector<std::string>& left) {
  // For a user who can create Jobs but not delete them: the Job expires on its
  // own.
  const bool will_go = object.plural == "jobs" && !object.uid.empty() &&
                       absl::IsPermissionDenied(status);
  if (status.ok() || IsGone(status) || will_go) {
    inventory_.Remove(ItemOf(object));
    return;
  }
  left.push_back(absl::StrCat(
      object.plural, "/", object.name, " in namespace ", name_space_, ": ",
      absl::IsCancelled(status) ? "the cluster does not answer"
                                : status.message()));
}

absl::StatusOr<json::Value> ClusterObjects::DeleteMade(
    const Made& object, std::optional<int> grace_seconds, absl::Time end) {
  absl::StatusOr<json::Value> deleted = DeleteOne(object, grace_seconds, end);
  if (!object.uid.empty()) return deleted;
  // The request that creates it was cut off: it may be carried out later than
  // this one, which came over another connection.
  for (const absl::Duration pause : kUnansweredPauses) {
    if (!absl::IsNotFound(deleted.status())) break;
    absl::SleepFor(pause);
    deleted = DeleteOne(object, grace_seconds, end);
  }
  return deleted;
}

absl::StatusOr<json::Value> ClusterObjects::DeleteOne(
    const Made& object, std::optional<int> grace_seconds, absl::Time end) {
  kube::DeleteOptions options;
  options.uid = object.uid;
  options.propagation = "Background";
  options.grace_period_seconds = grace_seconds;
  Deadline limit(std::min(end - SteadyNow(), request_patience_));
  return client_.Delete(ResourceOf(object.plural), object.name, options,
                        &limit.cancellation());
}

// Kubelets of Kubernetes 1.20 leave a pod whose image cannot be pulled there
// for half a minute; and a node may be away. What still runs then, the node
// ends when it sees that the pod is gone.
absl::Status ClusterObjects::EndPod(const Made& pod, const json::Value& state,
                                    absl::Time end) {
  if (kube::AnyContainerHasStarted(state) &&
      WaitUntilGone(pod, std::min(end, SteadyNow() + kGonePatience))) {
    return absl::OkStatus();
  }
  return DeleteOne(pod, 0, end).status();
}

bool ClusterObjects::WaitUntilGone(const Made& pod, absl::Time end) {
  kube::WatchOptions options;
  options.resource = ResourceOf(pod.plural);
  options.select.field_selector = absl::StrCat("metadata.name=", pod.name);
  bool there = false;
  Deadline limit(end - SteadyNow());
  return kube::Watch(
             client_, options,
             [&](const kube::WatchEvent& event) {
               switch (event.type) {
                 case kube::WatchEvent::Type::kAdded:
                 case kube::WatchEvent::Type::kModified:
                   there = true;
                   return true;
                 case kube::WatchEvent::Type::kSynced:
                   return there;
                 case kube::WatchEvent::Type::kDeleted:
                   return false;
               }
               return true;
             },
             &limit.cancellation())
      .ok();
}

}  // namespace ovenbird::build
