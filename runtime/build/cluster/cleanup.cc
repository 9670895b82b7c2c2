#include "runtime/build/cluster/cleanup.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/rfc3339.h"
#include "runtime/build/cluster/expiry.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/pod_containers.h"

namespace ovenbird::build {
namespace {

// A build that has just ended elsewhere may still read its log; clocks differ.
constexpr absl::Duration kMargin = absl::Minutes(5);
// A secret comes before its pod.
constexpr absl::Duration kPodMayCome = absl::Minutes(15);

absl::string_view AnnotationOf(const json::Value& object,
                               absl::string_view name) {
  return object.Get({"metadata", "annotations", name}).string_or();
}

absl::Time TimeOf(const json::Value& value) {
  return ParseRfc3339(value.string_or()).value_or(absl::InfiniteFuture());
}

absl::Time CreationOf(const json::Value& object) {
  return TimeOf(object.Get({"metadata", "creationTimestamp"}));
}

bool HasEnded(const json::Value& pod) {
  const absl::string_view phase = pod.Get({"status", "phase"}).string_or();
  return phase == "Succeeded" || phase == "Failed";
}

// Whatever an injected sidecar still does.
bool KanikoHasEnded(const json::Value& pod) {
  return !kube::ContainerStatus(pod, kube::kKanikoContainer)
              .Get({"state", "terminated"})
              .is_null();
}

// When an object was last changed, by the API server's clock; the infinite past
// if the server does not tell.
absl::Time LastChangeOf(const json::Value& object) {
  absl::Time last = absl::InfinitePast();
  for (const json::Value& change :
       object.Get({"metadata", "managedFields"}).items()) {
    if (change["time"].is_null()) continue;
    last = std::max(last, TimeOf(change["time"]));
  }
  return last;
}

// When the last container of a pod that has ended did so, as far as known: the
// change that reported it, or else the time by its node's clock.
absl::Time EndOf(const json::Value& pod) {
  absl::Time end = LastChangeOf(pod);
  if (end != absl::InfinitePast()) return end;
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const json::Value& container : pod.Get({"status", list}).items()) {
      const json::Value& finished =
          container.Get({"state", "terminated", "finishedAt"});
      if (!finished.is_null()) end = std::max(end, TimeOf(finished));
    }
  }
  return end == absl::InfinitePast() ? CreationOf(pod) : end;
}

// After this nothing of its build can be at work.
absl::Time ExpiryOf(const json::Value& object) {
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(AnnotationOf(object, kLifetimeAnnotation), &seconds)) {
    return absl::InfiniteFuture();
  }
  return CreationOf(object) + absl::Seconds(seconds);
}

// Containers of one machine may have the same process numbers, but not the
// same host; hosts may have the same name, but not the same processes.
Liveness BuilderOf(const json::Value& object, const CleanupScope& scope) {
  return AnnotationOf(object, kHostAnnotation) == scope.owner.host
             ? LivenessOf(AnnotationOf(object, kProcessAnnotation))
             : Liveness::kUnknown;
}

// The objects of one build, to be judged together.
struct Group {
  std::vector<std::pair<const char*, const json::Value*>> objects;

  void Judge(const CleanupScope& scope, absl::Time now, Remains& remains) const;
  void JudgeFromAfar(absl::string_view host, absl::Time now,
                     Remains& remains) const;
};

void Group::Judge(const CleanupScope& scope, absl::Time now,
                  Remains& remains) const {
  const json::Value& any = *objects.front().second;
  const absl::string_view process = AnnotationOf(any, kProcessAnnotation);
  switch (BuilderOf(any, scope)) {
    case Liveness::kRunning:
      remains.in_use = true;
      remains.why = absl::StrCat("process ", PidOf(process), " is building it");
      break;
    case Liveness::kEnded:
      remains.why = absl::StrCat("its process ", PidOf(process), " has exited");
      break;
    case Liveness::kUnknown:
      JudgeFromAfar(AnnotationOf(any, kHostAnnotation), now, remains);
      break;
  }
}

void Group::JudgeFromAfar(absl::string_view host, absl::Time now,
                          Remains& remains) const {
  const json::Value* pod = nullptr;
  absl::Time expiry = absl::InfinitePast();
  absl::Time newest = absl::InfinitePast();
  for (const auto& [plural, object] : objects) {
    if (absl::string_view(plural) == "pods") pod = object;
    expiry = std::max(expiry, ExpiryOf(*object));
    newest = std::max(newest, CreationOf(*object));
  }
  if (now > expiry + kMargin) {
    remains.why = "it has expired";
  } else if (pod != nullptr && (HasEnded(*pod) || KanikoHasEnded(*pod)) &&
             now > EndOf(*pod) + kMargin) {
    remains.why = "its pod has terminated";
  } else if (pod == nullptr && now > newest + kPodMayCome) {
    remains.why = "its pod no longer exists";
  } else {
    remains.in_use = true;
    remains.why = absl::StrCat("host ", host, " may be building it");
  }
}

bool IsOurs(const json::Value& object, const CleanupScope& scope) {
  const absl::string_view host = AnnotationOf(object, kHostAnnotation);
  return object.Get({"metadata", "labels", kube::kManagedByLabel})
                 .string_or() == kube::kManagedByValue &&
         AnnotationOf(object, kUserAnnotation) == scope.owner.user &&
         !host.empty() &&
         !object.Get({"metadata", "annotations", kProcessAnnotation})
              .is_null() &&
         (!scope.this_host_only || host == scope.owner.host);
}

