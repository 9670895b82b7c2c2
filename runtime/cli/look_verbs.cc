#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/cli/flags.h"
#include "runtime/cli/verb_flags.h"
#include "runtime/config/format.h"

namespace ovenbird::cli {
namespace {

void AddRenderFlags(CLI::App& verb, Options& options) {
  AddChoice<OutputFormat>(
      verb, "-o,--output", options.output_format,
      {{"yaml", OutputFormat::kYaml}, {"json", OutputFormat::kJson}}, "FORMAT",
      "yaml (a stream of documents) or json (one List)");
  verb.add_flag("--show-secrets", options.show_secrets,
                "Write registry credentials into the rendered Secret");
  verb.add_flag("--dockerfile", options.show_dockerfile,
                "Print the Dockerfile that is sent, each change with its "
                "reason, instead of the objects");
  CLI::Option* verify = verb.add_flag(
      "--verify", options.verify,
      "Let the cluster check the objects first, without creating them (a "
      "server-side dry run)");
  verb.add_option("--kube-context", options.kube_context,
                  "With --verify: context of the kubeconfig. Default: the "
                  "current one")
      ->type_name("NAME")
      ->needs(verify);
}

void AddContextFlags(CLI::App& verb, Options& options) {
  AddImages(verb, options);
  verb.add_flag(
      "--all", options.all_paths,
      "List every file and folder, not only the largest ones at the top level");
  AddJsonOutput(verb, options);
}

void TakeAccount(const std::string& text, Options& options) {
  const size_t colon = text.find(':');
  options.account = colon == text.npos ? text : text.substr(colon + 1);
  std::string problem =
      config::FormatProblem(config::Format::kDnsSubdomain, options.account);
  if (colon != text.npos) {
    options.account_namespace = text.substr(0, colon);
    if (problem.empty()) {
      problem = config::FormatProblem(config::Format::kDnsLabel,
                                      options.account_namespace);
    }
  }
  if (problem.empty()) return;
  throw CLI::ValidationError("--service-account",
                             absl::StrCat("`", text,
                                          "` is not the name of a service "
                                          "account (",
                                          problem, ")"));
}

void AddRbacFlags(CLI::App& verb, Options& options) {
  AddKubeContext(verb, options);
  AddScheduleTimeout(verb, options);
  verb.add_option_function<std::string>(
          "--service-account",
          [&options](const std::string& text) { TakeAccount(text, options); },
          "Service account that gets the rights. Default: ovenbird, in the "
          "namespace of the builds")
      ->type_name("[NAMESPACE:]NAME");
}

}  // namespace

CLI::App* AddRenderVerb(CLI::App& app, Options& options) {
  CLI::App* render =
      app.add_subcommand("render", "Print the Kubernetes objects of a build");
  render->group(kLookGroup)->footer("ovenbird render backend --dockerfile");
  AddConfigFlags(*render, options);
  AddImageFlags(*render, options);
  AddRenderFlags(*render, options);
  return render;
}

CLI::App* AddContextVerb(CLI::App& app, Options& options) {
  CLI::App* context = app.add_subcommand(
      "context",
      "Show what a build would send: sizes, ignored files, likely secrets");
  context->group(kLookGroup)->footer("ovenbird context backend --all");
  AddConfigFlags(*context, options);
  AddContextFlags(*context, options);
  return context;
}

CLI::App* AddRbacVerb(CLI::App& app, Options& options) {
  CLI::App* rbac = app.add_subcommand(
      "rbac",
      "Print the Kubernetes Role with the rights that builds need, without a "
      "cluster");
  rbac->group(kLookGroup)
      ->footer("ovenbird rbac --service-account ci | kubectl apply -f -");
  AddConfigFlags(*rbac, options);
  AddImageFlags(*rbac, options);
  AddRbacFlags(*rbac, options);
  return rbac;
}

CLI::App* AddImagesVerb(CLI::App& app, Options& options) {
  CLI::App* images = app.add_subcommand(
      "images",
      "List the container images that builds pull, without a cluster");
  images->group(kLookGroup)->footer("ovenbird images --output json");
  AddConfigFlags(*images, options);
  AddImageKeys(*images, options);
  AddJsonOutput(*images, options);
  return images;
}

}  // namespace ovenbird::cli
