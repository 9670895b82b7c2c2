#include "runtime/cli/usage.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "runtime/base/suggest.h"
#include "runtime/cli/describe.h"
#include "runtime/cli/habits.h"

namespace ovenbird::cli {
namespace {

std::string Help(const CLI::App* verb) {
  return absl::StrCat("; see `ovenbird ",
                      verb == nullptr ? "" : verb->get_name(),
                      verb == nullptr ? "" : " ", "--help`");
}

std::vector<std::string> Verbs(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands({})) {
    names.push_back(verb->get_name());
  }
  return names;
}

// "; did you mean `x`?", or nothing.
std::string Hint(absl::string_view word,
                 const std::vector<std::string>& candidates) {
  const std::string hint = DidYouMean(word, candidates);
  return hint.empty() ? "" : absl::StrCat("; ", hint);
}

// "--config", "-c": all that `verb` knows.
std::vector<std::string> Flags(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back(absl::StrCat("--", name));
    }
    for (const std::string& name : option->get_snames()) {
      names.push_back(absl::StrCat("-", name));
    }
  }
  return names;
}

bool HasFlag(const CLI::App& verb, const std::string& flag) {
  for (const std::string& name : Flags(verb)) {
    if (name == flag) return true;
  }
  return false;
}

std::string UnknownFlag(const CLI::App& app, const CLI::App& verb,
                        const std::string& argument) {
  const std::string flag = argument.substr(0, argument.find('='));
  const std::string advice = FlagHabit(verb.get_name(), flag);
  if (!advice.empty()) {
    return absl::StrCat("`", verb.get_name(), "` has no flag `", flag,
                        "`: ", advice);
  }
  std::vector<std::string> owners;
  for (const CLI::App* other : app.get_subcommands({})) {
    if (HasFlag(*other, flag)) {
      owners.push_back(absl::StrCat("`", other->get_name(), "`"));
    }
  }
  const std::string unknown =
      absl::StrCat("`", verb.get_name(), "` has no flag `", flag, "`");
  if (!owners.empty()) {
    return absl::StrCat(unknown, ", which is a flag of ",
                        absl::StrJoin(owners, ", "));
  }
  // One letter is near to every other one.
  const bool is_long = absl::StartsWith(flag, "--");
  return absl::StrCat(unknown, is_long ? Hint(flag, Flags(verb)) : "");
}

// The parser's messages start with "NAME: " or "NAME ".
std::string OptionIn(absl::string_view message) {
  return std::string(message.substr(0, message.find_first_of(": ")));
}

std::string WrongNumberOfValues(const CLI::App& verb,
                                const std::string& message) {
  const std::string flag = OptionIn(message);
  if (absl::StrContains(message, "At Most")) {
    return absl::StrCat("`", flag, "` is given more than once");
  }
  const CLI::Option* option = verb.get_option_no_throw(flag);
  return absl::StrCat(
      "`", flag, "` needs a value",
      option == nullptr
          ? ""
          : absl::StrCat(": `", flag, " ", ValueName(*option), "`"));
}

}  // namespace

std::string VerbProblem(const CLI::App& app,
                        absl::Span<const std::string> arguments) {
  const std::vector<std::string> verbs = Verbs(app);
  if (arguments.empty()) {
    return absl::StrCat("give a verb: ", absl::StrJoin(verbs, ", "),
                        Help(nullptr));
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") return "";
  for (const std::string& verb : verbs) {
    if (first == verb) return "";
  }
  if (absl::StartsWith(first, "-")) {
    return absl::StrCat(
        "`", first, "` is in the place of the verb: give one of ",
        absl::StrJoin(verbs, ", "), ", then its flags", Help(nullptr));
  }
  const std::string advice = VerbHabit(first);
  if (!advice.empty()) {
    return absl::StrCat("unknown verb `", first, "`: ", advice);
  }
  return absl::StrCat("unknown verb `", first, "`", Hint(first, verbs),
                      Help(nullptr));
}

std::string FlagProblem(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> parsed = app.get_subcommands();
  if (parsed.empty()) return absl::StrCat(error.what(), Help(nullptr));
  const CLI::App& verb = *parsed.front();
  const std::string message = error.what();
  std::string problem = message;
  const std::vector<std::string> extras = verb.remaining();
  if (!extras.empty()) {
    const std::string& extra = extras.front();
    problem = absl::StartsWith(extra, "-")
                  ? UnknownFlag(app, verb, extra)
                  : absl::StrCat("`", extra, "` is an unexpected argument of `",
                                 verb.get_name(), "`");
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    problem = WrongNumberOfValues(verb, message);
  } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    // "shell is required": the only arguments that are not optional.
    problem = absl::StrCat("give ", absl::AsciiStrToUpper(OptionIn(message)));
  } else if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
    problem = absl::StrCat("invalid value: ", message);
  }
  return absl::StrCat(problem, Help(&verb));
}

std::string NoneOf(const std::string& text,
                   const std::vector<std::string>& values) {
  return absl::StrCat("`", text, "` is not one of ",
                      absl::StrJoin(values, ", "), Hint(text, values));
}

}  // namespace ovenbird::cli
