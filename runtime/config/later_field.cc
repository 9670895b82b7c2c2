#include "runtime/config/later_field.h"

namespace ovenbird::config {
namespace {

constexpr char kNotInContainers[] =
    "remove the hook: Ovenbird runs the commands of hooks on this machine only";
constexpr char kOnlyImages[] =
    "remove it: Ovenbird runs hooks only before and after images";
constexpr char kSetVariable[] =
    "run the command yourself, and set the variable with `--var NAME=VALUE` or "
    "in the environment";
constexpr char kPatches[] = "write the changes under `patches`";

constexpr LaterField kLaterFields[] = {
    {"Config", "pullSecrets", "DevSpace 5.8",
     "it is for deployed pods: name the Secret for the build with "
     "`build.kaniko.pullSecret`, or log in with `docker login`"},
    {"Image", "appendDockerfileInstructions", "DevSpace 4.13",
     "write the lines at the end of the Dockerfile, or into one of your own "
     "that `dockerfile` names"},
    {"Image", "rebuildStrategy", "DevSpace 5",
     "remove it: an image is built when its files, options or base images have "
     "changed, and always with `--force`"},
    {"Image", "restartHelperPath", "DevSpace 5.6",
     "remove it: `injectRestartHelper` adds Ovenbird's own script"},
    {"Image", "tagsAppendRandom", "DevSpace 5.4",
     "remove it, and add `${DEVSPACE_RANDOM}` to each of `tags`"},
    {"Build", "buildKit", "DevSpace 5.11",
     "write `kaniko: {}` to build in the cluster, or `docker: {}` to build "
     "with Docker"},
    {"Docker", "useCli", "DevSpace 5",
     "remove it: Ovenbird always runs the command `docker`"},
    {"Kaniko", "envFrom", "DevSpace 5",
     "write fixed values under `env`, or mount the Secret with "
     "`additionalMounts`"},
    {"Custom", "commands", "DevSpace 5",
     "write the command for this operating system as `command`"},
    {"Custom", "imageTagOnly", "DevSpace 5",
     "remove it: the command gets the name of the image with its tag"},
    {"Custom", "skipImageArg", "DevSpace 5",
     "remove it, and let the command ignore the argument with the name of the "
     "image"},
    {"Hook", "os", "DevSpace 5",
     "remove it, and check the operating system in a script that the hook "
     "runs"},
    {"Hook", "background", "DevSpace 5",
     "remove it, and start a background process in a script that the hook "
     "runs"},
    {"Hook", "silent", "DevSpace 5",
     "remove it, and redirect the output in a script that the hook runs"},
    {"Hook", "where", "DevSpace 5", kNotInContainers},
    {"Hook", "upload", "DevSpace 5.7", kNotInContainers},
    {"Hook", "download", "DevSpace 5.7", kNotInContainers},
    {"Hook", "logs", "DevSpace 5", kNotInContainers},
    {"Hook", "wait", "DevSpace 5", kNotInContainers},
    {"HookWhen", "onError", "DevSpace 5.5", kOnlyImages},
    {"HookStep", "dependencies", "DevSpace 5", kOnlyImages},
    {"HookStep", "pullSecrets", "DevSpace 5", kOnlyImages},
    {"HookStep", "purgeDeployments", "DevSpace 5.7", kOnlyImages},
    {"Variable", "command", "DevSpace 5", kSetVariable},
    {"Variable", "commands", "DevSpace 5", kSetVariable},
    {"Variable", "args", "DevSpace 5", kSetVariable},
    {"Profile", "description", "DevSpace 5", "write it as a comment"},
    {"Profile", "parents", "DevSpace 5", "name one profile as `parent`"},
    {"Profile", "merge", "DevSpace 5", kPatches},
    {"Profile", "strategicMerge", "DevSpace 5", kPatches},
    {"ProfileReplace", "vars", "DevSpace 5",
     "remove it, and set the variables with `--var NAME=VALUE`"},
    {"ProfileReplace", "commands", "DevSpace 5",
     "remove it: Ovenbird does not run `commands`"},
    {"ProfileReplace", "pullSecrets", "DevSpace 5",
     "remove it: Ovenbird does not create pull secrets for deployed pods"},
};

}  // namespace

const LaterField* FindLaterField(absl::string_view message,
                                 absl::string_view name) {
  for (const LaterField& later : kLaterFields) {
    if (later.message == message && later.name == name) return &later;
  }
  return nullptr;
}

}  // namespace ovenbird::config
