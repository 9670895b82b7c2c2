#include "runtime/dockerfile/shell_reading.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ovenbird::dockerfile {
namespace {

bool HasWord(absl::string_view words, absl::string_view word) {
  for (absl::string_view each : absl::StrSplit(words, ' ')) {
    if (each == word) return true;
  }
  return false;
}

}  // namespace

ShellReading::ShellReading(const ShellCommand& shell_command)
    : command(shell_command), known(FindKnown(shell_command.name)) {
  SplitWords();
}

bool ShellReading::HasOption(char letter, absl::string_view name) const {
  return std::any_of(
      options.begin(), options.end(), [&](const std::string& word) {
        return word == name || (letter != '\0' && HasLetter(word, letter));
      });
}

// Whether the option's value is the next word.
bool ShellReading::TakesValue(absl::string_view word) const {
  if (known == nullptr) return false;
  if (absl::StartsWith(word, "--")) {
    return (known->words == Known::kOption && word == known->long_target) ||
           HasWord(known->long_values, word);
  }
  if (word == known->long_target) return true;
  // The first letter that has a value takes the rest of the word, if any.
  const size_t letter =
      word.find_first_of(absl::StrCat(known->letters, known->target), 1);
  return letter != word.npos && letter + 1 == word.size();
}

std::optional<std::string> ShellReading::ValueOf(char letter,
                                                 absl::string_view name) const {
  std::optional<std::string> value;
  for (size_t i = 0; i < options.size(); ++i) {
    absl::string_view word = options[i];
    if (absl::StartsWith(word, "--")) {
      if (!absl::ConsumePrefix(&word, name)) continue;
      if (word.empty()) value = values[i];
      if (absl::ConsumePrefix(&word, "=")) value = std::string(word);
      continue;
    }
    const size_t at = word.find_first_of(known->letters, 1);
    if (at == word.npos || word[at] != letter) continue;
    value = at + 1 < word.size() ? std::string(word.substr(at + 1)) : values[i];
  }
  return value;
}

// Into options with their values, and operands.
void ShellReading::SplitWords() {
  const std::vector<std::string>& words = command.arguments;
  bool only_operands = false;
  for (size_t i = 0; i < words.size(); ++i) {
    if (only_operands || words[i].size() < 2 || words[i][0] != '-') {
      operands.push_back(words[i]);
    } else if (words[i] == "--") {
      only_operands = true;
    } else {
      options.push_back(words[i]);
      const bool has_value = TakesValue(words[i]) && i + 1 < words.size();
      values.push_back(has_value ? words[++i] : "");
    }
  }
}

void ShellReading::Add(absl::string_view path, Write::Reach reach,
                       bool parents) {
  if (path.empty() || path == "-") return;
  writes.push_back({ResolvePath(path, command.folder), reach,
                    /*attributes=*/false, parents});
}

void ShellReading::Change(absl::string_view path) {
  const bool all = HasOption('R', "--recursive");
  writes.push_back({path.empty() ? "" : ResolvePath(path, command.folder),
                    all ? Write::kAllBelow : Write::kItself,
                    /*attributes=*/true, /*parents=*/false});
}

bool HasLetter(absl::string_view word, char letter) {
  return absl::StartsWith(word, "-") && !absl::StartsWith(word, "--") &&
         absl::StrContains(word, letter);
}

std::string LastPart(absl::string_view path) {
  while (path.size() > 1 && absl::ConsumeSuffix(&path, "/")) {
  }
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace ovenbird::dockerfile
