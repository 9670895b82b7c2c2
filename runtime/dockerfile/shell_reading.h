// Private to shell_writes: a command that is being read.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_READING_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_READING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_known.h"
#include "runtime/dockerfile/shell_writes.h"

namespace ovenbird::dockerfile {

// The words of a command, and the writes that were found.
struct ShellReading {
  // Splits the words. `shell_command` must outlive this.
  explicit ShellReading(const ShellCommand& shell_command);

  // Returns whether an option has this letter or this long name; '\0': no
  // letter.
  bool HasOption(char letter, absl::string_view name) const;
  // Returns the value of an option of one word or two, such as `-t` and
  // `--target-directory`; the last one counts. nullopt: no such option.
  std::optional<std::string> ValueOf(char letter, absl::string_view name) const;

  // Adds a write of the path; nothing for an empty path and for `-`.
  void Add(absl::string_view path, Write::Reach reach = Write::kItself,
           bool parents = false);
  // Adds a change of owner or mode; also below the path with `-R`.
  void Change(absl::string_view path);

  const ShellCommand& command;
  const Known* const known;  // null: an unknown command
  std::vector<std::string> options;
  std::vector<std::string> values;  // of the options; may be empty
  std::vector<std::string> operands;
  std::vector<Write> writes;

 private:
  bool TakesValue(absl::string_view word) const;
  void SplitWords();
};

// Returns whether `word` is a group of short options (`-R`, `-vR`) with this
// letter.
bool HasLetter(absl::string_view word, char letter);
// Returns the name at the end of a path, without slashes after it.
std::string LastPart(absl::string_view path);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_READING_H_
