#include "runtime/cli/options.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ovenbird::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Options Parsed(const std::vector<std::string>& arguments) {
  auto result = ParseCommandLine(arguments);
  if (const Exit* exit = std::get_if<Exit>(&result)) {
    ADD_FAILURE() << exit->err;
    return {};
  }
  return std::get<Options>(result);
}

Exit Ended(const std::vector<std::string>& arguments) {
  auto result = ParseCommandLine(arguments);
  const Exit* exit = std::get_if<Exit>(&result);
  if (exit == nullptr) {
    ADD_FAILURE() << "parsed";
    return {};
  }
  return *exit;
}

TEST(CommandLineTest, BuildWithFlags) {
  Options options =
      Parsed({"build", "backend", "frontend",    "--config", "a.yaml",
              "-t",    "v1",      "--tag=v2,v3", "--var",    "A=b,c",
              "--var", "D=",      "-n",          "team",     "--engine",
              "local", "--jobs",  "3",           "--result", "r.json"});
  EXPECT_EQ(options.verb, Verb::kBuild);
  EXPECT_THAT(options.images, ElementsAre("backend", "frontend"));
  EXPECT_EQ(options.config, "a.yaml");
  EXPECT_THAT(options.tags, ElementsAre("v1", "v2", "v3"));
  EXPECT_THAT(options.vars, ElementsAre("A=b,c", "D="));
  EXPECT_EQ(options.name_space, "team");
  EXPECT_EQ(options.engine, EngineChoice::kLocal);
  EXPECT_EQ(options.jobs, 3);
  EXPECT_EQ(options.result_file, "r.json");
}

TEST(CommandLineTest, Platforms) {
  for (const char* verb : {"build", "render", "context"}) {
    EXPECT_THAT(Parsed({verb, "--platform", "linux/amd64,linux/arm64", "web",
                        "--platform=linux/arm"})
                    .platforms,
                ElementsAre("linux/amd64", "linux/arm64", "linux/arm"));
  }
  const Exit exit = Ended({"build", "--platform=linux/amd64,arm64"});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.err,
              HasSubstr("`arm64` is not a platform (has no `linux/`)"));
}

TEST(CommandLineTest, ScheduleTimeout) {
  EXPECT_FALSE(Parsed({"build"}).has_schedule_timeout);
  EXPECT_TRUE(Parsed({"build", "--schedule-timeout=5m"}).has_schedule_timeout);
  EXPECT_EQ(Parsed({"build"}).schedule_timeout, absl::Minutes(5));
  EXPECT_EQ(Parsed({"build", "--schedule-timeout", "90s"}).schedule_timeout,
            absl::Seconds(90));
  EXPECT_EQ(Parsed({"build", "--schedule-timeout=0"}).schedule_timeout,
            absl::ZeroDuration());
  for (const char* bad : {"soon", "10", "-1m"}) {
    Exit exit = Ended({"build", absl::StrCat("--schedule-timeout=", bad)});
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.err, HasSubstr("is not a duration"));
  }
}

// A flag that may come several times takes one value each time.
TEST(CommandLineTest, ImagesMayFollowRepeatableFlags) {
  Options options = Parsed({"build", "-t", "v1", "web", "--var", "A=b", "api"});
  EXPECT_THAT(options.tags, ElementsAre("v1"));
  EXPECT_THAT(options.vars, ElementsAre("A=b"));
  EXPECT_THAT(options.images, ElementsAre("web", "api"));
}

TEST(CommandLineTest, Context) {
  Options options = Parsed({"context", "web", "--all", "-o", "json",
                            "--full-context", "-c", "a.yaml"});
  EXPECT_EQ(options.verb, Verb::kContext);
  EXPECT_THAT(options.images, ElementsAre("web"));
  EXPECT_TRUE(options.all_paths);
  EXPECT_TRUE(options.json_output);
  EXPECT_TRUE(options.full_context);
  EXPECT_FALSE(Parsed({"context", "-o", "text"}).json_output);
  EXPECT_EQ(Ended({"context", "-o", "yaml"}).code, 2);
  EXPECT_EQ(Ended({"context", "--tag", "v1"}).code, 2);
}

