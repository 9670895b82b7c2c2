#include "runtime/cli/flags.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/environment.h"
#include "runtime/cli/problem_flags.h"
#include "runtime/plan/secrets.h"

namespace ovenbird::cli {
namespace {

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

// The flags that `docker build` has, too.
void AddDockerFlags(CLI::App& verb, Options& options) {
  verb.add_option("--build-arg", options.build_args,
                  "Value for an ARG of the Dockerfile, instead of the config's "
                  "or in addition; without a value: that of the environment "
                  "variable; can be repeated")
      ->type_name("NAME[=VALUE]")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return text.empty() || text[0] == '='
                       ? absl::StrCat("`", text, "` has no name: write ",
                                      "`--build-arg NAME=VALUE`")
                       : std::string();
          },
          ""))
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

}  // namespace

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

CLI::Validator IsEmptyOr(config::Format format) {
  const CLI::Validator check = Is(format);
  return CLI::Validator(
      [check](std::string& text) { return text.empty() ? "" : check(text); },
      "");
}

CLI::Validator IsNotEmpty(const std::string& hint) {
  return CLI::Validator(
      [hint](const std::string& text) {
        return text.empty() ? absl::StrCat("the value is empty; ", hint) : "";
      },
      "");
}

CLI::Validator IsFile() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        if (text.empty()) return "the value is empty; leave the flag out";
        if (text == "-") return "standard output is not possible; name a file";
        return "";
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

void AddEngine(CLI::App& verb, Options& options, const std::string& help) {
  AddChoice<EngineChoice>(verb, "--engine", options.engine,
                          {{"auto", EngineChoice::kAuto},
                           {"kubernetes", EngineChoice::kKubernetes},
                           {"local", EngineChoice::kLocal}},
                          "ENGINE", help);
}

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
  AddNamespace(verb, options);
  AddSecrets(verb, options);
  verb.add_flag("--skip-push", options.skip_push,
                "Build without pushing, to test whether the build succeeds");
  verb.add_flag("--no-rewrite", options.no_rewrite,
                "Send the Dockerfile as it is, even where kaniko builds a "
                "different image from it than BuildKit");
  verb.option_defaults()->group("Flags");
}

void AddNamespace(CLI::App& verb, Options& options) {
  verb.add_option("-n,--namespace", options.name_space,
                  "Namespace of the build pods. Default: that of the config, "
                  "then that of the kube context")
      ->type_name("NAMESPACE")
      ->check(IsEmptyOr(config::Format::kDnsLabel));
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

}  // namespace ovenbird::cli
