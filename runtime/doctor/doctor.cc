#include "runtime/doctor/doctor.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "runtime/base/json.h"
#include "runtime/base/private_folder.h"
#include "runtime/build/local/run_locally.h"
#include "runtime/doctor/builds.h"
#include "runtime/doctor/dry_run.h"
#include "runtime/doctor/machine.h"
#include "runtime/doctor/parallel.h"
#include "runtime/doctor/quota.h"
#include "runtime/doctor/references.h"
#include "runtime/doctor/rights.h"
#include "runtime/doctor/server.h"
#include "runtime/doctor/user_namespaces.h"
#include "runtime/kube/client.h"
#include "runtime/kube/hide_secrets.h"
#include "runtime/kube/manifest.h"
#include "runtime/kube/rights.h"

namespace ovenbird::doctor {
namespace {

// The names of the objects that are tried; builds have other ones.
constexpr char kBuildId[] = "doctor";
// As many builds as `build` runs at the same time.
constexpr int kMostBuilds = 4;

using Jobs = std::vector<std::function<void()>>;

// The checks of one namespace.
struct Namespace {
  std::string name;
  kube::RightsNeeded needed;
  bool has_secret = false;
  std::vector<kube::Right> rights;
  std::vector<RightAnswer> answers;
  std::vector<Amounts> needs;
  Findings quotas;
};

// The checks of one build in the cluster.
struct PodCheck {
  const Build* build = nullptr;
  kube::BuildSpec spec;
  Tried tried;
};

struct ReferenceCheck {
  std::string name_space;
  ObjectName object;
  std::optional<Finding> finding;
};

struct PushCheck {
  PushTarget target;
  std::optional<Finding> finding;
};

void Append(Findings from, Findings& to) {
  for (Finding& finding : from) to.push_back(std::move(finding));
}

// Three rounds of requests; each needs answers of the one before.
class Examiner {
 public:
  Examiner(const Request& request, Cancellation& cancel)
      : request_(request), cancel_(cancel) {}

  Findings Run() {
    MakeClient();
    builds_ = BuildsOf(*request_.plan,
                       client_ == nullptr ? "" : client_->access().name_space,
                       request_.engine_of);
    AskServerAndMachine();
    if (server_reached_) AskCluster();
    AskWithAnswers();
    return Report();
  }

 private:
  void MakeClient() {
    if (!request_.cluster || !request_.cluster->ok()) return;
    kube::ClusterAccess access = **request_.cluster;
    access.options.connect_timeout = absl::Seconds(5);
    kube::ClientOptions options;
    options.request_timeout = absl::Seconds(10);
    options.retry_for = absl::Seconds(2);
    absl::StatusOr<std::unique_ptr<kube::Client>> client =
        kube::Client::New(std::move(access), std::move(options));
    if (client.ok()) client_ = *std::move(client);
  }

  bool IsLocal() const {
    return std::any_of(builds_.begin(), builds_.end(), [&](const Build& build) {
      return request_.engine_of(build.plan->key) == "local";
    });
  }

  void AskServerAndMachine() {
    Jobs jobs;
    if (client_ != nullptr) {
      jobs.emplace_back([this] {
        const absl::Time sent = absl::Now();
        absl::StatusOr<kube::ServerInfo> info =
            client_->GetServerInfo(&cancel_);
        server_.push_back(CheckServer(info));
        if (!info.ok()) return;
        server_reached_ = true;
        minor_ = MinorVersion(*info);
        server_.push_back(CheckClock(*info, sent, absl::Now()));
      });
    }
    if (IsLocal()) {
      jobs.emplace_back([this] {
        machine_.push_back(CheckRuntime(build::FindLocalRuntime(&cancel_)));
      });
    }
    RunAll(jobs);
    const absl::StatusOr<std::string> folder = CacheFolder();
    machine_.push_back(CheckCache(
        folder, folder.ok() ? FreeBytes(*folder) : absl::StatusOr<uint64_t>(0),
        IsLocal()));
  }

