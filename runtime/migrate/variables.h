// The variables in strings of other tools' files, as `${NAME}` of a
// devspace.yaml.
#ifndef OVENBIRD_RUNTIME_MIGRATE_VARIABLES_H_
#define OVENBIRD_RUNTIME_MIGRATE_VARIABLES_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/node.h"

namespace ovenbird::migrate {

// How a tool writes variables in strings.
enum class Syntax {
  kNone,       // `${NAME}` is literal
  kDevSpace5,  // `${NAME}`
  kDevSpace6,  // `${NAME}`; the string `$(command)` is what the command prints
  kCompose,    // `$NAME`, `${NAME}`, `${NAME:-default}`; `$$` is `$`
  kTemplates,  // `{{.NAME}}`, the environment
};

// Gives advice for a value that is the output of a command.
inline constexpr absl::string_view kNoCommands =
    "Ovenbird runs no commands for variables: set the variable in the "
    "environment or with `--var NAME=VALUE`";

// Returns whether DevSpace 6 replaces the string by the output of a command:
// `$(command)`, also with `#` or `!` after the dollar sign.
bool IsCommand(absl::string_view text);

// The variables of one file: those that it declares, and those that it uses.
class Variables {
 public:
  // `sink` must outlive the object.
  Variables(Syntax syntax, diag::Sink& sink) : syntax_(syntax), sink_(sink) {}

  // Declares a variable with its default; the first default counts.
  void Declare(absl::string_view name, std::optional<std::string> value);
  // Declares a variable by its whole object of `vars`, with its `name`.
  void DeclareObject(json::Value variable);
  // Gives the value of a variable that the tool sets itself, if it is used.
  void Know(absl::string_view name, absl::string_view value);
  // Returns whether the file declares the variable.
  bool Declares(absl::string_view name) const;

  // Returns whether the tool reads the scalar as a string although it is a
  // boolean in a devspace.yaml: `on` and `no` are strings in YAML 1.2.
  bool IsString(const yaml::Node& node) const;
  // Returns the string of a scalar as a devspace.yaml has it.
  std::string Convert(const yaml::Node& node);
  // Returns the same for a string that a shell reads: `$(command)` is its own.
  std::string ConvertForShell(const yaml::Node& node);

  // Returns the list for `vars`: what is declared and used. A variable without
  // a default gets one, which is reported: without it the config would not be
  // valid on a machine that does not set the variable.
  json::Value Take();

 private:
  std::string FromCompose(absl::string_view text, Span at);
  // The part of FromCompose after a `$`; returns how much of `text` it takes.
  size_t Substitute(absl::string_view text, Span at, std::string& out);
  void DeclareDefault(const std::string& name, absl::string_view text, Span at);
  void ReportExpressions(absl::string_view text, Span at);
  std::string FromTemplates(absl::string_view text, Span at);
  std::string Escaped(absl::string_view text) const;
  void NoteUses(absl::string_view text, Span at);

  Syntax syntax_;
  diag::Sink& sink_;
  std::vector<json::Value> declared_;
  std::vector<std::string> order_;    // of the names that are used
  std::map<std::string, Span> used_;  // where first
  std::map<std::string, std::string> known_;
};

}  // namespace ovenbird::migrate

#endif  // OVENBIRD_RUNTIME_MIGRATE_VARIABLES_H_
