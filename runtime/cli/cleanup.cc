#include "runtime/build/cluster/cleanup.h"

#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/status_macros.h"
#include "runtime/build/cluster/context_cleanup.h"
#include "runtime/build/cluster/context_tag.h"
#include "runtime/build/local/remains.h"
#include "runtime/build/owner.h"
#include "runtime/cli/context_owner.h"
#include "runtime/cli/project.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/verbs.h"
#include "runtime/kube/access.h"
#include "runtime/kube/client.h"
#include "runtime/registry/client.h"
#include "runtime/registry/docker_config.h"
#include "runtime/registry/reference.h"
#include "runtime/report/visible.h"

namespace ovenbird::cli {
namespace {

class CleanupVerb {
 public:
  explicit CleanupVerb(const Options& options) : options_(options) {}

  int Run() {
    if (options_.contexts) {
      InContextRepository();
      return Result();
    }
    if (options_.engine != EngineChoice::kKubernetes) OnThisMachine();
    if (options_.engine != EngineChoice::kLocal) InTheCluster();
    return Result();
  }

 private:
  int Result() {
    if (cancel().cancelled()) return kExitInterrupted;
    return failed_ ? kExitEnvironment : kExitGood;
  }

  Cancellation& cancel() { return signals_.cancellation(); }

  void Fail(const absl::Status& problem) {
    failed_ = true;
    if (!cancel().cancelled()) ShowError(problem.message());
  }

  // Names and annotations are what others wrote into the cluster.
  template <typename... Parts>
  static void Print(const Parts&... parts) {
    std::cout << report::Visible(absl::StrCat(parts...)) << std::endl;
  }

  // One of what there is; `remove` deletes it.
  template <typename Remove>
  void Handle(const std::string& what, bool in_use, const std::string& why,
              const Remove& remove) {
    if (cancel().cancelled()) return;
    if (in_use) {
      ++in_use_;
      Print("kept: ", what, ": ", why);
      return;
    }
    if (!options_.dry_run) {
      const absl::Status deleted = remove();
      if (!deleted.ok()) return Fail(deleted);
    }
    ++deleted_;
    Print(options_.dry_run ? "would be deleted: " : "deleted: ", what, ": ",
          why);
  }

  // `blind`: "0 deleted" would say that there is nothing.
  void Sum(const std::string& where, bool blind = false) {
    if (cancel().cancelled() || (blind && deleted_ + in_use_ == 0)) return;
    Print(where, ": ", deleted_, options_.dry_run ? " to delete" : " deleted",
          ", ", in_use_, " in use");
    deleted_ = in_use_ = 0;
  }

  void InContextRepository() {
    const std::string repository =
        options_.context_repo.empty()
            ? EnvironmentOrEmpty("OVENBIRD_CONTEXT_REPO")
            : options_.context_repo;
    if (repository.empty()) {
      return Fail(absl::FailedPreconditionError(
          "no context repository is set: give --context-repo, or set "
          "OVENBIRD_CONTEXT_REPO"));
    }
    const absl::Status status = DeleteContextsOf(repository);
    if (!status.ok()) Fail(status);
  }

  absl::Status DeleteContextsOf(const std::string& repository) {
    ASSIGN_OR_RETURN(const registry::Reference reference,
                     registry::ParseReference(repository));
    ASSIGN_OR_RETURN(const registry::DockerConfig logins,
                     registry::DockerConfig::Load());
    ASSIGN_OR_RETURN(registry::CredentialsLookup login,
                     logins.Find(reference.domain, &cancel()));
    registry::ClientOptions options;
    options.credentials = std::move(login.credentials);
    options.plain_http_in_private_networks = true;
    options.cancel = &cancel();
    registry::Client client(reference.domain, std::move(options));
    const build::ContextOwner owner = FindContextOwner(owner_);
    ASSIGN_OR_RETURN(const std::vector<build::StoredContext> contexts,
                     build::FindContexts(client, reference.path, owner));
    for (const build::StoredContext& context : contexts) {
      Handle(absl::StrCat(context.tag, " (", context.description, ")"),
             /*in_use=*/false, absl::StrCat("a context of ", owner.Describe()),
             [&] {
               return build::DeleteContext(client, reference.path, context);
             });
    }
    Sum(repository, failed_);
    return absl::OkStatus();
  }

  void OnThisMachine() {
    for (const build::LocalRemains& remains :
         build::FindLocalRemains(owner_, &cancel())) {
      Handle(remains.Describe(), remains.in_use, remains.why,
             [&] { return build::DeleteLocalRemains(remains, &cancel()); });
    }
    Sum("this machine");
  }

  void InTheCluster() {
    kube::AccessOptions access_options;
    access_options.context = options_.kube_context;
    absl::StatusOr<kube::ClusterAccess> access =
        kube::FindCluster(access_options);
    const bool asked_for = options_.engine == EngineChoice::kKubernetes ||
                           !options_.kube_context.empty() ||
                           !options_.name_space.empty() ||
                           options_.all_namespaces;
    if (!asked_for && absl::IsNotFound(access.status())) return;
    if (!access.ok()) return Fail(access.status());
    const std::string description = access->description;
    const std::string name_space =
        options_.name_space.empty() ? access->name_space : options_.name_space;
    absl::StatusOr<std::unique_ptr<kube::Client>> client =
        kube::Client::New(*std::move(access), {});
    if (!client.ok()) return Fail(client.status());
    const bool seen = Look(**client, name_space);
    Sum(absl::StrCat(options_.all_namespaces
                         ? "all namespaces"
                         : absl::StrCat("namespace ", name_space),
                     " (", description, ")"),
        !seen);
  }

  // Whether it could see all that it asked for.
  bool Look(kube::Client& client, const std::string& name_space) {
    build::CleanupScope scope;
    scope.owner = owner_;
    const build::CleanupResult found =
        options_.all_namespaces
            ? build::FindAllRemains(client, scope, &cancel())
            : build::FindRemains(client, name_space, scope, &cancel());
    for (const absl::Status& problem : found.problems) Fail(problem);
    for (const build::Remains& remains : found.remains) {
      for (const build::RemainingObject& object : remains.objects) {
        Handle(absl::StrCat(
                   absl::StripSuffix(object.plural, "s"), "/", object.name,
                   options_.all_namespaces
                       ? absl::StrCat(" in namespace ", remains.name_space)
                       : "",
                   " (image `", remains.image, "`)"),
               remains.in_use, remains.why, [&] {
                 return build::DeleteRemaining(client, remains.name_space,
                                               object, &cancel());
               });
      }
    }
    if (!found.not_seen.empty()) {
      Print("not checked, for lack of permissions: ",
            absl::StrJoin(found.not_seen, ", "));
    }
    return found.problems.empty();
  }

  const Options& options_;
  SignalCancellation signals_{[] { return ""; }};
  const build::Owner owner_ = build::ThisProcess();
  int deleted_ = 0;
  int in_use_ = 0;
  bool failed_ = false;
};

}  // namespace

int Cleanup(const Options& options) { return CleanupVerb(options).Run(); }

}  // namespace ovenbird::cli