  Namespace& NamespaceOf(const Build& build) {
    Namespace& found = namespaces_[build.name_space];
    found.name = build.name_space;
    return found;
  }

  // Rights, dry runs and pull secrets.
  void AskCluster() {
    for (const Build& build : builds_) {
      if (!build.in_cluster) continue;
      PodCheck& check = pods_.emplace_back();
      check.build = &build;
      kube::BuildSpec& spec = check.spec;
      spec = build.plan->spec;
      spec.build_id = kBuildId;
      kube::HideSecrets(spec);
      Namespace& name_space = NamespaceOf(build);
      kube::AddRightsNeeded(spec, request_.waits_for_nodes, name_space.needed);
      if (request_.lists_nodes) name_space.needed.lists_nodes = true;
      name_space.has_secret |= kube::MakeManifest(spec).secret.has_value();
    }
    Jobs jobs;
    for (PodCheck& check : pods_) {
      jobs.emplace_back([this, &check] {
        check.tried = TryObjects(*client_, check.build->subject,
                                 check.build->name_space, check.spec, cancel_);
      });
    }
    AddRights(jobs);
    AddPullSecrets(jobs);
    RunAll(jobs);
  }

  void AddRights(Jobs& jobs) {
    for (auto& [name, one] : namespaces_) {
      one.rights = kube::RightsFor(one.needed);
      one.answers.resize(one.rights.size());
      for (size_t i = 0; i < one.rights.size(); ++i) {
        jobs.emplace_back([this, i, &one = one] {
          one.answers[i] =
              AskRight(*client_, one.name, one.rights[i], &cancel_);
        });
      }
    }
  }

  void AddPullSecrets(Jobs& jobs) {
    for (build::PullSecretRequest& request : PullSecretRequests(builds_)) {
      PullSecretAnswer& answer =
          pull_secrets_[{request.name_space, request.name}];
      jobs.emplace_back([this, &answer, request = std::move(request)] {
        answer = CheckPullSecret(*client_, request, cancel_);
      });
    }
  }

  // What depends on the pods that the cluster would run, and on credentials.
  void AskWithAnswers() {
    Jobs jobs;
    AddReferences(jobs);
    AddQuotas(jobs);
    AddUserNamespaces(jobs);
    for (PushTarget& target : PushTargets(builds_, pull_secrets_)) {
      pushes_.push_back({std::move(target), std::nullopt});
    }
    for (PushCheck& check : pushes_) {
      jobs.emplace_back([this, &check] {
        ReadCertificate(check.target);
        check.finding = CheckPushTarget(check.target, &cancel_);
      });
    }
    RunAll(jobs);
  }

  void AddReferences(Jobs& jobs) {
    std::set<std::pair<std::string, std::string>> known;
    for (const PodCheck& check : pods_) {
      const json::Value& pod = check.tried.pod;
      for (ObjectName& object : ReferencesOf(
               pod, std::string(pod.Get({"metadata", "name"}).string_or()),
               check.build->plan->kaniko->pull_secret)) {
        const std::string& name_space = check.build->name_space;
        if (!known
                 .insert({name_space,
                          absl::StrCat(object.plural, "/", object.name)})
                 .second) {
          continue;
        }
        references_.push_back({name_space, std::move(object), std::nullopt});
      }
    }
    for (ReferenceCheck& check : references_) {
      jobs.emplace_back([this, &check] {
        check.finding =
            CheckReference(*client_, check.name_space, check.object, &cancel_);
      });
    }
  }

  void AddQuotas(Jobs& jobs) {
    for (const PodCheck& check : pods_) {
      NamespaceOf(*check.build)
          .needs.push_back(NeedOf(check.tried.pod, check.tried.has_secret));
    }
    for (auto& [name, one] : namespaces_) {
      jobs.emplace_back([this, &one = one] {
        const int at_once =
            std::min(static_cast<int>(one.needs.size()), kMostBuilds);
        one.quotas =
            CheckQuotas(*client_, one.name, one.needs, at_once, &cancel_);
      });
    }
  }

