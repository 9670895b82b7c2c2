#include "runtime/build/cluster_objects.h"

#include <cassert>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/writer.h"
#include "runtime/build/api_failure.h"
#include "runtime/kube/api_error.h"
#include "runtime/kube/watch.h"

namespace ovenbird::build {
namespace {

constexpr absl::Duration kDeletePatience = absl::Seconds(4);
// A kubelet takes about 2 seconds; a busy one more. The user who does not want
// to wait has a second Ctrl-C.
constexpr absl::Duration kGonePatience = absl::Seconds(15);
constexpr int kPodGraceSeconds = 1;

template <typename T>
json::Value AsJson(const T& object) {
  std::string text;
  JsonWriter writer(&text);
  Write(object, writer);
  // Our own writer's output.
  return *json::Parse(text);
}

// Cancels itself when its time is up.
class TimeLimit {
 public:
  explicit TimeLimit(absl::Duration time)
      : thread_([this, time] {
          if (!ended_.SleepFor(time)) limit_.Cancel();
        }) {}
  ~TimeLimit() {
    ended_.Cancel();
    thread_.join();
  }
  Cancellation& cancellation() { return limit_; }

 private:
  Cancellation limit_;
  Cancellation ended_;
  std::thread thread_;
};

}  // namespace

ClusterObjects::~ClusterObjects() { assert(made_.empty()); }

kube::Resource ClusterObjects::ResourceOf(absl::string_view plural) const {
  kube::Resource resource;
  resource.plural = std::string(plural);
  resource.ns = name_space_;
  return resource;
}

std::optional<Failure> ClusterObjects::CreateOne(absl::string_view plural,
                                                 const json::Value& object,
                                                 absl::string_view doing,
                                                 Cancellation& cancel) {
  // Before the request: if its answer is lost, the object may be there.
  made_.push_back({std::string(plural),
                   std::string(object.Get({"metadata", "name"}).string_or()),
                   ""});
  absl::StatusOr<json::Value> created =
      client_.Create(ResourceOf(plural), object, &cancel);
  if (created.ok()) {
    made_.back().uid =
        std::string(created->Get({"metadata", "uid"}).string_or());
    return std::nullopt;
  }
  // The name is random: what exists under it is not ours only if the server
  // says that it was there before.
  if (kube::ApiErrorOf(created.status())) made_.pop_back();
  return ExplainApiError(created.status(), doing, name_space_);
}

std::optional<Failure> ClusterObjects::Create(const kube::Manifest& manifest,
                                              Cancellation& cancel) {
  if (manifest.secret) {
    if (auto failure = CreateOne("secrets", AsJson(*manifest.secret),
                                 "create the build's secret", cancel)) {
      return failure;
    }
  }
  if (auto failure = CreateOne("pods", AsJson(manifest.pod),
                               "create the build pod", cancel)) {
    return failure;
  }
  if (!manifest.secret) return std::nullopt;
  json::Value owner;
  owner.Set("apiVersion", "v1");
  owner.Set("kind", "Pod");
  owner.Set("name", made_.back().name);
  owner.Set("uid", made_.back().uid);
  json::Value metadata;
  metadata.Set("ownerReferences", json::Array{std::move(owner)});
  json::Value patch;
  patch.Set("metadata", std::move(metadata));
  absl::StatusOr<json::Value> patched = client_.Patch(
      ResourceOf("secrets"), made_.front().name, "", patch, &cancel);
  // Without the right to patch only the second way to its end is missing:
  // Delete() is the first.
  if (patched.ok() || absl::IsPermissionDenied(patched.status())) {
    return std::nullopt;
  }
  return ExplainApiError(patched.status(), "hand the secret to its pod",
                         name_space_);
}

std::vector<std::string> ClusterObjects::Delete(bool pod_has_ended) {
  std::vector<std::string> left;
  std::optional<Made> ending;
  while (!made_.empty()) {
    Made object = std::move(made_.back());
    made_.pop_back();
    std::string problem = DeleteOne(object, pod_has_ended);
    if (!problem.empty()) {
      left.push_back(absl::StrCat(object.plural, "/", object.name,
                                  " in namespace ", name_space_, ": ",
                                  problem));
    } else if (object.plural == "pods" && !pod_has_ended) {
      ending = std::move(object);
    }
  }
  if (ending && !WaitUntilGone(*ending)) {
    left.push_back(absl::StrCat(
        "pods/", ending->name, " in namespace ", name_space_,
        ": it was told to end, and its node has not ended it yet"));
  }
  return left;
}

std::string ClusterObjects::DeleteOne(const Made& object, bool pod_has_ended) {
  kube::DeleteOptions options;
  options.uid = object.uid;
  options.propagation = "Background";
  if (object.plural == "pods") {
    options.grace_period_seconds = pod_has_ended ? 0 : kPodGraceSeconds;
  }
  TimeLimit limit(kDeletePatience);
  absl::Status status = client_
                            .Delete(ResourceOf(object.plural), object.name,
                                    options, &limit.cancellation())
                            .status();
  // Another object under this name is not ours.
  if (status.ok() || absl::IsNotFound(status) || absl::IsAborted(status)) {
    return "";
  }
  if (absl::IsCancelled(status)) return "the cluster does not answer";
  return std::string(status.message());
}

bool ClusterObjects::WaitUntilGone(const Made& pod) {
  kube::WatchOptions options;
  options.resource = ResourceOf(pod.plural);
  options.select.field_selector = absl::StrCat("metadata.name=", pod.name);
  bool there = false;
  TimeLimit limit(kGonePatience);
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
