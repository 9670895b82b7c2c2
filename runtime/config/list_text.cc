#include "runtime/config/list_text.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "runtime/base/writer.h"

namespace ovenbird::config {
namespace {

using absl::string_view;

bool IsOneOf(string_view field, std::initializer_list<string_view> names) {
  return std::find(names.begin(), names.end(), field) != names.end();
}

// The words of a command line, and whether a shell does more with it than
// splitting it.
struct Command {
  std::vector<std::string> words;
  bool needs_shell = false;
};

// Splits at spaces outside of quotes; nullopt if a quote is not closed.
std::optional<Command> SplitCommand(string_view text) {
  Command command;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\'' && c == '\\' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
      in_word = true;
    } else if (quote == '\0' && absl::ascii_isspace(c)) {
      if (in_word) command.words.push_back(std::exchange(word, ""));
      in_word = false;
    } else {
      const string_view special = quote == '\0' ? "|&;<>()$`*?" : "$`";
      if (quote != '\'' && absl::StrContains(special, c)) {
        command.needs_shell = true;
      }
      word += c;
      in_word = true;
    }
  }
  if (quote != '\0') return std::nullopt;
  if (in_word) command.words.push_back(std::move(word));
  return command;
}

std::vector<std::string> ItemsOf(string_view field, string_view text) {
  const bool is_program = IsOneOf(field, {"cmd", "command", "entrypoint"});
  if (is_program || IsOneOf(field, {"appendArgs", "args"})) {
    std::optional<Command> command = SplitCommand(text);
    if (command && !(is_program && command->needs_shell)) {
      return std::move(command->words);
    }
    if (is_program) return {"sh", "-c", std::string(text)};
  }
  // Values that cannot have spaces or commas.
  if (IsOneOf(field, {"add", "drop", "namespaces", "platforms",
                      "registryMirrors", "tags"})) {
    return absl::StrSplit(text, absl::ByAnyChar(", \t\n"), absl::SkipEmpty());
  }
  return {std::string(text)};
}

// One item between brackets.
std::string ItemText(string_view item) {
  if (IsPlainYamlString(item) && item.find_first_of(",[]{}") == item.npos) {
    return std::string(item);
  }
  std::string quoted;
  AppendJsonString(item, &quoted);
  return quoted;
}

}  // namespace

std::string ListInOneLine(string_view field, string_view text) {
  std::vector<std::string> items;
  for (const std::string& item : ItemsOf(field, text)) {
    items.push_back(ItemText(item));
  }
  return absl::StrCat("[", absl::StrJoin(items, ", "), "]");
}

}  // namespace ovenbird::config
