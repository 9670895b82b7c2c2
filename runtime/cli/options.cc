#include "runtime/cli/options.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/cli/describe.h"
#include "runtime/cli/flags.h"
#include "runtime/cli/habits.h"
#include "runtime/cli/help.h"
#include "runtime/cli/usage.h"
#include "runtime/cli/verb_flags.h"

namespace ovenbird::cli {
namespace {

void AddResultFlags(CLI::App& verb, Options& options) {
  verb.option_defaults()->group("Output");
  verb.add_flag_callback(
      "-q,--quiet", [&options] { options.progress = Progress::kQuiet; },
      "Print only a line for each pushed name, and errors");
  AddChoice<Progress>(verb, "--progress", options.progress,
                      {{"auto", Progress::kAuto},
                       {"tty", Progress::kTty},
                       {"plain", Progress::kPlain},
                       {"json", Progress::kJson},
                       {"quiet", Progress::kQuiet}},
                      "HOW",
                      "What is printed during the build: auto, tty (the board "
                      "of a terminal), plain (also on a terminal a line for "
                      "each event), json (events for programs, on standard "
                      "error) or quiet");
  verb.add_flag("--short-log", options.short_log,
                "Hide low-value log lines of kaniko; the log file has them");
  verb.add_flag(
      "--explain-rebuild", options.explain_rebuild,
      "Print for each rebuilt image which file or option has changed");
  verb.add_option("--result", options.result_file,
                  "Write the results to this file, as JSON; - is standard "
                  "output")
      ->type_name("FILE")
      ->check(IsNotEmpty("leave the flag out"));
  verb.add_option("--trace", options.trace_file,
                  "Write an OpenTelemetry trace of the run to this file, as "
                  "JSON of OTLP")
      ->type_name("FILE")
      ->check(IsFile());
  verb.add_option("--output", options.output_tar,
                  "Save the image to this tar file instead of pushing it")
      ->type_name("FILE.tar")
      ->check(IsFile());
}

void AddBuildFlags(CLI::App& verb, Options& options) {
  AddResultFlags(verb, options);
  verb.option_defaults()->group("Build");
  AddKubeContext(verb, options);
  AddEngine(verb, options,
            "Where kaniko runs: kubernetes, local (in a container on "
            "this machine) or auto (kubernetes when a context is "
            "configured). With kubernetes or local, kaniko also builds the "
            "images that the config assigns to Docker");
  verb.add_option(
          "-j,--jobs", options.jobs,
          "Number of images to build in parallel; each platform of an image "
          "counts as one. Default: all, at most 4")
      ->type_name("N")
      ->check(IsNumber(1, 1000));
  verb.add_flag_callback(
          "--sequential,--build-sequential", [&options] { options.jobs = 1; },
          "Build one image after the other, like --jobs 1")
      ->excludes("--jobs");
  verb.add_flag("-k,--keep-going", options.keep_going,
                "After a failure, continue with the images that do not depend "
                "on the failed one");
  verb.add_flag("-b,--force,--force-build", options.force,
                "Build unchanged images, too");
  AddScheduleTimeout(verb, options);
  AddChoice<std::optional<config::ContextTransfer>>(
      verb, "--context-transfer", options.context_transfer,
      {{"auto", config::ContextTransfer::kAuto},
       {"exec", config::ContextTransfer::kExec},
       {"registry", config::ContextTransfer::kRegistry}},
      "WAY",
      "How the build context reaches the build pod, instead of the config's "
      "`contextTransfer`: exec, registry or auto");
  verb.add_option("--context-repo", options.context_repo,
                  "Repository for build contexts, instead of the config's "
                  "`contextRepo`")
      ->type_name("NAME")
      ->check(IsEmptyOr(config::Format::kImageName));
  verb.add_option("--retries", options.retries,
                  "How often to build again in a new pod if the cluster "
                  "preempts or evicts the pod, or loses its node, before the "
                  "push. Default: 1")
      ->type_name("N")
      ->check(IsNumber(0, 100));
  verb.add_flag(
      "--skip-push-check", options.skip_push_check,
      "Do not check before the build whether the registry accepts the image");
  verb.add_flag(
      "--no-verify", options.no_verify,
      "Do not check after the build whether the registry has the image");
}

Exit UsageError(const std::string& problem) {
  return {kExitUsage, "", absl::StrCat("ovenbird: ", problem, "\n")};
}

using Verbs = std::vector<std::pair<CLI::App*, Verb>>;

CLI::App* AddBuildVerb(CLI::App& app, Options& options) {
  CLI::App* build = app.add_subcommand("build", "Build and push the images");
  build->group(kBuildGroup)->footer("ovenbird build backend --tag v1");
  AddConfigFlags(*build, options);
  AddImageFlags(*build, options);
  AddBuildFlags(*build, options);
  return build;
}

// Adds the verbs to `app`, in the order of the help; their flags write to
// `options`.
Verbs AddVerbs(CLI::App& app, Options& options) {
  return {{AddInitVerb(app, options), Verb::kInit},
          {AddMigrateVerb(app, options), Verb::kMigrate},
          {AddBuildVerb(app, options), Verb::kBuild},
          {AddLogsVerb(app, options), Verb::kLogs},
          {AddCleanupVerb(app, options), Verb::kCleanup},
          {AddValidateVerb(app, options), Verb::kValidate},
          {AddDoctorVerb(app, options), Verb::kDoctor},
          {AddRenderVerb(app, options), Verb::kRender},
          {AddContextVerb(app, options), Verb::kContext},
          {AddImagesVerb(app, options), Verb::kImages},
          {AddRbacVerb(app, options), Verb::kRbac},
          {AddExplainVerb(app, options), Verb::kExplain},
          {AddSchemaVerb(app, options), Verb::kSchema},
          {AddLspVerb(app, options), Verb::kLsp},
          {AddCompletionVerb(app, options), Verb::kCompletion},
          {AddManVerb(app, options), Verb::kManPage},
          {AddVersionVerb(app, options), Verb::kVersion}};
}

Verbs SetUp(CLI::App& app, Options& options) {
  app.name("ovenbird");
  app.description(
      "Builds container images with kaniko inside a Kubernetes cluster, from "
      "the images of a devspace.yaml.");
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "Print this help");
  Verbs verbs = AddVerbs(app, options);
  // After the verbs, which would take it over as theirs.
  app.footer(
      "Exit codes: 0 success, 1 a build failed, 2 invalid config or usage, 3 "
      "failure of the environment (cluster, registry, runtime), 130 "
      "interrupted.");
  return verbs;
}

}  // namespace

