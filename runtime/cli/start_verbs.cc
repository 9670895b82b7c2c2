#include "absl/strings/str_cat.h"
#include "runtime/cli/flags.h"
#include "runtime/cli/verb_flags.h"

namespace ovenbird::cli {
namespace {

void AddNewConfigFlags(CLI::App& verb, Options& options) {
  verb.add_option("--output", options.output_file,
                  "Write the config to this file, or with - to standard "
                  "output. Default: devspace.yaml")
      ->type_name("FILE")
      ->check(IsNotEmpty("leave the flag out for the default"));
  verb.add_flag("--dry-run", options.dry_run,
                "Print the config instead of writing it, like `--output -`");
  verb.add_flag("--force", options.force, "Replace an existing file");
}

}  // namespace

CLI::App* AddInitVerb(CLI::App& app, Options& options) {
  CLI::App* init = app.add_subcommand(
      "init",
      "Write a devspace.yaml for the Dockerfiles of this folder and below");
  init->group(kStartGroup)
      ->footer("ovenbird init --registry registry.example.com/team");
  init->add_option("--registry", options.registry,
                   "What the names of the images start with. Default: the "
                   "registry of the git remote, if it has one")
      ->type_name("NAME")
      ->check(CLI::Validator(
          [](const std::string& text) {
            std::string name = absl::StrCat(text, "/image");
            return Is(config::Format::kImageName)(name);
          },
          ""));
  AddNewConfigFlags(*init, options);
  return init;
}

CLI::App* AddMigrateVerb(CLI::App& app, Options& options) {
  CLI::App* migrate = app.add_subcommand(
      "migrate",
      "Convert a file of DevSpace 5 or 6, Skaffold, Compose or Bake (JSON), "
      "and report what is not carried over");
  migrate->group(kStartGroup)->footer("ovenbird migrate skaffold.yaml");
  migrate
      ->add_option("file", options.from_file,
                   "The file to convert; the config is written next to it")
      ->type_name("FILE")
      ->required();
  AddNewConfigFlags(*migrate, options);
  return migrate;
}

CLI::App* AddLogsVerb(CLI::App& app, Options& options) {
  CLI::App* logs =
      app.add_subcommand("logs", "Print the log of an image's last build");
  logs->group(kBuildGroup)->footer("ovenbird logs backend --follow");
  AddProjectFlags(*logs, options);
  logs->add_option("image", options.log_image,
                   "Key under `images`. Default: the only one")
      ->type_name("IMAGE");
  logs->add_flag("-f,--follow", options.follow,
                 "Print what a running build writes, until it ends");
  logs->add_flag("--pod", options.pod_log,
                 "Print the log of the newest pod that builds the image, "
                 "whoever started it. Default: the log file of the last build; "
                 "a pod if there is no file, or if the process was killed and "
                 "its pod still exists");
  AddNamespace(*logs, options);
  AddKubeContext(*logs, options);
  return logs;
}

}  // namespace ovenbird::cli