  void AddUserNamespaces(Jobs& jobs) {
    const bool wanted =
        std::any_of(pods_.begin(), pods_.end(), [](const PodCheck& check) {
          return !check.build->plan->kaniko->host_users;
        });
    if (!wanted) return;
    jobs.emplace_back([this] {
      kube::Resource nodes;
      nodes.plural = "nodes";
      const absl::StatusOr<json::Value> list =
          client_->List(nodes, {}, &cancel_);
      for (const PodCheck& check : pods_) {
        if (check.build->plan->kaniko->host_users) continue;
        user_namespaces_.push_back(
            CheckUserNamespaces(absl::StrCat("pod of ", check.build->subject),
                                check.tried.pod, list));
      }
    });
  }

  void ReadCertificate(PushTarget& target) {
    if (target.ca_config_map.empty() || !server_reached_) return;
    const absl::StatusOr<json::Value> map =
        client_->Get(kube::ResourceOf("configmaps", target.name_space),
                     target.ca_config_map, &cancel_);
    if (!map.ok()) return;
    target.ca_pem = std::string((*map)["data"][target.ca_key].string_or());
  }

  Findings Engines() const {
    std::map<std::string, std::vector<std::string>> keys;
    for (const auto& image : request_.plan->images) {
      keys[std::string(request_.engine_of(image->key))].push_back(image->key);
    }
    Findings findings;
    for (const auto& [engine, images] : keys) {
      findings.push_back(
          Ok("engine", absl::StrCat("engine `", engine, "`"),
             absl::StrCat("builds ", absl::StrJoin(images, ", "))));
    }
    return findings;
  }

  Findings Executors() const {
    std::vector<std::pair<std::string, std::vector<std::string>>> executors;
    for (const auto& image : request_.plan->images) {
      if (image->builder != plan::Builder::kKaniko) continue;
      const std::string& name = image->spec.executor.empty()
                                    ? image->kaniko->image
                                    : image->spec.executor;
      auto known =
          std::find_if(executors.begin(), executors.end(),
                       [&](const auto& other) { return other.first == name; });
      if (known == executors.end()) {
        known = executors.insert(executors.end(), {name, {}});
      }
      known->second.push_back(image->key);
    }
    Findings findings;
    for (const auto& [name, keys] : executors) {
      findings.push_back(CheckExecutor(name, keys));
    }
    return findings;
  }

  Findings Report() {
    Findings report = Engines();
    if (request_.cluster) report.push_back(CheckKubeconfig(*request_.cluster));
    Append(std::move(server_), report);
    for (const auto& [name, one] : namespaces_) {
      Append(
          ReportRights({name, minor_, one.has_secret}, one.rights, one.answers),
          report);
    }
    for (PodCheck& check : pods_) {
      Append(std::move(check.tried.findings), report);
    }
    Append(std::move(user_namespaces_), report);
    for (auto& [name, one] : namespaces_) Append(std::move(one.quotas), report);
    for (ReferenceCheck& check : references_) {
      if (check.finding) report.push_back(*std::move(check.finding));
    }
    for (auto& [name, answer] : pull_secrets_) {
      Append(std::move(answer.findings), report);
    }
    for (PushCheck& check : pushes_) {
      report.push_back(*std::move(check.finding));
    }
    Append(Executors(), report);
    Append(FromProblems(request_.problems), report);
    Append(std::move(machine_), report);
    return report;
  }

  const Request& request_;
  Cancellation& cancel_;
  std::unique_ptr<kube::Client> client_;
  std::vector<Build> builds_;
  bool server_reached_ = false;
  int minor_ = -1;
  Findings server_;
  Findings machine_;
  // By name.
  std::map<std::string, Namespace> namespaces_;
  std::vector<PodCheck> pods_;
  Findings user_namespaces_;
  std::vector<ReferenceCheck> references_;
  std::vector<PushCheck> pushes_;
  PullSecrets pull_secrets_;
};

}  // namespace

Findings Examine(const Request& request, Cancellation& cancel) {
  return Examiner(request, cancel).Run();
}

}  // namespace ovenbird::doctor