TEST(CommandLineTest, RenderAndValidate) {
  EXPECT_EQ(Parsed({"render", "-o", "json"}).output_format,
            OutputFormat::kJson);
  EXPECT_EQ(Parsed({"validate", "--diagnostics", "sarif"}).diagnostics,
            DiagnosticsFormat::kSarif);
}

TEST(CommandLineTest, Secrets) {
  Options options =
      Parsed({"build", "--secret", "id=a,src=/x/token", "web",
              "--secret=id=b,env=TOKEN", "--secret", "id=c,source=/with/a b"});
  ASSERT_EQ(options.secrets.size(), 3u);
  EXPECT_EQ(options.secrets[0].id, "a");
  EXPECT_EQ(options.secrets[0].file, "/x/token");
  EXPECT_EQ(options.secrets[1].id, "b");
  EXPECT_EQ(options.secrets[1].env, "TOKEN");
  EXPECT_EQ(options.secrets[2].file, "/with/a b");
  EXPECT_THAT(options.images, ElementsAre("web"));
  EXPECT_EQ(Parsed({"render", "--secret", "id=a,env=A"}).secrets.size(), 1u);
}

TEST(CommandLineTest, Cleanup) {
  Options options = Parsed(
      {"cleanup", "--namespace", "builds", "--kube-context", "c", "--dry-run"});
  EXPECT_EQ(options.verb, Verb::kCleanup);
  EXPECT_EQ(options.name_space, "builds");
  EXPECT_EQ(options.kube_context, "c");
  EXPECT_TRUE(options.dry_run);
  EXPECT_FALSE(Parsed({"cleanup"}).dry_run);
  EXPECT_FALSE(Parsed({"cleanup"}).all_namespaces);
  EXPECT_EQ(Parsed({"cleanup"}).engine, EngineChoice::kAuto);
  EXPECT_TRUE(Parsed({"cleanup", "-A"}).all_namespaces);
  EXPECT_EQ(Parsed({"cleanup", "--engine", "local"}).engine,
            EngineChoice::kLocal);
  EXPECT_EQ(Ended({"cleanup", "-A", "-n", "builds"}).code, 2);
  options = Parsed({"cleanup", "--contexts", "--context-repo", "r.io/c"});
  EXPECT_TRUE(options.contexts);
  EXPECT_EQ(options.context_repo, "r.io/c");
  EXPECT_FALSE(Parsed({"cleanup"}).contexts);
  EXPECT_EQ(Ended({"cleanup", "--contexts", "-n", "builds"}).code, 2);
  EXPECT_EQ(Ended({"cleanup", "--contexts", "--engine", "local"}).code, 2);
  EXPECT_EQ(Ended({"cleanup", "--context-repo", "r.io/c"}).code, 2);
}

TEST(CommandLineTest, Rbac) {
  Options options = Parsed({"rbac", "web", "-n", "builds", "--service-account",
                            "runners:ci", "--schedule-timeout", "10m"});
  EXPECT_EQ(options.verb, Verb::kRbac);
  EXPECT_THAT(options.images, ElementsAre("web"));
  EXPECT_EQ(options.name_space, "builds");
  EXPECT_EQ(options.account, "ci");
  EXPECT_EQ(options.account_namespace, "runners");
  EXPECT_TRUE(options.has_schedule_timeout);
  EXPECT_EQ(Parsed({"rbac"}).account, "ovenbird");
  EXPECT_EQ(Parsed({"rbac", "--service-account=ci"}).account, "ci");
  EXPECT_EQ(Parsed({"rbac", "--service-account=ci"}).account_namespace, "");
  for (const char* bad : {"", ":ci", "runners:", "a b", "a:b:c", "A"}) {
    const Exit exit = Ended({"rbac", absl::StrCat("--service-account=", bad)});
    EXPECT_EQ(exit.code, 2) << bad;
  }
}

TEST(CommandLineTest, Images) {
  const Options options =
      Parsed({"images", "web", "-o", "json", "--platform", "linux/arm64"});
  EXPECT_EQ(options.verb, Verb::kImages);
  EXPECT_THAT(options.images, ElementsAre("web"));
  EXPECT_THAT(options.platforms, ElementsAre("linux/arm64"));
  EXPECT_TRUE(options.json_output);
  EXPECT_FALSE(Parsed({"images"}).json_output);
}

