#include "runtime/cli/complete.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace ovenbird::cli {
namespace {

using Words = absl::Span<const std::string>;

constexpr const char* kPlatforms[] = {"linux/amd64", "linux/arm64",
                                      "linux/arm/v7"};
constexpr const char* kSeverities[] = {"off", "note", "warning", "error"};

// "--config=a" -> "--config".
absl::string_view NameOf(absl::string_view word) {
  return word.substr(0, word.find('='));
}

const Flag* FindFlag(const VerbInfo& verb, absl::string_view name) {
  for (const Flag& flag : verb.flags) {
    for (const std::string& one : flag.names) {
      if (one == name) return &flag;
    }
  }
  return nullptr;
}

bool TakesWord(const Flag* flag) {
  return flag != nullptr && !flag->value.empty() && !flag->value_is_optional;
}

// The words of a verb before the one that is completed.
struct Given {
  std::set<const Flag*> flags;
  std::vector<std::string> arguments;
  const Flag* open = nullptr;  // its value is the next word
};

Given Read(const VerbInfo& verb, Words words) {
  Given given;
  for (const std::string& word : words) {
    if (given.open != nullptr) {
      given.open = nullptr;
      continue;
    }
    if (!absl::StartsWith(word, "-") || word == "-") {
      given.arguments.push_back(word);
      continue;
    }
    const Flag* flag = FindFlag(verb, NameOf(word));
    given.flags.insert(flag);
    if (TakesWord(flag) && !absl::StrContains(word, '=')) given.open = flag;
  }
  return given;
}

class Completer {
 public:
  Completer(std::string begun, const CompletionSources& sources)
      : begun_(std::move(begun)), sources_(sources) {}

  Completion Take() { return std::move(completion_); }

  void Verbs(const CommandLine& all) {
    for (const VerbInfo& verb : all.verbs) Offer(verb.name, verb.help);
  }

  void Flags(const VerbInfo& verb, const Given& given) {
    for (const Flag& flag : verb.flags) {
      if (given.flags.count(&flag) > 0 && !flag.repeated) continue;
      for (const std::string& name : flag.names) {
        // The short ones add nothing to a list.
        if (absl::StartsWith(name, "--")) Offer(name, flag.help);
      }
    }
  }

  void Arguments(const VerbInfo& verb, const Given& given) {
    if (verb.arguments.empty()) return;
    const Flag& argument = verb.arguments[0];
    if (!given.arguments.empty() && !argument.repeated) return;
    given_ = given.arguments;
    Values(argument, "");
  }

  // `before`: what the word has before the value, such as "--engine=".
  void Values(const Flag& flag, const std::string& before) {
    before_ = before;
    const std::string& value = flag.value;
    if (!flag.choices.empty()) {
      for (const std::string& choice : flag.choices) Offer(choice, "");
    } else if (absl::StartsWith(value, "FILE")) {
      completion_.files = true;
    } else if (value == "IMAGE") {
      OfferAll(sources_.images, "image");
    } else if (value == "PROFILE") {
      OfferAll(sources_.profiles, "profile");
    } else if (value == "NAME=VALUE") {
      OfferNames(sources_.variables, "=");
    } else if (value == "ID=SEVERITY") {
      Rule();
    } else if (value == "PLATFORM") {
      for (const char* platform : kPlatforms) Offer(platform, "");
    } else if (value == "SUBJECT") {
      OfferAll(sources_.messages, "message");
      OfferAll(sources_.options, "option");
    }
  }

 private:
  void Offer(absl::string_view word, absl::string_view help) {
    const std::string whole = absl::StrCat(before_, word);
    if (!absl::StartsWith(whole, begun_)) return;
    if (std::find(given_.begin(), given_.end(), whole) != given_.end()) return;
    completion_.candidates.push_back({whole, std::string(help)});
  }

  void OfferAll(const CompletionSources::Names& names, const char* help) {
    if (!names) return;
    for (const std::string& name : names()) Offer(name, help);
  }

  void OfferNames(const CompletionSources::Names& names, const char* after) {
    if (!names) return;
    for (const std::string& name : names()) {
      Offer(absl::StrCat(name, after), "");
    }
    completion_.no_space = true;
  }

  void Rule() {
    const absl::string_view value =
        absl::string_view(begun_).substr(before_.size());
    const size_t equals = value.find('=');
    if (equals == value.npos) {
      OfferNames(sources_.messages, "=");
      return;
    }
    for (const char* severity : kSeverities) {
      Offer(absl::StrCat(value.substr(0, equals + 1), severity), "");
    }
  }

  const std::string begun_;
  const CompletionSources& sources_;
  std::string before_;
  std::vector<std::string> given_;
  Completion completion_;
};

}  // namespace

Completion Complete(const CommandLine& all, Words words,
                    const CompletionSources& sources) {
  const std::string begun = words.empty() ? "" : words.back();
  Completer completer(begun, sources);
  if (words.size() < 2) {
    completer.Verbs(all);
    return completer.Take();
  }
  const VerbInfo* verb = all.Find(words[0]);
  if (verb == nullptr) return {};
  const Given given = Read(*verb, words.subspan(1, words.size() - 2));
  const size_t equals = begun.find('=');
  if (given.open != nullptr) {
    completer.Values(*given.open, "");
  } else if (absl::StartsWith(begun, "--") && equals != begun.npos) {
    const Flag* flag = FindFlag(*verb, NameOf(begun));
    if (flag != nullptr) completer.Values(*flag, begun.substr(0, equals + 1));
  } else if (absl::StartsWith(begun, "-")) {
    completer.Flags(*verb, given);
  } else {
    completer.Arguments(*verb, given);
  }
  return completer.Take();
}

std::string ConfigOf(Words words) {
  std::string config;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const absl::string_view name = NameOf(words[i]);
    if (name != "--config" && name != "-c") continue;
    if (name.size() < words[i].size()) {
      config = words[i].substr(name.size() + 1);
    } else if (i + 2 < words.size()) {
      config = words[i + 1];
    }
  }
  return config;
}

}  // namespace ovenbird::cli
