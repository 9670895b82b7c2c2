#include <string>
#include <utility>
#include <vector>

#include "runtime/cli/describe.h"
#include "runtime/cli/flags.h"
#include "runtime/cli/usage.h"
#include "runtime/cli/verb_flags.h"

namespace ovenbird::cli {
namespace {

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

}  // namespace

CLI::App* AddExplainVerb(CLI::App& app, Options& options) {
  CLI::App* explain =
      app.add_subcommand("explain",
                         "Explain an option (cache, images.*.build.kaniko), or "
                         "a message (unknown-field)");
  explain->group(kHelpGroup)->footer("ovenbird explain kaniko.cache");
  explain
      ->add_option("subject", options.subject,
                   "Option, its end or a word of its name, or a message's id")
      ->type_name("SUBJECT");
  return explain;
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
  AddSecrets(*lsp, options);
  lsp->group(kHelpGroup)->footer("ovenbird lsp --engine kubernetes");
  lsp->add_flag("--stdio")->description(
      "Accepted for editors that pass it; has no effect");
  return lsp;
}

CLI::App* AddManVerb(CLI::App& app, Options& /*options*/) {
  CLI::App* man = app.add_subcommand("man", "Print the man page");
  man->group(kHelpGroup)->footer("ovenbird man | man -l -");
  return man;
}

CLI::App* AddVersionVerb(CLI::App& app, Options& options) {
  CLI::App* version = app.add_subcommand(
      "version", "Print the version, the commit and the kind of build");
  version->group(kHelpGroup)->footer("ovenbird version --output json");
  AddJsonOutput(*version, options);
  return version;
}

}  // namespace ovenbird::cli