TEST(CommandLineTest, Doctor) {
  const Options options =
      Parsed({"doctor", "web", "-o", "json", "-n", "builds", "--engine",
              "kubernetes", "--kube-context", "c"});
  EXPECT_EQ(options.verb, Verb::kDoctor);
  EXPECT_THAT(options.images, ElementsAre("web"));
  EXPECT_EQ(options.name_space, "builds");
  EXPECT_EQ(options.engine, EngineChoice::kKubernetes);
  EXPECT_EQ(options.kube_context, "c");
  EXPECT_TRUE(options.json_output);
}

struct WrongUsage {
  std::vector<std::string> arguments;
  const char* says;
};

const WrongUsage kWrongUsages[] = {
    {{},
     "give a verb: init, migrate, build, logs, cleanup, validate, doctor, "
     "render, context, images, rbac, explain, schema, lsp, completion, man, "
     "version; see `ovenbird --help`"},
    {{"bild"},
     "unknown verb `bild`; did you mean `build`?; see `ovenbird --help`"},
    {{"destroy"}, "unknown verb `destroy`; see `ovenbird --help`"},
    {{"lint"}, "unknown verb `lint`: use `validate`"},
    {{"--config", "a.yaml", "build"},
     "`--config` is in the place of the verb: give one of init, migrate, "
     "build, logs, cleanup, validate, doctor, render, context, images, rbac, "
     "explain, schema, lsp, completion, man, version, then its flags; see "
     "`ovenbird --help`"},
    {{"build", "--foce"},
     "`build` has no flag `--foce`; did you mean `--force`?; see `ovenbird "
     "build --help`"},
    {{"build", "--kube-contxt=a", "b"},
     "`build` has no flag `--kube-contxt`; did you mean `--kube-context`?; "
     "see `ovenbird build --help`"},
    {{"validate", "-n", "a"},
     "`validate` has no flag `-n`, which is a flag of `build`, `logs`, "
     "`cleanup`, "
     "`doctor`, `render`, `rbac`; see `ovenbird validate --help`"},
    {{"render", "-x"},
     "`render` has no flag `-x`; see `ovenbird render --help`"},
    {{"version", "backend"},
     "`backend` is an unexpected argument of `version`; see `ovenbird version "
     "--help`"},
    {{"validate", "a.yaml", "--config", "b.yaml"},
     "--config excludes targets; see `ovenbird validate --help`"},
    {{"validate", "--rule", "official-image=of"},
     "--rule: `official-image=of` is not ID=off, ID=note, ID=warning or "
     "ID=error; see `ovenbird validate --help`"},
    {{"validate", "--baseline", "no/such.json"},
     "--baseline: cannot open `no/such.json`: No such file or directory; see "
     "`ovenbird validate --help`"},
    {{"validate", "--fix=al"},
     "--fix: `al` is not one of safe, all; did you mean `all`?; see `ovenbird "
     "validate --help`"},
    {{"validate", "--dry-run"},
     "--dry-run requires --fix; see `ovenbird validate --help`"},
    {{"build", "--config"},
     "`--config` needs a value: `--config FILE`; see `ovenbird build --help`"},
    {{"build", "--config", "a", "-c", "b"},
     "`--config` is given more than once; see `ovenbird build --help`"},
    {{"build", "--engine", "locl"},
     "--engine: `locl` is not one of auto, kubernetes, local; did you mean "
     "`local`?; see `ovenbird build --help`"},
    {{"render", "-o", "xml"},
     "--output: `xml` is not one of yaml, json; see `ovenbird render --help`"},
    {{"validate", "--diagnostics", "html"},
     "--diagnostics: `html` is not one of text, short, json, sarif, github, "
     "gitlab, junit; see `ovenbird validate --help`"},
    {{"build", "--config", ""},
     "--config: the value is empty; leave the flag out for the default; see "
     "`ovenbird build --help`"},
    // The image would be pushed.
    {{"build", "--output", ""},
     "--output: the value is empty; leave the flag out; see `ovenbird build "
     "--help`"},
    {{"build", "--result", ""},
     "--result: the value is empty; leave the flag out; see `ovenbird build "
     "--help`"},
    {{"build", "--trace", "-"},
     "--trace: standard output is not possible; name a file; see `ovenbird "
     "build --help`"},
    {{"validate", "--write-baseline", "-"},
     "--write-baseline: standard output is not possible; name a file; see "
     "`ovenbird validate --help`"},
    {{"completion", "tcsh"},
     "SHELL: `tcsh` is not one of bash, zsh, fish; see `ovenbird completion "
     "--help`"},
    {{"completion"}, "give SHELL; see `ovenbird completion --help`"},
    {{"build", "--retries", "-1"},
     "--retries: `-1` is not a number from 0 to 100; see `ovenbird build "
     "--help`"},
    {{"build", "--progress", "fancy"},
     "--progress: `fancy` is not one of auto, tty, plain, json, quiet; see "
     "`ovenbird build "
     "--help`"},
    // What works with other tools.
    {{"build", "."},
     "`.` is a folder, not an image: leave it out, or name keys under `images` "
     "of the config; the folder is the image's `context`"},
    {{"build", "-f", "Dockerfile.prod"},
     "`build` has no flag `-f`: the config is `--config FILE`; the Dockerfile "
     "is the image's `dockerfile` in it; see `ovenbird build --help`"},
    {{"build", "--pull"},
     "`build` has no flag `--pull`: leave it out: kaniko always asks the "
     "registry for the base images; see `ovenbird build --help`"},
    {{"build", "--dry-run"},
     "`build` has no flag `--dry-run`: use `ovenbird render`, or `ovenbird "
     "render --verify`, which lets the cluster check the objects; see "
     "`ovenbird build --help`"},
    {{"print"},
     "unknown verb `print`: use `render`, which prints the objects that a "
     "build creates"},
    {{"build", "--silent"},
     "`build` has no flag `--silent`: use `--quiet`, which prints one "
     "reference per image; see `ovenbird build --help`"},
    {{"build", "-s"},
     "`build` has no flag `-s`: choose the cluster with `--kube-context` and "
     "`--namespace`; see `ovenbird build --help`"},
    {{"render", "--format", "json"},
     "`render` has no flag `--format`: use `--output`; see `ovenbird render "
     "--help`"},
    {{"validate", "--format", "json"},
     "`validate` has no flag `--format`: use `--diagnostics`; see `ovenbird "
     "validate --help`"},
    // Its --output saves the image.
    {{"build", "--format", "json"},
     "`build` has no flag `--format`: use `--result FILE`, or `--progress "
     "json` "
     "for events; see `ovenbird build --help`"},
    {{"render", "--debug"},
     "`render` has no flag `--debug`: `ovenbird logs IMAGE` prints the whole "
     "log; for more of kaniko's, set `args: [--verbosity=debug]` under "
     "`build.kaniko`; see `ovenbird render --help`"},
    {{"build", "--jobs", "0"},
     "--jobs: `0` is not a number from 1 to 1000; see `ovenbird build --help`"},
    {{"build", "--jobs", "2", "--sequential"},
     "--jobs excludes --sequential; see `ovenbird build --help`"},
    {{"build", "--tag", "a b"},
     "--tag: `a b` is not an image tag (a space in it); see `ovenbird build "
     "--help`"},
    {{"build", "-t", ""},
     "--tag: `` is not an image tag (empty); see "
     "`ovenbird build --help`"},
    {{"build", "--build-arg", "=x"},
     "--build-arg: `=x` has no name: write `--build-arg NAME=VALUE`; see "
     "`ovenbird build --help`"},
    {{"build", "--secret", "src=a"},
     "--secret: `src=a`: `id` is missing; see `ovenbird build --help`"},
    {{"build", "--secret", "id=a,env=A", "--secret", "id=a,src=b"},
     "--secret: `a` is given twice; see `ovenbird build --help`"},
    {{"build", "--secret"},
     "`--secret` needs a value: `--secret id=ID,src=FILE|env=NAME`; see "
     "`ovenbird build --help`"},
    {{"cleanup", "-n", "Team"},
     "--namespace: `Team` is not a DNS label (upper case `T`); see `ovenbird "
     "cleanup --help`"},
    {{"build", "--output", "a.tar", "--engine", "kubernetes"},
     "--output saves the image on this machine, which only engine `local` "
     "supports"},
};

