// The flags that several verbs have, and how flags take their values.
#ifndef OVENBIRD_RUNTIME_CLI_FLAGS_H_
#define OVENBIRD_RUNTIME_CLI_FLAGS_H_

#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "runtime/cli/describe.h"
#include "runtime/cli/options.h"
#include "runtime/cli/usage.h"
#include "runtime/config/format.h"

namespace ovenbird::cli {

// Of the verbs, in the order of the help.
constexpr char kStartGroup[] = "Start a project";
constexpr char kBuildGroup[] = "Build";
constexpr char kCheckGroup[] = "Check";
constexpr char kLookGroup[] = "Look, without a cluster";
constexpr char kHelpGroup[] = "Help and setup";

// The values of a flag, each with what it means.
template <typename T>
using Values = std::vector<std::pair<std::string, T>>;

// Adds a flag whose value is one of a list. `target` must outlive `verb`.
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

// Returns a check for a flag of text, by the rules that the config has for its
// like.
CLI::Validator Is(config::Format format);

// Returns a check as Is() does, which accepts an empty value: a script may pass
// an unset variable.
CLI::Validator IsEmptyOr(config::Format format);

// Returns a check that rejects an empty value. `hint`: what to do instead.
CLI::Validator IsNotEmpty(const std::string& hint);

// Returns a check that rejects what is not a file's name: an empty value, and
// `-`, which is standard output with other flags.
CLI::Validator IsFile();

// Returns a check for a number from `least` to `most`.
CLI::Validator IsNumber(int least, int most);

// Adds --engine, with the `help` of this verb.
void AddEngine(CLI::App& verb, Options& options, const std::string& help);

// Adds the flags that say which config is meant, and that change its meaning.
void AddProjectFlags(CLI::App& verb, Options& options);

// Adds --strict, --rule and --baseline.
void AddStrict(CLI::App& verb, Options& options);

// Adds the project flags, --strict and --diagnostics.
void AddConfigFlags(CLI::App& verb, Options& options);

// Adds `--output text|json`.
void AddJsonOutput(CLI::App& verb, Options& options);

// Adds the keys of images as arguments, and --platform.
void AddImageKeys(CLI::App& verb, Options& options);

// Adds the keys of images, and --full-context.
void AddImages(CLI::App& verb, Options& options);

// Adds --secret.
void AddSecrets(CLI::App& verb, Options& options);

// Adds all flags that change what is built.
void AddImageFlags(CLI::App& verb, Options& options);

// Adds --namespace, of the build pods.
void AddNamespace(CLI::App& verb, Options& options);

// Adds --kube-context.
void AddKubeContext(CLI::App& verb, Options& options);

// Adds --schedule-timeout.
void AddScheduleTimeout(CLI::App& verb, Options& options);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_FLAGS_H_
