#include "runtime/doctor/references.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/kube/manifest.h"

namespace ovenbird::doctor {
namespace {

constexpr char kCheck[] = "reference";
constexpr char kLocalQueues[] = "localqueues";

// The kind of a plural, for people.
std::string KindOf(absl::string_view plural) {
  if (plural == "serviceaccounts") return "service account";
  if (plural == "configmaps") return "ConfigMap";
  if (plural == "persistentvolumeclaims") return "claim";
  if (plural == kLocalQueues) return "LocalQueue";
  return "Secret";
}

std::string Singular(absl::string_view plural) {
  plural.remove_suffix(1);
  return std::string(plural);
}

class Collector {
 public:
  Collector(const std::string& own, const std::string& pull_secret)
      : own_(own), pull_secret_(pull_secret) {}

  void Add(absl::string_view plural, const json::Value& name,
           const json::Value& source = {}) {
    const std::string text(name.string_or());
    if (text.empty() || source["optional"].bool_or()) return;
    if (plural == "secrets" && (text == own_ || text == pull_secret_)) return;
    auto object = std::find_if(
        found_.begin(), found_.end(), [&](const ObjectName& other) {
          return other.plural == plural && other.name == text;
        });
    if (object == found_.end()) {
      object = found_.insert(found_.end(), {std::string(plural), text, {}});
    }
    for (const json::Value& item : source["items"].items()) {
      std::string key(item["key"].string_or());
      auto& keys = object->keys;
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        keys.push_back(std::move(key));
      }
    }
  }

  // A Secret that is mounted, too, stays required.
  void AddForPulls(const json::Value& name) {
    const size_t before = found_.size();
    Add("secrets", name);
    if (found_.size() > before) found_.back().is_for_pulls = true;
  }

  std::vector<ObjectName> Take() { return std::move(found_); }

 private:
  const std::string& own_;
  const std::string& pull_secret_;
  std::vector<ObjectName> found_;
};

// Kueue's versions have one of these versions of its API, or both.
std::optional<Finding> CheckQueue(kube::Client& client, kube::Resource queues,
                                  const std::string& name, std::string subject,
                                  Cancellation* cancel) {
  for (const char* version : {"v1beta1", "v1beta2"}) {
    queues.api_version = absl::StrCat("kueue.x-k8s.io/", version);
    const absl::Status found = client.Get(queues, name, cancel).status();
    if (found.ok()) return Ok(kCheck, std::move(subject), "exists");
    if (!absl::IsNotFound(found)) return std::nullopt;
  }
  return Warning(kCheck, std::move(subject),
                 "missing: Kueue never admits a build pod that waits in it; "
                 "without Kueue in the cluster nothing holds the pod back",
                 "create it, or fix `queue` under `kaniko` (`kubectl get "
                 "localqueues` lists them)");
}

}  // namespace

std::vector<ObjectName> ReferencesOf(const json::Value& pod,
                                     const std::string& own,
                                     const std::string& pull_secret) {
  Collector found(own, pull_secret);
  found.Add(kLocalQueues, pod.Get({"metadata", "labels", kube::kQueueLabel}));
  const json::Value& spec = pod["spec"];
  const json::Value& account = spec["serviceAccountName"];
  found.Add("serviceaccounts", account.is_null() ? "default" : account);
  for (const json::Value& volume : spec["volumes"].items()) {
    const json::Value& secret = volume["secret"];
    const json::Value& map = volume["configMap"];
    found.Add("secrets", secret["secretName"], secret);
    found.Add("configmaps", map["name"], map);
    found.Add("persistentvolumeclaims",
              volume["persistentVolumeClaim"]["claimName"]);
  }
  for (const json::Value& secret : spec["imagePullSecrets"].items()) {
    found.AddForPulls(secret["name"]);
  }
  return found.Take();
}

std::optional<Finding> CheckReference(kube::Client& client,
                                      const std::string& name_space,
                                      const ObjectName& object,
                                      Cancellation* cancel) {
  const std::string subject =
      absl::StrCat(KindOf(object.plural), " `", object.name, "` in namespace `",
                   name_space, "`");
  if (object.plural == kLocalQueues) {
    return CheckQueue(client, kube::ResourceOf(object.plural, name_space),
                      object.name, subject, cancel);
  }
  const absl::StatusOr<json::Value> found = client.Get(
      kube::ResourceOf(object.plural, name_space), object.name, cancel);
  if (absl::IsNotFound(found.status()) && object.is_for_pulls) {
    return Warning(kCheck, subject,
                   "missing: the node pulls without these credentials",
                   "create it, or fix its name in `imagePullSecrets`");
  }
  if (absl::IsNotFound(found.status())) {
    return Error(
        kCheck, subject, "missing: a build pod does not start without",
        absl::StrCat("create it (`kubectl create ", Singular(object.plural),
                     "`), or fix its name "
                     "under `kaniko`"));
  }
  if (!found.ok()) return std::nullopt;
  for (const std::string& key : object.keys) {
    if ((*found)["data"][key].is_null() &&
        (*found)["binaryData"][key].is_null()) {
      return Error(kCheck, subject,
                   absl::StrCat("has no key `", key,
                                "`: a build pod does not start without"),
                   "add the key, or fix its name under `kaniko`");
    }
  }
  return Ok(kCheck, subject, "exists");
}

}  // namespace ovenbird::doctor