// Whether times decide what becomes of an object.
bool HasBuildFromAfar(const FoundObjects& found, const CleanupScope& scope) {
  for (const auto* list : {&found.pods, &found.secrets, &found.jobs}) {
    for (const json::Value& object : *list) {
      if (IsOurs(object, scope) &&
          BuilderOf(object, scope) == Liveness::kUnknown) {
        return true;
      }
    }
  }
  return false;
}

// By the clock that the objects' times are of. The infinite past if the server
// does not tell: then nothing has expired.
absl::Time TimeOfServer(kube::Client& client, Cancellation* cancel) {
  const absl::StatusOr<kube::ServerInfo> info = client.GetServerInfo(cancel);
  return info.ok() ? info->time.value_or(absl::InfinitePast())
                   : absl::InfinitePast();
}

bool IsDenied(const std::vector<absl::Status>& problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const absl::Status& problem) {
                       return absl::IsPermissionDenied(problem);
                     });
}

}  // namespace

std::vector<Remains> Judge(const FoundObjects& found, const CleanupScope& scope,
                           absl::Time now) {
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  std::map<Key, Group> groups;
  auto add = [&](const char* plural, const std::vector<json::Value>& objects) {
    for (const json::Value& object : objects) {
      // Already being deleted.
      if (!IsOurs(object, scope) ||
          !object.Get({"metadata", "deletionTimestamp"}).is_null()) {
        continue;
      }
      const Key key(
          object.Get({"metadata", "namespace"}).string_or(),
          object.Get({"metadata", "labels", kube::kBuildIdLabel}).string_or(),
          AnnotationOf(object, kHostAnnotation),
          AnnotationOf(object, kProcessAnnotation));
      groups[key].objects.emplace_back(plural, &object);
    }
  };
  // In the order in which they are deleted.
  add("pods", found.pods);
  add("secrets", found.secrets);
  add("jobs", found.jobs);
  std::vector<Remains> result;
  for (const auto& [key, group] : groups) {
    Remains& remains = result.emplace_back();
    for (const auto& [plural, object] : group.objects) {
      remains.objects.push_back(
          {plural, std::string(object->Get({"metadata", "name"}).string_or()),
           std::string(object->Get({"metadata", "uid"}).string_or()),
           HasEnded(*object)});
      remains.image =
          std::string(AnnotationOf(*object, kube::kImageKeyAnnotation));
      remains.name_space =
          std::string(object->Get({"metadata", "namespace"}).string_or());
    }
    group.Judge(scope, now, remains);
  }
  return result;
}

CleanupResult FindRemains(kube::Client& client, const std::string& name_space,
                          const CleanupScope& scope, Cancellation* cancel) {
  CleanupResult result;
  FoundObjects found;
  kube::ListOptions select;
  select.label_selector =
      absl::StrCat(kube::kManagedByLabel, "=", kube::kManagedByValue);
  auto list = [&](const char* plural, std::vector<json::Value>& objects) {
    absl::StatusOr<json::Value> listed =
        client.List(kube::ResourceOf(plural, name_space), select, cancel);
    if (!listed.ok()) return listed.status();
    objects = (*listed)["items"].items();
    return absl::OkStatus();
  };
  // A secret is listed before the pods: its pod, if there is one, is then seen.
  const absl::Status secrets = list("secrets", found.secrets);
  if (kube::HasNotReachedServer(secrets)) {
    // Nor can the others be: once is enough to say it.
    result.problems.push_back(secrets);
    return result;
  }
  const absl::Status pods = list("pods", found.pods);
  (void)list("jobs", found.jobs);
  for (const absl::Status& status : {secrets, pods}) {
    if (!status.ok()) result.problems.push_back(status);
  }
  // Without the pods a secret's build cannot be judged.
  if (pods.ok()) {
    const absl::Time now = HasBuildFromAfar(found, scope)
                               ? TimeOfServer(client, cancel)
                               : absl::InfinitePast();
    result.remains = Judge(found, scope, now);
  }
  return result;
}

CleanupResult FindAllRemains(kube::Client& client, const CleanupScope& scope,
                             Cancellation* cancel) {
  CleanupResult all = FindRemains(client, "", scope, cancel);
  if (!IsDenied(all.problems)) return all;
  kube::Resource namespaces;
  namespaces.plural = "namespaces";
  absl::StatusOr<json::Value> listed = client.List(namespaces, {}, cancel);
  if (!listed.ok()) {
    all.problems.push_back(listed.status());
    return all;
  }
  all = CleanupResult();
  for (const json::Value& item : (*listed)["items"].items()) {
    const std::string name(item.Get({"metadata", "name"}).string_or());
    CleanupResult one = FindRemains(client, name, scope, cancel);
    all.remains.insert(all.remains.end(), one.remains.begin(),
                       one.remains.end());
    if (IsDenied(one.problems)) {
      all.not_seen.push_back(name);
    } else {
      all.problems.insert(all.problems.end(), one.problems.begin(),
                          one.problems.end());
    }
  }
  return all;
}

absl::Status DeleteRemaining(kube::Client& client,
                             const std::string& name_space,
                             const RemainingObject& object,
                             Cancellation* cancel) {
  kube::DeleteOptions options;
  options.uid = object.uid;
  options.propagation = "Background";
  if (object.plural == "pods") {
    options.grace_period_seconds = object.has_ended ? 0 : 1;
  }
  absl::Status status = client
                            .Delete(kube::ResourceOf(object.plural, name_space),
                                    object.name, options, cancel)
                            .status();
  // Gone, or another one has its name now.
  if (absl::IsNotFound(status) || absl::IsAborted(status)) {
    return absl::OkStatus();
  }
  return status;
}

}  // namespace ovenbird::build
