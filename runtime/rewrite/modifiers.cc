#include "runtime/rewrite/modifiers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"
#include "runtime/base/shell_quote.h"
#include "runtime/rewrite/variables.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Instruction;

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// `text` begins behind `${`.
bool IsNew(absl::string_view text) {
  size_t at = 0;
  while (at < text.size() && IsNameCharacter(text[at])) ++at;
  if (at >= text.size() || (at > 0 && text[at] == '}')) return false;
  return at == 0 || text[at] != ':' || at + 1 >= text.size() ||
         (text[at + 1] != '-' && text[at + 1] != '+');
}

// Read as exactly that, as a word or a value. Without quotes where none are
// needed: old executors look for the slash at the end of a target.
std::string Quoted(absl::string_view value, char escape) {
  if (!value.empty() && value.find_first_of(" \t\"'$\\`=") == value.npos) {
    return std::string(value);
  }
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '$' || c == escape) text += escape;
    text += c;
  }
  text += '"';
  return text;
}

// The build arguments that the text names: the executor's cache must see them.
std::string NamedArgs(const Site& site, absl::string_view text) {
  std::string names;
  for (const auto& [name, value] : site.executor_scope.Args()) {
    if (text.find(name) == text.npos) continue;
    absl::StrAppend(&names, " \"${", name, "}\"");
  }
  return names.empty() ? "" : absl::StrCat(":", names, "; ");
}

// The shell command of a RUN; null: it runs something else.
std::string* CommandOf(const Site& site, Instruction& run) {
  if (!run.exec_form) return HasPosixShell(site.before) ? &run.text : nullptr;
  if (run.words.size() != 3 || run.words[1].text != "-c") return nullptr;
  const absl::string_view shell = run.words[0].text;
  const absl::string_view name = shell.substr(shell.rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash" || name == "dash"
             ? &run.words[2].text
             : nullptr;
}

std::string ListOf(const Instruction& run) {
  return absl::StrCat(
      "[",
      absl::StrJoin(run.words, ", ",
                    [](std::string* out, const dockerfile::Word& word) {
                      out->append(json::Quote(word.text));
                    }),
      "]");
}

bool RunHasNewModifier(const Instruction& run) {
  return HasNewModifier(run.exec_form ? ListOf(run) : run.text, '\\');
}

// Whether it will be a list of strings, in which quotes of the shell hide
// nothing from the executor.
bool IsSentAsList(const Instruction& run) {
  return run.exec_form || run.text.find('\n') != std::string::npos;
}

}  // namespace

bool HasNewModifier(absl::string_view text, char escape) {
  bool in_double = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == escape) {
      ++i;
    } else if (text[i] == '"') {
      in_double = !in_double;
    } else if (text[i] == '\'' && !in_double) {
      i = text.find('\'', i + 1);
      if (i == text.npos) return false;
    } else if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{' &&
               IsNew(text.substr(i + 2))) {
      return true;
    }
  }
  return false;
}

void WriteOutModifiers(const Site& site, Draft& draft) {
  const char escape = site.request.dockerfile->escape;
  for (Instruction& instruction : draft.instructions) {
    for (std::string* part : ExpandedParts(instruction)) {
      if (!HasNewModifier(*part, escape)) continue;
      const auto value = KnownValue(site.before.scope, *part);
      // A line end in the value would end the instruction.
      if (!value || absl::StrContains(*value, '\n')) {
        site.Report(instruction.text_span,
                    absl::StrCat("cannot expand `", *part, "`"),
                    "use `${NAME:-default}` and `${NAME:+word}` only");
        continue;
      }
      *part = Quoted(*value, escape);
      draft.Because("the executor supports only the modifiers `:-` and `:+`");
    }
  }
}

void HideModifiers(const Site& site, Draft& draft) {
  for (Instruction& run : draft.instructions) {
    if (run.keyword != "RUN" || !RunHasNewModifier(run)) continue;
    std::string* command = CommandOf(site, run);
    if (IsSentAsList(run)) {
      // HideInList does the rest.
      if (command != nullptr) *command = NamedArgs(site, *command) + *command;
    } else if (command == nullptr) {
      site.Report(run.text_span, "cannot expand the variables of this RUN",
                  "use the shell form with a POSIX shell");
      continue;
    } else {
      *command = absl::StrCat(NamedArgs(site, *command), "eval ",
                              ShellQuote(*command));
    }
    draft.Because(
        "the executor would expand variables that the shell must expand");
  }
}

void HideInList(const Site&, Draft& draft) {
  for (Instruction& run : draft.instructions) {
    if (run.keyword != "RUN" || !run.exec_form || !RunHasNewModifier(run)) {
      continue;
    }
    std::string list = ListOf(run);
    for (size_t at = 0; (at = list.find("${", at)) != list.npos; ++at) {
      if (IsNew(absl::string_view(list).substr(at + 2))) {
        list.replace(at, 1, "\\u0024");
      }
    }
    run.text = std::move(list);
    run.words.clear();
    run.exec_form = false;
  }
}

}  // namespace ovenbird::rewrite
