#include "runtime/cli/options.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"

namespace ovenbird::cli {
namespace {

void AddConfigFlags(CLI::App& verb, Options& options) {
  verb.add_option("-c,--config", options.config,
                  "The config file. Default: devspace.yaml here or in the "
                  "nearest folder above")
      ->type_name("FILE");
  verb.add_option("--var", options.vars, "Value of a config variable")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  verb.add_option("-p,--profile", options.profile, "Profile to apply")
      ->type_name("NAME");
  static const std::map<std::string, DiagnosticsFormat> kFormats = {
      {"text", DiagnosticsFormat::kText},
      {"short", DiagnosticsFormat::kShort},
      {"json", DiagnosticsFormat::kJson},
      {"sarif", DiagnosticsFormat::kSarif},
      {"github", DiagnosticsFormat::kGithub}};
  verb.add_option("--diagnostics", options.diagnostics,
                  "How problems are shown: text, short, json (a line each), "
                  "sarif, github")
      ->transform(CLI::CheckedTransformer(kFormats).description(""))
      ->type_name("FORMAT");
  verb.add_flag("--strict", options.strict, "Warnings are errors");
}

void AddImages(CLI::App& verb, Options& options) {
  verb.add_option("images", options.images,
                  "Keys of the `images` section. Default: all")
      ->type_name("IMAGE");
  verb.add_flag("--full-context", options.full_context,
                "Send the whole context, not only what COPY and ADD take");
}

void AddImageFlags(CLI::App& verb, Options& options) {
  AddImages(verb, options);
  verb.add_option("-t,--tag", options.tags,
                  "Tag instead of those of the config; may be repeated")
      ->type_name("TAG")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->delimiter(',');
  verb.add_option("-n,--namespace", options.kube_namespace,
                  "Namespace of the build pods. Default: the config's, then "
                  "the context's")
      ->type_name("NAMESPACE");
  verb.add_flag("--skip-push", options.skip_push,
                "Build without pushing: see whether it can be built");
}

void AddRenderFlags(CLI::App& verb, Options& options) {
  static const std::map<std::string, OutputFormat> kFormats = {
      {"yaml", OutputFormat::kYaml}, {"json", OutputFormat::kJson}};
  verb.add_option("-o,--output", options.output_format,
                  "yaml (a stream of documents) or json (one List)")
      ->transform(CLI::CheckedTransformer(kFormats).description(""))
      ->type_name("FORMAT");
  verb.add_flag("--show-secrets", options.show_secrets,
                "Write registry credentials into the rendered Secret");
}

void AddContextFlags(CLI::App& verb, Options& options) {
  AddImages(verb, options);
  verb.add_flag("--all", options.all_paths,
                "Every file and folder, not only the largest at the top");
  static const std::map<std::string, bool> kFormats = {{"text", false},
                                                       {"json", true}};
  verb.add_option("-o,--output", options.context_json, "text or json")
      ->transform(CLI::CheckedTransformer(kFormats).description(""))
      ->type_name("FORMAT");
}

void AddBuildFlags(CLI::App& verb, Options& options) {
  verb.add_option("--kube-context", options.kube_context,
                  "Context of the kubeconfig. Default: the current one")
      ->type_name("NAME");
  static const std::map<std::string, EngineChoice> kEngines = {
      {"auto", EngineChoice::kAuto},
      {"kubernetes", EngineChoice::kKubernetes},
      {"local", EngineChoice::kLocal}};
  verb.add_option("--engine", options.engine,
                  "Where kaniko runs: kubernetes, local (in a container on "
                  "this machine) or auto (kubernetes when a context is "
                  "configured). With kubernetes or local, kaniko also builds "
                  "what the config would give to Docker")
      ->transform(CLI::CheckedTransformer(kEngines).description(""))
      ->type_name("ENGINE");
  verb.add_option("-j,--jobs", options.jobs,
                  "Images built at the same time. Default: all, at most 4")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  verb.add_flag_callback(
          "--sequential,--build-sequential", [&options] { options.jobs = 1; },
          "One image after the other, as --jobs 1")
      ->excludes("--jobs");
  verb.add_flag("-k,--keep-going", options.keep_going,
                "After a failure go on with the images that can be built "
                "without the failed one");
  verb.add_flag("-b,--force,--force-build", options.force,
                "Build unchanged images, too");
  verb.add_flag("--explain-rebuild", options.explain_rebuild,
                "Say of each image which file or option has changed");
  verb.add_flag("--short-log", options.short_log,
                "Leave out kaniko's lines that say little; the log file has "
                "them");
  verb.add_option_function<std::string>(
          "--schedule-timeout",
          [&options](const std::string& text) {
            if (!absl::ParseDuration(text, &options.schedule_timeout) ||
                options.schedule_timeout < absl::ZeroDuration()) {
              throw CLI::ValidationError(
                  "--schedule-timeout",
                  "`" + text + "` is not a duration, such as 90s, 10m or 1h");
            }
          },
          "How long to wait while no node has room: an autoscaler may add "
          "one. Default: 5m")
      ->type_name("DURATION");
  verb.add_option("--result", options.result_file,
                  "Write the results as JSON into this file")
      ->type_name("FILE");
  verb.add_option("--output", options.output_tar,
                  "Keep the image in this tar file instead of pushing it")
      ->type_name("FILE.tar");
  verb.add_flag("--skip-push-check", options.skip_push_check,
                "Build without asking the registry first whether it takes the "
                "image");
  verb.add_flag("--no-verify", options.no_verify,
                "Do not ask the registry afterwards whether it has what was "
                "built");
}

void AddCleanupFlags(CLI::App& verb, Options& options) {
  verb.add_option("-n,--namespace", options.kube_namespace,
                  "Namespace of the builds. Default: the context's")
      ->type_name("NAMESPACE");
  verb.add_option("--kube-context", options.kube_context,
                  "Context of the kubeconfig. Default: the current one")
      ->type_name("NAME");
  verb.add_flag("--dry-run", options.dry_run, "Only show what there is");
}

}  // namespace

std::variant<Options, Exit> ParseCommandLine(
    const std::vector<std::string>& arguments) {
  Options options;
  CLI::App app(
      "Builds container images with kaniko inside a Kubernetes cluster, from "
      "the images section of a devspace.yaml.",
      "ovenbird");
  app.require_subcommand(1);

  CLI::App* build = app.add_subcommand("build", "Build and push the images");
  AddConfigFlags(*build, options);
  AddImageFlags(*build, options);
  AddBuildFlags(*build, options);

  CLI::App* render = app.add_subcommand(
      "render", "Print the Kubernetes objects of a build, without a cluster");
  AddConfigFlags(*render, options);
  AddImageFlags(*render, options);
  AddRenderFlags(*render, options);

  CLI::App* context = app.add_subcommand(
      "context",
      "Show what a build would send: sizes, ignored files, likely secrets");
  AddConfigFlags(*context, options);
  AddContextFlags(*context, options);

  CLI::App* validate =
      app.add_subcommand("validate", "Check the config, all problems at once");
  AddConfigFlags(*validate, options);

  CLI::App* explain = app.add_subcommand(
      "explain",
      "Tell about an option (images.*.build.kaniko.cache) or about "
      "a message (unknown-field)");
  explain->add_option("subject", options.subject, "Option or message id")
      ->type_name("SUBJECT");

  CLI::App* cleanup = app.add_subcommand(
      "cleanup",
      "Delete the pods and secrets that your earlier builds have left in the "
      "cluster because they were killed");
  AddCleanupFlags(*cleanup, options);

  CLI::App* version = app.add_subcommand("version", "Print the version");

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    int code = app.exit(error, out, err);
    return Exit{code == 0 ? 0 : 2, out.str(), err.str()};
  }
  const std::pair<CLI::App*, Verb> verbs[] = {
      {build, Verb::kBuild},     {render, Verb::kRender},
      {context, Verb::kContext}, {validate, Verb::kValidate},
      {explain, Verb::kExplain}, {cleanup, Verb::kCleanup},
      {version, Verb::kVersion}};
  for (const auto& [verb, value] : verbs) {
    if (verb->parsed()) options.verb = value;
  }
  return options;
}

}  // namespace ovenbird::cli