CommandLine DescribeCommandLine() {
  Options options;
  CLI::App app;
  SetUp(app, options);
  return Describe(app);
}

std::variant<Options, Exit> ParseCommandLine(
    const std::vector<std::string>& words) {
  const std::vector<std::string> arguments = WithoutHabits(words);
  Options options;
  if (!arguments.empty() && arguments.front() == kCompleteVerb) {
    options.verb = Verb::kComplete;
    options.words.assign(arguments.begin() + 1, arguments.end());
    return options;
  }
  CLI::App app;
  const Verbs verbs = SetUp(app, options);
  const std::string problem = VerbProblem(app, arguments);
  if (!problem.empty()) return UsageError(problem);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> parsed = app.get_subcommands();
    return Exit{
        kExitGood,
        Help(Describe(app), parsed.empty() ? "" : parsed.front()->get_name(),
             HelpWidth()),
        ""};
  } catch (const CLI::ParseError& error) {
    return UsageError(FlagProblem(app, error));
  }
  for (const auto& [verb, value] : verbs) {
    if (verb->parsed()) options.verb = value;
  }
  const std::string habit = ArgumentHabit(options);
  if (!habit.empty()) return UsageError(habit);
  if (options.no_cache) options.force = true;
  // Standard error is for programs then.
  if (options.progress == Progress::kJson &&
      options.diagnostics == DiagnosticsFormat::kText) {
    options.diagnostics = DiagnosticsFormat::kJson;
  }
  if (!options.output_tar.empty() &&
      options.engine == EngineChoice::kKubernetes) {
    return UsageError(
        "--output saves the image on this machine, which only engine `local` "
        "supports");
  }
  return options;
}

}  // namespace ovenbird::cli