TEST(CommandLineTest, WrongUsageEndsWithTwoAndSaysWhatIsRight) {
  for (const WrongUsage& wrong : kWrongUsages) {
    Exit exit = Ended(wrong.arguments);
    EXPECT_EQ(exit.code, 2);
    EXPECT_EQ(exit.err, absl::StrCat("ovenbird: ", wrong.says, "\n"));
    EXPECT_EQ(exit.out, "");
  }
}

TEST(CommandLineTest, Fix) {
  EXPECT_EQ(Parsed({"validate"}).fix, problems::FixChoice::kNone);
  EXPECT_EQ(Parsed({"validate", "--fix"}).fix, problems::FixChoice::kSafe);
  EXPECT_EQ(Parsed({"validate", "--fix=all"}).fix, problems::FixChoice::kAll);
  // A hook appends the files.
  const Options files = Parsed({"validate", "--fix", "a.yaml", "b.yaml"});
  EXPECT_THAT(files.targets, ElementsAre("a.yaml", "b.yaml"));
}

TEST(CommandLineTest, HabitsOfOtherTools) {
  EXPECT_EQ(Parsed({"--version"}).verb, Verb::kVersion);
  EXPECT_EQ(Parsed({"-v"}).verb, Verb::kVersion);
  EXPECT_EQ(Ended({"help", "render"}).out, Ended({"render", "--help"}).out);
  EXPECT_EQ(Ended({"help"}).out, Ended({"-h"}).out);
  // A script's variable that is not set.
  EXPECT_EQ(Parsed({"build", "-n", ""}).name_space, "");
}

