#include "runtime/build/cluster/namespace_watch.h"

#include <functional>
#include <string>
#include <utility>

namespace ovenbird::build {
namespace {

kube::Resource Core(absl::string_view plural, const std::string& name_space) {
  kube::Resource resource;
  resource.plural = std::string(plural);
  resource.name_space = name_space;
  return resource;
}

absl::string_view Name(const json::Value& pod) {
  return pod.Get({"metadata", "name"}).string_or();
}

absl::string_view About(const json::Value& event) {
  return event.Get({"involvedObject", "name"}).string_or();
}

}  // namespace

NamespaceWatch::NamespaceWatch(kube::Client& client, std::string name_space,
                               std::string label_selector)
    : client_(client),
      name_space_(std::move(name_space)),
      label_selector_(std::move(label_selector)) {
  const absl::Status started = StartThread(
      pod_thread_, [this] { WatchPods(); },
      [this, status = absl::ResourceExhaustedError("there is no more memory")] {
        End(status);
      });
  if (!started.ok()) {
    MutexLock lock(&mutex_);
    status_ = started;
    return;
  }
  // Builds go on without events.
  StartThread(
      event_thread_, [this] { WatchEvents(); }, NobodyWaits)
      .IgnoreError();
}

NamespaceWatch::~NamespaceWatch() {
  cancel_.Cancel();
  Join(pod_thread_);
  Join(event_thread_);
}

void NamespaceWatch::Add(const std::string& pod, Listener* listener) {
  MutexLock lock(&mutex_);
  listeners_[pod] = listener;
  if (!status_.ok()) listener->OnEnd(status_);
}

void NamespaceWatch::Remove(const std::string& pod) {
  MutexLock lock(&mutex_);
  listeners_.erase(pod);
}

bool NamespaceWatch::has_ended() {
  MutexLock lock(&mutex_);
  return !status_.ok();
}

NamespaceWatch::Listener* NamespaceWatch::Find(absl::string_view pod) {
  const auto it = listeners_.find(pod);
  return it == listeners_.end() ? nullptr : it->second;
}

void NamespaceWatch::OnPodEvent(const kube::WatchEvent& event) {
  MutexLock lock(&mutex_);
  if (event.type == kube::WatchEvent::Type::kSynced) {
    for (const auto& [pod, listener] : listeners_) listener->OnListed();
    return;
  }
  Listener* listener = Find(Name(event.object));
  if (listener == nullptr) return;
  if (event.type == kube::WatchEvent::Type::kDeleted) {
    listener->OnDeleted(event.object);
  } else {
    listener->OnPod(event.object);
  }
}

void NamespaceWatch::WatchPods() {
  kube::WatchOptions options;
  options.resource = Core("pods", name_space_);
  options.select.label_selector = label_selector_;
  options.on_list = [this] {
    MutexLock lock(&mutex_);
    for (const auto& [pod, listener] : listeners_) listener->OnList();
  };
  absl::Status status = kube::Watch(
      client_, options,
      [this](const kube::WatchEvent& event) {
        OnPodEvent(event);
        return true;
      },
      &cancel_);
  End(status);
}

void NamespaceWatch::End(const absl::Status& status) {
  MutexLock lock(&mutex_);
  status_ = status;
  for (const auto& [pod, listener] : listeners_) listener->OnEnd(status_);
}

// Without the right to read events builds go on; they only know less. Events
// cannot be selected by label: those of other pods are left out here.
void NamespaceWatch::WatchEvents() {
  kube::WatchOptions options;
  options.resource = Core("events", name_space_);
  options.select.field_selector = "involvedObject.kind=Pod";
  options.only_new = true;
  options.wanted = [this](const json::Value& event) {
    MutexLock lock(&mutex_);
    return Find(About(event)) != nullptr;
  };
  const absl::Status end = kube::Watch(
      client_, options,
      [this](const kube::WatchEvent& event) {
        if (event.type != kube::WatchEvent::Type::kAdded &&
            event.type != kube::WatchEvent::Type::kModified) {
          return true;
        }
        MutexLock lock(&mutex_);
        if (Listener* listener = Find(About(event.object))) {
          listener->OnEvent(event.object);
        }
        return true;
      },
      &cancel_);
  may_not_see_events_ = absl::IsPermissionDenied(end);
}

}  // namespace ovenbird::build
