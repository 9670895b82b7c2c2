#include "runtime/cli/habits.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::cli {
namespace {

struct Habit {
  const char* word;
  const char* advice;
};

constexpr Habit kVerbs[] = {
    {"check", "use `validate`"},
    {"clean", "use `cleanup`"},
    {"deploy",
     "Ovenbird only builds; deploy the digests that `build --result FILE` "
     "writes"},
    {"dev", "Ovenbird only builds; use `build`"},
    {"convert", "use `migrate FILE`"},
    {"lint", "use `validate`"},
    {"login",
     "use `docker login`, or write `~/.docker/config.json`, which Ovenbird "
     "reads"},
    {"log", "use `logs IMAGE`"},
    {"print", "use `render`, which prints the objects that a build creates"},
    {"prune", "use `cleanup`"},
    {"purge", "use `cleanup`"},
    {"push", "use `build`, which pushes what it builds"},
    {"run", "Ovenbird only builds; use `build`"},
};

constexpr char kFileAdvice[] =
    "the config is `--config FILE`; the Dockerfile is the image's "
    "`dockerfile` in it";
constexpr char kLogAdvice[] =
    "`ovenbird logs IMAGE` prints the whole log; for more of kaniko's, set "
    "`args: [--verbosity=debug]` under `build.kaniko`";
constexpr char kCacheAdvice[] =
    "set `cache: true` under `build.kaniko`; layers are kept in the image's "
    "repository, or in that of `args: [--cache-repo=NAME]`";
constexpr char kClusterAdvice[] =
    "choose the cluster with `--kube-context` and `--namespace`";
constexpr char kAttestationAdvice[] =
    "kaniko makes no attestations; make them for the digest that `--result "
    "FILE` writes";
constexpr char kColorAdvice[] =
    "set the environment variable NO_COLOR=1 for output without colors";

// Of all verbs: only one that has no such flag looks here.
constexpr Habit kFlags[] = {
    {"-D", kLogAdvice},
    {"-f", kFileAdvice},
    {"-v", kLogAdvice},
    {"--attest", kAttestationAdvice},
    {"--cache", kCacheAdvice},
    {"--cache-from", kCacheAdvice},
    {"--cache-to", kCacheAdvice},
    {"--color", kColorAdvice},
    {"--debug", kLogAdvice},
    {"--file", kFileAdvice},
    {"--format", "use `--output`"},
    {"--iidfile", "use `--result FILE` of `build`, which writes the digests"},
    {"--kubeconfig", "set the environment variable KUBECONFIG"},
    {"--metadata-file",
     "use `--result FILE` of `build`, which writes the digests"},
    {"--no-color", kColorAdvice},
    {"--no-push", "use `--skip-push`"},
    {"--provenance", kAttestationAdvice},
    {"--sbom", kAttestationAdvice},
    {"--verbose", kLogAdvice},
};

constexpr Habit kFlagsOfValidate[] = {
    {"--format", "use `--diagnostics`"},
};

constexpr Habit kFlagsOfBuild[] = {
    {"-s", kClusterAdvice},
    {"--all", "leave it out: without names, all images are built"},
    {"--context", "set the image's `context` in the config"},
    {"--destination",
     "set the image's `image` in the config; `--tag TAG` sets the tag"},
    {"--dockerfile",
     "set the image's `dockerfile` in the config; `ovenbird render "
     "--dockerfile` prints what is sent"},
    {"--dry-run",
     "use `ovenbird render`, or `ovenbird render --verify`, which lets the "
     "cluster check the objects"},
    {"--format", "use `--result FILE`, or `--progress json` for events"},
    {"--label", "set `args: [--label=NAME=VALUE]` under `build.kaniko`"},
    {"--load",
     "use `--engine local --output FILE.tar`, then `docker load --input "
     "FILE.tar`"},
    {"--no-warn", "use `--rule ID=off` to hide a warning"},
    {"--pull",
     "leave it out: kaniko always asks the registry for the base images"},
    {"--push",
     "leave it out: images are pushed, unless there is `--skip-push`"},
    {"--silent", "use `--quiet`, which prints one reference per image"},
    {"--ssh",
     "kaniko has no SSH agent for RUN; pass a key with `--secret` and "
     "`RUN --mount=type=secret`"},
    {"--switch-context", kClusterAdvice},
};

template <typename Habits>
std::string Find(const Habits& habits, absl::string_view word) {
  for (const Habit& habit : habits) {
    if (habit.word == word) return habit.advice;
  }
  return "";
}

}  // namespace

std::vector<std::string> WithoutHabits(std::vector<std::string> arguments) {
  if (arguments.empty()) return arguments;
  if (arguments.front() == "--version" || arguments.front() == "-v") {
    arguments.front() = "version";
  } else if (arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  return arguments;
}

std::string VerbHabit(absl::string_view verb) { return Find(kVerbs, verb); }

std::string FlagHabit(absl::string_view verb, absl::string_view flag) {
  std::string advice = verb == "build"      ? Find(kFlagsOfBuild, flag)
                       : verb == "validate" ? Find(kFlagsOfValidate, flag)
                                            : "";
  return advice.empty() ? Find(kFlags, flag) : advice;
}

std::string ArgumentHabit(const Options& options) {
  for (const std::string& image : options.images) {
    if (image != "." && image != ".." && !absl::StartsWith(image, "./") &&
        !absl::StartsWith(image, "../")) {
      continue;
    }
    return absl::StrCat(
        "`", image,
        "` is a folder, not an image: leave it out, or name keys under "
        "`images` of the config; the folder is the image's `context`");
  }
  return "";
}

}  // namespace ovenbird::cli
