#include "runtime/cli/flags.h"
#include "runtime/cli/verb_flags.h"
#include "runtime/config/format.h"

namespace ovenbird::cli {
namespace {

void AddCleanupFlags(CLI::App& verb, Options& options) {
  verb.add_option("-n,--namespace", options.name_space,
                  "Namespace of the builds. Default: that of the kube context")
      ->type_name("NAMESPACE")
      ->check(IsEmptyOr(config::Format::kDnsLabel));
  verb.add_flag("-A,--all-namespaces", options.all_namespaces,
                "All namespaces of the cluster that you have access to")
      ->excludes("--namespace");
  AddKubeContext(verb, options);
  AddEngine(verb, options,
            "Where to clean up: kubernetes (in the cluster), local (on this "
            "machine) or auto (both; the cluster when a context is "
            "configured)");
  verb.add_flag("--dry-run", options.dry_run,
                "Only print what would be deleted");
  CLI::Option* contexts = verb.add_flag(
      "--contexts", options.contexts,
      "Delete your build contexts in the context repository, instead of what "
      "killed builds left");
  for (const char* other :
       {"--namespace", "--all-namespaces", "--kube-context", "--engine"}) {
    contexts->excludes(other);
  }
  verb.add_option("--context-repo", options.context_repo,
                  "With --contexts: the repository. Default: "
                  "OVENBIRD_CONTEXT_REPO")
      ->type_name("NAME")
      ->check(IsEmptyOr(config::Format::kImageName))
      ->needs(contexts);
}

}  // namespace

CLI::App* AddCleanupVerb(CLI::App& app, Options& options) {
  CLI::App* cleanup =
      app.add_subcommand("cleanup",
                         "Delete what your killed builds left behind in the "
                         "cluster and on this machine");
  cleanup->group(kBuildGroup)->footer("ovenbird cleanup --dry-run");
  AddCleanupFlags(*cleanup, options);
  return cleanup;
}

}  // namespace ovenbird::cli
