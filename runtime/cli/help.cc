#include "runtime/cli/help.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace ovenbird::cli {
namespace {

constexpr size_t kMostColumns = 100;
// Below, a description is on a line of its own.
constexpr size_t kTwoColumns = 70;
constexpr size_t kLeft = 28;
constexpr char kDefaultGroup[] = "Flags";

// Breaks `text` between words; lines after the first begin with `indent`
// spaces. `column`: where the first line starts.
std::string Wrapped(absl::string_view text, size_t column, size_t indent,
                    size_t width) {
  std::string out;
  bool first = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (!first && column + 1 + word.size() > width) {
      absl::StrAppend(&out, "\n", std::string(indent, ' '));
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    absl::StrAppend(&out, word);
    column += word.size();
    first = false;
  }
  return out;
}

// One entry: what is typed, and what it means.
std::string Row(absl::string_view left, absl::string_view right, size_t width) {
  std::string out = absl::StrCat("  ", left);
  const size_t indent = width < kTwoColumns ? 6 : kLeft;
  if (width < kTwoColumns || out.size() + 2 > kLeft) {
    absl::StrAppend(&out, "\n", std::string(indent, ' '));
  } else {
    out.resize(kLeft, ' ');
  }
  return absl::StrCat(out, Wrapped(right, indent, indent, width), "\n");
}

std::string GroupOf(const Flag& flag) {
  return flag.group == "Options" ? kDefaultGroup : flag.group;
}

// In the order in which they come; the default one, with --help, is the last.
template <typename Items, typename GetGroup>
std::vector<std::string> Groups(const Items& items, GetGroup group) {
  std::vector<std::string> groups;
  for (const auto& item : items) {
    const std::string name = group(item);
    if (std::find(groups.begin(), groups.end(), name) == groups.end()) {
      groups.push_back(name);
    }
  }
  const auto last = std::find(groups.begin(), groups.end(), kDefaultGroup);
  if (last != groups.end()) std::rotate(last, last + 1, groups.end());
  return groups;
}

std::string Usage(const VerbInfo& verb) {
  std::string usage = absl::StrCat("ovenbird ", verb.name);
  for (const Flag& argument : verb.arguments) {
    absl::StrAppend(&usage, " ", TypedArgument(argument));
  }
  return absl::StrCat(usage, " [FLAG...]");
}

std::string VerbHelp(const VerbInfo& verb, size_t width) {
  std::string out = absl::StrCat(Wrapped(verb.help, 0, 0, width),
                                 "\n\nUsage:\n", "  ", Usage(verb), "\n");
  if (!verb.example.empty()) {
    absl::StrAppend(&out, "\nExample:\n  ", verb.example, "\n");
  }
  if (!verb.arguments.empty()) out += "\nArguments:\n";
  for (const Flag& argument : verb.arguments) {
    out += Row(TypedArgument(argument), argument.help, width);
  }
  for (const std::string& group : Groups(verb.flags, GroupOf)) {
    absl::StrAppend(&out, "\n", group, ":\n");
    for (const Flag& flag : verb.flags) {
      if (GroupOf(flag) == group) out += Row(Typed(flag), flag.help, width);
    }
  }
  return out;
}

std::string ProgramHelp(const CommandLine& all, size_t width) {
  std::string out = absl::StrCat(Wrapped(all.help, 0, 0, width),
                                 "\n\nUsage:\n  ovenbird VERB [FLAG...]\n",
                                 "\nExample:\n  ovenbird build --tag v1\n");
  const auto group_of = [](const VerbInfo& verb) { return verb.group; };
  for (const std::string& group : Groups(all.verbs, group_of)) {
    absl::StrAppend(&out, "\n", group == "Subcommands" ? "Other" : group,
                    ":\n");
    for (const VerbInfo& verb : all.verbs) {
      if (verb.group == group) out += Row(verb.name, verb.help, width);
    }
  }
  return absl::StrCat(
      out, "\n",
      Wrapped("`ovenbird VERB --help` prints the flags of a verb.", 0, 0,
              width),
      "\n", Wrapped(all.footer, 0, 0, width), "\n");
}

}  // namespace

size_t HelpWidth() {
  winsize size = {};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known && size.ws_col > 0 ? std::min<size_t>(size.ws_col, kMostColumns)
                                  : 80;
}

std::string Typed(const Flag& flag) {
  std::string typed = absl::StrJoin(flag.names, ", ");
  if (flag.value.empty()) return typed;
  return flag.value_is_optional
             ? absl::StrCat(typed, "[=", absl::StrJoin(flag.choices, "|"), "]")
             : absl::StrCat(typed, " ", flag.value);
}

std::string TypedArgument(const Flag& argument) {
  if (argument.required) return argument.value;
  if (!argument.repeated) return absl::StrCat("[", argument.value, "]");
  return absl::StrContains(argument.value, '|')
             ? absl::StrCat("[", argument.value, "]...")
             : absl::StrCat("[", argument.value, "...]");
}

std::string Help(const CommandLine& all, absl::string_view verb, size_t width) {
  const VerbInfo* info = all.Find(verb);
  return info == nullptr ? ProgramHelp(all, width) : VerbHelp(*info, width);
}

}  // namespace ovenbird::cli
