#include "runtime/build/cluster/pod_watch.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ovenbird::build {
namespace {

// A pod that waits for hours has its last events explained.
constexpr size_t kMostEvents = 50;

}  // namespace

PodWatch::PodWatch(NamespaceWatch& source, std::string pod,
                   Cancellation& parent)
    : source_(source),
      pod_(std::move(pod)),
      cancel_(parent),
      wake_(&cancel_, [this] {
        MutexLock lock(&mutex_);
        changed_.SignalAll();
      }) {
  source_.Add(pod_, this);
}

PodWatch::~PodWatch() { source_.Remove(pod_); }

void PodWatch::NoteCreated() {
  MutexLock lock(&mutex_);
  created_ = true;
}

void PodWatch::OnPod(const json::Value& pod) {
  MutexLock lock(&mutex_);
  object_ = pod;
  changed_.SignalAll();
}

void PodWatch::OnDeleted(const json::Value& pod) {
  MutexLock lock(&mutex_);
  object_ = pod;
  deleted_ = true;
  changed_.SignalAll();
}

// One that happens again comes again, with another count.
void PodWatch::OnEvent(const json::Value& event) {
  MutexLock lock(&mutex_);
  const json::Value& uid = event.Get({"metadata", "uid"});
  events_.erase(std::remove_if(events_.begin(), events_.end(),
                               [&](const json::Value& other) {
                                 return other.Get({"metadata", "uid"}) == uid;
                               }),
                events_.end());
  events_.push_back(event);
  if (events_.size() > kMostEvents) events_.erase(events_.begin());
  changed_.SignalAll();
}

void PodWatch::OnList() {
  MutexLock lock(&mutex_);
  must_be_listed_ = created_;
}

// What has been seen and is not in a list is told as deleted.
void PodWatch::OnListed() {
  MutexLock lock(&mutex_);
  if (!must_be_listed_ || !object_.is_null()) return;
  deleted_ = true;
  changed_.SignalAll();
}

void PodWatch::OnEnd(const absl::Status& status) {
  MutexLock lock(&mutex_);
  status_ = status;
  changed_.SignalAll();
}

PodWatch::View PodWatch::Current() {
  View view;
  view.state = ReadPodState(object_, events_);
  view.may_not_see_events = source_.may_not_see_events();
  view.deleted = deleted_;
  view.status = status_;
  if (!events_.empty()) {
    view.latest_event = std::string(events_.back()["message"].string_or());
  }
  return view;
}

void PodWatch::Wake() {
  MutexLock lock(&mutex_);
  changed_.SignalAll();
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
