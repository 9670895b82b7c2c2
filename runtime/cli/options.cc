#include "runtime/cli/options.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/environment.h"
#include "runtime/base/exit_code.h"
#include "runtime/cli/describe.h"
#include "runtime/cli/habits.h"
#include "runtime/cli/help.h"
#include "runtime/cli/problem_flags.h"
#include "runtime/cli/usage.h"
#include "runtime/config/format.h"
#include "runtime/plan/secrets.h"

namespace ovenbird::cli {
namespace {

// Of the verbs, in the order of the help.
constexpr char kBuildGroup[] = "Build";
constexpr char kCheckGroup[] = "Check";
constexpr char kLookGroup[] = "Look, without a cluster";
constexpr char kHelpGroup[] = "Help and setup";

template <typename T>
using Values = std::vector<std::pair<std::string, T>>;

// A flag whose value is one of a list. `target` must outlive `verb`.
template <typename T>
void AddChoice(CLI::App& verb, const std::string& flags, T& target,
               const Values<T>& values, const std::string& type_name,
               const std::string& help) {
  const std::string name = flags.substr(flags.find("--"));
  std::vector<std::string> choices;
  for (const auto& [choice, value] : values) choices.push_back(choice);
  verb.add_option_function<std::string>(
          flags,
          [&target, values, name](const std::string& text) {
            std::vector<std::string> names;
            for (const auto& [value_name, value] : values) {
              if (value_name == text) {
                target = value;
                return;
              }
              names.push_back(value_name);
            }
            throw CLI::ValidationError(name, NoneOf(text, names));
          },
          help)
      ->type_name(TypeOfChoice(type_name, choices));
}

// A check for a flag of text, by the rules that the config has for its like.
CLI::Validator Is(config::Format format) {
  return CLI::Validator(
      [format](const std::string& text) {
        const std::string problem = config::FormatProblem(format, text);
        if (problem.empty()) return std::string();
        return absl::StrCat("`", text, "` is not ", config::FormatName(format),
                            " (", problem, ")");
      },
      "");
}

// Empty means the default: a script may pass an unset variable.
CLI::Validator IsEmptyOr(config::Format format) {
  const CLI::Validator check = Is(format);
  return CLI::Validator(
      [check](std::string& text) { return text.empty() ? "" : check(text); },
      "");
}

// `hint`: what to do instead.
CLI::Validator IsNotEmpty(const std::string& hint) {
  return CLI::Validator(
      [hint](const std::string& text) {
        return text.empty() ? absl::StrCat("the value is empty; ", hint) : "";
      },
      "");
}

CLI::Validator IsNumber(int least, int most) {
  return CLI::Validator(
      [least, most](const std::string& text) {
        int number = 0;
        if (absl::SimpleAtoi(text, &number) && number >= least &&
            number <= most) {
          return std::string();
        }
        return absl::StrCat("`", text, "` is not a number from ", least, " to ",
                            most);
      },
      "");
}

// An argument, which is not optional.
void AddShell(CLI::App& verb, Options& options) {
  const Values<Shell> shells = {
      {"bash", Shell::kBash}, {"zsh", Shell::kZsh}, {"fish", Shell::kFish}};
  std::vector<std::string> names;
  for (const auto& [name, shell] : shells) names.push_back(name);
  verb.add_option_function<std::string>(
          "shell",
          [&options, shells, names](const std::string& text) {
            for (const auto& [name, shell] : shells) {
              if (name == text) {
                options.shell = shell;
                return;
              }
            }
            throw CLI::ValidationError("SHELL", NoneOf(text, names));
          },
          "bash, zsh or fish")
      ->type_name(TypeOfChoice("SHELL", names))
      ->required();
}

void AddEngine(CLI::App& verb, Options& options, const std::string& help) {
  AddChoice<EngineChoice>(verb, "--engine", options.engine,
                          {{"auto", EngineChoice::kAuto},
                           {"kubernetes", EngineChoice::kKubernetes},
                           {"local", EngineChoice::kLocal}},
                          "ENGINE", help);
}

// Which config, and the flags that change its meaning.
void AddProjectFlags(CLI::App& verb, Options& options) {
  verb.option_defaults()->group("Config");
  verb.add_option("-c,--config", options.config,
                  "Config file, or the folder of a devspace.yaml. Default: "
                  "devspace.yaml in this folder or in the nearest folder above "
                  "it")
      ->type_name("FILE")
      ->check(IsNotEmpty("leave the flag out for the default"));
  verb.add_option("--var", options.vars, "Value of a config variable")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  verb.add_option("-p,--profile", options.profile, "Profile to apply")
      ->type_name("PROFILE");
  verb.option_defaults()->group("Flags");
}

void AddStrict(CLI::App& verb, Options& options) {
  verb.add_flag("--strict", options.strict, "Treat warnings as errors");
  AddProblemFlags(verb, options);
}

void AddConfigFlags(CLI::App& verb, Options& options) {
  AddProjectFlags(verb, options);
  verb.option_defaults()->group("Problems");
  AddChoice<DiagnosticsFormat>(
      verb, "--diagnostics", options.diagnostics,
      {{"text", DiagnosticsFormat::kText},
       {"short", DiagnosticsFormat::kShort},
       {"json", DiagnosticsFormat::kJson},
       {"sarif", DiagnosticsFormat::kSarif},
       {"github", DiagnosticsFormat::kGithub},
       {"gitlab", DiagnosticsFormat::kGitlab},
       {"junit", DiagnosticsFormat::kJunit}},
      "FORMAT",
      "How problems are shown: text, short, json (a line each), "
      "sarif, github, gitlab, junit");
  AddStrict(verb, options);
  verb.option_defaults()->group("Flags");
}

void TakeSecret(const std::string& text, Options& options) {
  absl::StatusOr<kube::BuildSecret> secret =
      plan::ParseSecretFlag(text, EnvironmentVariable);
  if (!secret.ok()) {
    throw CLI::ValidationError(
        "--secret", absl::StrCat("`", text, "`: ", secret.status().message()));
  }
  for (const kube::BuildSecret& other : options.secrets) {
    if (other.id != secret->id) continue;
    throw CLI::ValidationError(
        "--secret", absl::StrCat("`", secret->id, "` is given twice"));
  }
  options.secrets.push_back(*std::move(secret));
}

void AddSecrets(CLI::App& verb, Options& options) {
  verb.add_option_function<std::vector<std::string>>(
          "--secret",
          [&options](const std::vector<std::string>& strings) {
            for (const std::string& text : strings) TakeSecret(text, options);
          },
          "Secret for RUN --mount=type=secret; can be repeated")
      ->type_name("id=ID,src=FILE|env=NAME")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
}

void AddJsonOutput(CLI::App& verb, Options& options) {
  AddChoice<bool>(verb, "-o,--output", options.json_output,
                  {{"text", false}, {"json", true}}, "FORMAT", "text or json");
}

void AddImageKeys(CLI::App& verb, Options& options) {
  verb.add_option("images", options.images, "Keys under `images`. Default: all")
      ->type_name("IMAGE");
  verb.add_option("--platform", options.platforms,
                  "Platforms to build for instead of the config's `platforms`, "
                  "such as linux/amd64,linux/arm64")
      ->type_name("PLATFORM")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->delimiter(',')
      ->check(Is(config::Format::kPlatform));
}

void AddImages(CLI::App& verb, Options& options) {
  AddImageKeys(verb, options);
  verb.add_flag(
      "--full-context", options.full_context,
      "Send the whole context, not only the files that COPY and ADD use");
}

// The flags that `docker build` has, too.
void AddDockerFlags(CLI::App& verb, Options& options) {
  verb.add_option("--build-arg", options.build_args,
                  "Value for an ARG of the Dockerfile, instead of the config's "
                  "or in addition; without a value: that of the environment "
                  "variable; can be repeated")
      ->type_name("NAME[=VALUE]")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  verb.add_option("--target", options.target,
                  "Stage of the Dockerfile to build, instead of the config's "
                  "`target`")
      ->type_name("STAGE");
  verb.add_flag("--no-cache", options.no_cache,
                "Use no cached layers, and build unchanged images, too");
}

void AddImageFlags(CLI::App& verb, Options& options) {
  verb.option_defaults()->group("Images");
  AddImages(verb, options);
  AddDockerFlags(verb, options);
  verb.add_option("-t,--tag", options.tags,
                  "Tag to use instead of the config's tags; can be repeated")
      ->type_name("TAG")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->delimiter(',')
      ->check(Is(config::Format::kImageTag));
  verb.add_option("-n,--namespace", options.name_space,
                  "Namespace of the build pods. Default: that of the config, "
                  "then that of the kube context")
      ->type_name("NAMESPACE")
      ->check(IsEmptyOr(config::Format::kDnsLabel));
  AddSecrets(verb, options);
  verb.add_flag("--skip-push", options.skip_push,
                "Build without pushing, to test whether the build succeeds");
  verb.add_flag("--no-rewrite", options.no_rewrite,
                "Send the Dockerfile as it is, even where kaniko builds a "
                "different image from it than BuildKit");
  verb.option_defaults()->group("Flags");
}

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

void AddKubeContext(CLI::App& verb, Options& options) {
  verb.add_option("--kube-context", options.kube_context,
                  "Context of the kubeconfig. Default: the current one")
      ->type_name("NAME");
}

void AddScheduleTimeout(CLI::App& verb, Options& options) {
  verb.add_option_function<std::string>(
          "--schedule-timeout",
          [&options](const std::string& text) {
            if (!absl::ParseDuration(text, &options.schedule_timeout) ||
                options.schedule_timeout < absl::ZeroDuration()) {
              throw CLI::ValidationError(
                  "--schedule-timeout",
                  "`" + text + "` is not a duration, such as 90s, 10m or 1h");
            }
            options.has_schedule_timeout = true;
          },
          "How long to wait for a node with enough free resources; an "
          "autoscaler may add one, also of an architecture that no node has "
          "yet. Default: 5m")
      ->type_name("DURATION");
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

void AddDoctorFlags(CLI::App& verb, Options& options) {
  AddKubeContext(verb, options);
  AddEngine(verb, options, "Where kaniko runs, as for `build`");
  AddScheduleTimeout(verb, options);
  AddJsonOutput(verb, options);
}

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
      ->type_name("FILE");
  verb.add_option("--trace", options.trace_file,
                  "Write an OpenTelemetry trace of the run to this file, as "
                  "JSON of OTLP")
      ->type_name("FILE");
  verb.add_option("--output", options.output_tar,
                  "Save the image to this tar file instead of pushing it")
      ->type_name("FILE.tar");
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

Exit UsageError(const std::string& problem) {
  return {kExitUsage, "", absl::StrCat("ovenbird: ", problem, "\n")};
}

using Verbs = std::vector<std::pair<CLI::App*, Verb>>;

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

CLI::App* AddDoctorVerb(CLI::App& app, Options& options) {
  CLI::App* doctor = app.add_subcommand(
      "doctor",
      "Check what builds need, and report what would stop them: cluster, "
      "rights, registries, this machine");
  doctor->group(kCheckGroup)->footer("ovenbird doctor --engine kubernetes");
  AddConfigFlags(*doctor, options);
  AddImageFlags(*doctor, options);
  AddDoctorFlags(*doctor, options);
  return doctor;
}

CLI::App* AddValidateVerb(CLI::App& app, Options& options) {
  CLI::App* validate = app.add_subcommand(
      "validate", "Check the config and report all problems");
  validate->group(kCheckGroup)
      ->footer("ovenbird validate --fix --diagnostics short");
  AddConfigFlags(*validate, options);
  AddEngine(*validate, options,
            "Report what this engine ignores: kubernetes or local. Default: "
            "auto, as kubernetes, but for images that the config assigns to "
            "Docker");
  AddSecrets(*validate, options);
  AddValidateFlags(*validate, options);
  return validate;
}

CLI::App* AddSchemaVerb(CLI::App& app, Options& options) {
  CLI::App* schema = app.add_subcommand(
      "schema", "Print the JSON Schema of the config, for editors");
  schema->group(kHelpGroup)
      ->footer("ovenbird schema --output config.schema.json");
  schema
      ->add_option("--output", options.schema_file,
                   "Write the schema to this file instead of standard output")
      ->type_name("FILE");
  return schema;
}

CLI::App* AddCompletionVerb(CLI::App& app, Options& options) {
  CLI::App* completion = app.add_subcommand(
      "completion", "Print the script that completes commands in a shell");
  completion->group(kHelpGroup)->footer("source <(ovenbird completion bash)");
  AddShell(*completion, options);
  return completion;
}

CLI::App* AddLspVerb(CLI::App& app, Options& options) {
  CLI::App* lsp = app.add_subcommand(
      "lsp",
      "Run the language server, which editors start: standard input and output "
      "speak the Language Server Protocol");
  AddProjectFlags(*lsp, options);
  AddStrict(*lsp, options);
  AddEngine(*lsp, options,
            "Report what this engine ignores, as for `validate`");
  lsp->group(kHelpGroup)->footer("ovenbird lsp --engine kubernetes");
  lsp->add_flag("--stdio")->description(
      "Accepted for editors that pass it; has no effect");
  return lsp;
}

// Adds the verbs to `app`; their flags write to `options`.
Verbs AddVerbs(CLI::App& app, Options& options) {
  CLI::App* build = app.add_subcommand("build", "Build and push the images");
  build->group(kBuildGroup)->footer("ovenbird build backend --tag v1");
  AddConfigFlags(*build, options);
  AddImageFlags(*build, options);
  AddBuildFlags(*build, options);

  CLI::App* render =
      app.add_subcommand("render", "Print the Kubernetes objects of a build");
  render->group(kLookGroup)->footer("ovenbird render backend --dockerfile");
  AddConfigFlags(*render, options);
  AddImageFlags(*render, options);
  AddRenderFlags(*render, options);

  CLI::App* context = app.add_subcommand(
      "context",
      "Show what a build would send: sizes, ignored files, likely secrets");
  context->group(kLookGroup)->footer("ovenbird context backend --all");
  AddConfigFlags(*context, options);
  AddContextFlags(*context, options);

  CLI::App* validate = AddValidateVerb(app, options);
  CLI::App* explain =
      app.add_subcommand("explain",
                         "Explain an option (cache, images.*.build.kaniko), or "
                         "a message (unknown-field)");
  explain->group(kHelpGroup)->footer("ovenbird explain kaniko.cache");
  explain
      ->add_option("subject", options.subject,
                   "Option, its end or a word of its name, or a message's id")
      ->type_name("SUBJECT");

  CLI::App* cleanup =
      app.add_subcommand("cleanup",
                         "Delete what your killed builds left behind in the "
                         "cluster and on this machine");
  cleanup->group(kBuildGroup)->footer("ovenbird cleanup --dry-run");
  AddCleanupFlags(*cleanup, options);

  CLI::App* rbac = app.add_subcommand(
      "rbac",
      "Print the Kubernetes Role with the rights that builds need, without a "
      "cluster");
  rbac->group(kLookGroup)
      ->footer("ovenbird rbac --service-account ci | kubectl apply -f -");
  AddConfigFlags(*rbac, options);
  AddImageFlags(*rbac, options);
  AddRbacFlags(*rbac, options);

  CLI::App* images = AddImagesVerb(app, options);
  CLI::App* doctor = AddDoctorVerb(app, options);
  CLI::App* schema = AddSchemaVerb(app, options);
  CLI::App* lsp = AddLspVerb(app, options);
  CLI::App* completion = AddCompletionVerb(app, options);
  CLI::App* man = app.add_subcommand("man", "Print the man page");
  man->group(kHelpGroup)->footer("ovenbird man | man -l -");
  CLI::App* version = app.add_subcommand(
      "version", "Print the version, the commit and the kind of build");
  version->group(kHelpGroup)->footer("ovenbird version --output json");
  AddJsonOutput(*version, options);
  return {{build, Verb::kBuild},     {render, Verb::kRender},
          {context, Verb::kContext}, {validate, Verb::kValidate},
          {explain, Verb::kExplain}, {cleanup, Verb::kCleanup},
          {rbac, Verb::kRbac},       {images, Verb::kImages},
          {doctor, Verb::kDoctor},   {schema, Verb::kSchema},
          {lsp, Verb::kLsp},         {completion, Verb::kCompletion},
          {man, Verb::kManPage},     {version, Verb::kVersion}};
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
