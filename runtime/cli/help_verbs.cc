#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "runtime/cli/describe.h"
#include "runtime/cli/flags.h"
#include "runtime/cli/usage.h"
#include "runtime/cli/verb_flags.h"

namespace ovenbird::cli {
namespace {

// Adds an argument whose value is one of a list. `target` must outlive `verb`.
template <typename T>
CLI::Option* AddArgument(CLI::App& verb, const std::string& name, T& target,
                         const Values<T>& values, const std::string& help) {
  std::vector<std::string> words;
  for (const auto& [word, value] : values) words.push_back(word);
  const std::string type = absl::AsciiStrToUpper(name);
  return verb
      .add_option_function<std::string>(
          name,
          [&target, values, words, type](const std::string& text) {
            for (const auto& [word, value] : values) {
              if (word == text) {
                target = value;
                return;
              }
            }
            throw CLI::ValidationError(type, NoneOf(text, words));
          },
          help)
      ->type_name(TypeOfChoice(type, words));
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
      "schema",
      "Print a JSON Schema: of the config, for editors, or of what `build` "
      "writes for programs");
  schema->group(kHelpGroup)
      ->footer("ovenbird schema --output config.schema.json");
  AddArgument<SchemaKind>(*schema, "kind", options.schema_kind,
                          {{"config", SchemaKind::kConfig},
                           {"result", SchemaKind::kResult},
                           {"event", SchemaKind::kEvent}},
                          "config, result (the file of --result) or event (a "
                          "line of --progress json). Default: config");
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
  AddArgument<Shell>(
      *completion, "shell", options.shell,
      {{"bash", Shell::kBash}, {"zsh", Shell::kZsh}, {"fish", Shell::kFish}},
      "bash, zsh or fish")
      ->required();
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
