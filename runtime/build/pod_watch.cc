#include "runtime/build/pod_watch.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/kube/watch.h"

namespace ovenbird::build {
namespace {

kube::Resource Core(absl::string_view plural, const std::string& name_space) {
  kube::Resource resource;
  resource.plural = std::string(plural);
  resource.ns = name_space;
  return resource;
}

}  // namespace

PodWatch::PodWatch(kube::Client& client, std::string name_space,
                   std::string pod, Cancellation& parent)
    : client_(client),
      name_space_(std::move(name_space)),
      pod_(std::move(pod)),
      cancel_(&parent),
      wake_(&cancel_,
            [this] {
              MutexLock lock(&mutex_);
              changed_.SignalAll();
            }),
      pod_thread_([this] { WatchPod(); }),
      event_thread_([this] { WatchEvents(); }) {}

PodWatch::~PodWatch() {
  cancel_.Cancel();
  pod_thread_.join();
  event_thread_.join();
}

void PodWatch::WatchPod() {
  kube::WatchOptions options;
  options.resource = Core("pods", name_space_);
  options.select.field_selector = absl::StrCat("metadata.name=", pod_);
  absl::Status status = kube::Watch(
      client_, options,
      [this](const kube::WatchEvent& event) {
        MutexLock lock(&mutex_);
        switch (event.type) {
          case kube::WatchEvent::Type::kAdded:
          case kube::WatchEvent::Type::kModified:
            object_ = event.object;
            break;
          case kube::WatchEvent::Type::kDeleted:
            object_ = event.object;
            deleted_ = true;
            break;
          case kube::WatchEvent::Type::kSynced:
            // It was there when we made it.
            if (object_.is_null()) deleted_ = true;
            break;
        }
        changed_.SignalAll();
        return true;
      },
      &cancel_);
  MutexLock lock(&mutex_);
  status_ = status;
  changed_.SignalAll();
}

// Without the right to read events the build goes on; it only knows less.
void PodWatch::WatchEvents() {
  kube::WatchOptions options;
  options.resource = Core("events", name_space_);
  options.select.field_selector =
      absl::StrCat("involvedObject.kind=Pod,involvedObject.name=", pod_);
  (void)kube::Watch(
      client_, options,
      [this](const kube::WatchEvent& event) {
        if (event.type == kube::WatchEvent::Type::kAdded ||
            event.type == kube::WatchEvent::Type::kModified) {
          MutexLock lock(&mutex_);
          events_.push_back(event.object);
          changed_.SignalAll();
        }
        return true;
      },
      &cancel_);
}

PodWatch::View PodWatch::Current() {
  View view;
  view.state = ReadPodState(object_, events_);
  view.deleted = deleted_;
  view.status = status_;
  if (!events_.empty()) {
    view.latest_event = std::string(events_.back()["message"].string_or());
  }
  return view;
}

PodWatch::View PodWatch::Now() {
  MutexLock lock(&mutex_);
  return Current();
}

PodWatch::View PodWatch::WaitUntil(
    const std::function<bool(const View&)>& wanted,
    std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(&mutex_);
  while (true) {
    View view = Current();
    if (wanted(view) || cancel_.cancelled() || !view.status.ok()) return view;
    if (!changed_.WaitUntil(&mutex_, deadline)) return Current();
  }
}

}  // namespace ovenbird::build