TEST(CommandLineTest, FlagsOfDocker) {
  for (const char* verb : {"build", "render"}) {
    const Options options =
        Parsed({verb, "--build-arg", "A=b", "web", "--build-arg=C", "--target",
                "debug", "--no-cache"});
    EXPECT_THAT(options.build_args, ElementsAre("A=b", "C"));
    EXPECT_THAT(options.images, ElementsAre("web"));
    EXPECT_EQ(options.target, "debug");
    EXPECT_TRUE(options.no_cache);
    EXPECT_TRUE(options.force);
  }
  EXPECT_FALSE(Parsed({"build"}).force);
}

TEST(CommandLineTest, Progress) {
  EXPECT_EQ(Parsed({"build"}).progress, Progress::kAuto);
  EXPECT_EQ(Parsed({"build", "-q"}).progress, Progress::kQuiet);
  EXPECT_EQ(Parsed({"build", "--quiet"}).progress, Progress::kQuiet);
  EXPECT_EQ(Parsed({"build", "--progress", "plain"}).progress,
            Progress::kPlain);
  EXPECT_EQ(Parsed({"build", "--progress", "tty"}).progress, Progress::kTty);
  const Options json = Parsed({"build", "--progress", "json"});
  EXPECT_EQ(json.progress, Progress::kJson);
  EXPECT_EQ(json.diagnostics, DiagnosticsFormat::kJson);
  EXPECT_EQ(Parsed({"build", "--progress", "json", "--diagnostics", "short"})
                .diagnostics,
            DiagnosticsFormat::kShort);
}

TEST(CommandLineTest, CompletionAndVersion) {
  EXPECT_EQ(Parsed({"completion", "zsh"}).shell, Shell::kZsh);
  EXPECT_TRUE(Parsed({"version", "-o", "json"}).json_output);
  // Flags in the words that are completed are not ours.
  const Options options = Parsed({"__complete", "build", "--help", ""});
  EXPECT_EQ(options.verb, Verb::kComplete);
  EXPECT_THAT(options.words, ElementsAre("build", "--help", ""));
}

TEST(CommandLineTest, TheFirstDay) {
  EXPECT_EQ(Parsed({"init", "--registry", "r.io/team"}).registry, "r.io/team");
  const Options migrate = Parsed({"migrate", "a.yaml", "--output", "-"});
  EXPECT_EQ(migrate.from_file, "a.yaml");
  EXPECT_EQ(migrate.output_file, "-");
  const Options logs = Parsed({"logs", "web", "-f"});
  EXPECT_EQ(logs.log_image, "web");
  EXPECT_TRUE(logs.follow);
}

TEST(CommandLineTest, HelpEndsWithZero) {
  Exit exit = Ended({"build", "--help"});
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.out, HasSubstr("--kube-context"));
}

}  // namespace
}  // namespace ovenbird::cli
