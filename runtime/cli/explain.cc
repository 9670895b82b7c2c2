#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/format_text.h"
#include "runtime/base/suggest.h"
#include "runtime/cli/message_examples.h"
#include "runtime/cli/option_paths.h"
#include "runtime/cli/project.h"
#include "runtime/cli/verbs.h"
#include "runtime/config/config.h"
#include "runtime/config/field_info.h"
#include "runtime/diag/catalog.h"
#include "runtime/kube/kaniko_flags.h"

namespace ovenbird::cli {
namespace {

using config::FieldInfo;
using config::MessageInfo;
using config::Shape;

void PrintExamples(absl::Span<const char* const> examples) {
  for (const char* example : examples) {
    std::cout << "\nExample:\n";
    for (absl::string_view line :
         absl::StrSplit(example, '\n', absl::SkipEmpty())) {
      std::cout << "    " << line << "\n";
    }
  }
}

void PrintFields(const MessageInfo& message) {
  std::cout << "\nFields:\n";
  for (const FieldInfo& field : message.fields) {
    std::cout << "  " << field.name << " (" << field.type << ")\n";
  }
}

void PrintField(absl::string_view path, const FieldInfo& field) {
  std::cout << path << " (" << field.type << ")\n\n" << field.docs << "\n";
  if (field.default_words != nullptr) {
    std::cout << "\nDefault: " << field.default_words << "\n";
  } else if (field.default_text != nullptr) {
    std::cout << "\nDefault: " << field.default_text << "\n";
  }
  if (!field.engines.empty()) {
    std::cout << "\nEngines: " << absl::StrJoin(field.engines, ", ") << "\n";
  }
  if (field.since != nullptr) std::cout << "\nSince: " << field.since << "\n";
  if (field.deprecated != nullptr) {
    std::cout << "\nDeprecated: " << field.deprecated << "\n";
  }
  PrintExamples(field.examples);
}

// `path` is the path of an entry of `field`, a map or a list: not the whole.
void PrintEntry(absl::string_view path, const FieldInfo& field) {
  std::cout << path << ": one entry of `" << field.name << "`, a " << field.type
            << "\n\n"
            << field.docs << "\n";
}

std::string Names(const MessageInfo& message) {
  return absl::StrJoin(message.fields, ", ",
                       [](std::string* out, const FieldInfo& field) {
                         absl::StrAppend(out, field.name);
                       });
}

int NotFound(absl::string_view what, absl::string_view word,
             const std::vector<std::string>& known) {
  std::string hint = DidYouMean(word, known);
  ShowError(
      absl::StrCat(what, " `", word, "`", hint.empty() ? "" : "; ", hint));
  return kExitUsage;
}

void PrintValues(const config::EnumInfo& values) {
  std::cout << "\nValues:\n";
  for (const config::EnumValueInfo& value : values.values) {
    std::cout << "  " << value.text << ": "
              << absl::StrReplaceAll(value.docs, {{"\n", "\n    "}}) << "\n";
  }
}

const char* TypeName(kube::KanikoFlagType type) {
  switch (type) {
    case kube::KanikoFlagType::kBool:
      return "";
    case kube::KanikoFlagType::kString:
      return "TEXT";
    case kube::KanikoFlagType::kInt:
      return "NUMBER";
    case kube::KanikoFlagType::kDuration:
      return "DURATION";
    case kube::KanikoFlagType::kList:
      return "TEXT (repeatable)";
    case kube::KanikoFlagType::kMap:
      return "NAME=VALUE (repeatable)";
  }
  return "";
}

std::string ValuesOf(const kube::KanikoFlag& flag) {
  return absl::StrJoin(flag.values, "|",
                       [](std::string* out, const kube::KanikoValue& value) {
                         out->append(value.text);
                       });
}

// What may stand in `args`, with the version that brought it.
int ExplainKanikoFlags() {
  std::cout << "Flags of the kaniko executor, for "
               "images.*.build.kaniko.args\n\n";
  for (const kube::KanikoFlag& flag : kube::KanikoFlags()) {
    const std::string values = ValuesOf(flag);
    const std::string value = values.empty() ? TypeName(flag.type) : values;
    std::string line =
        absl::StrCat("  --", flag.name, value.empty() ? "" : "=", value);
    if (*flag.short_name != '\0')
      absl::StrAppend(&line, ", -", flag.short_name);
    std::cout << FormatText("%-58s", line) << " since "
              << flag.since.ToString();
    if (flag.removed_in) {
      std::cout << ", removed in " << flag.removed_in.ToString();
    }
    if (*flag.own != '\0') std::cout << "; set by Ovenbird";
    std::cout << "\n";
  }
  return kExitGood;
}

// "hooks[0].when" -> "hooks.0.when".
std::string WithDots(absl::string_view path) {
  return absl::StrReplaceAll(path, {{"[", "."}, {"]", ""}});
}

// `*`, or the user's own key, is a placeholder for the keys of a map and the
// items of a list.
int ExplainOption(const std::string& path) {
  const MessageInfo* message =
      &config::InfoOf(static_cast<const config::Config*>(nullptr));
  const FieldInfo* field = nullptr;
  bool inside = false;  // behind the name of a map or list
  const std::string dotted = WithDots(path);
  for (absl::string_view part : absl::StrSplit(dotted, '.')) {
    if (field != nullptr && field->member.ops->shape != Shape::kOne &&
        !inside) {
      inside = true;
      continue;
    }
    if (field != nullptr) {
      if (field->member.ops->message == nullptr) {
        ShowError(absl::StrCat("`", field->name, "` has no fields"));
        return kExitUsage;
      }
      message = &field->member.ops->message();
    }
    field = message->Find(part);
    inside = false;
    if (field == nullptr) {
      std::vector<std::string> known;
      for (const FieldInfo& one : message->fields) {
        known.emplace_back(one.name);
      }
      int code = NotFound("unknown option", part, known);
      std::cerr << "  its fields: " << Names(*message) << "\n";
      return code;
    }
  }
  if (inside) {
    PrintEntry(path, *field);
  } else {
    PrintField(path, *field);
  }
  if (field->member.ops->enumeration != nullptr) {
    PrintValues(field->member.ops->enumeration());
  }
  if (field->member.ops->message != nullptr) {
    PrintFields(field->member.ops->message());
  }
  return kExitGood;
}

int ExplainMessage(const std::string& id) {
  std::vector<std::string> known;
  for (const diag::Rule& rule : diag::Rules()) {
    known.push_back(rule.id);
    if (rule.id != id) continue;
    std::cout << rule.id << ": " << rule.text << "\n\n" << rule.docs << "\n";
    if (*rule.help != '\0') std::cout << "\nHelp: " << rule.help << "\n";
    std::cout << MessageExample(rule.id);
    return kExitGood;
  }
  return NotFound("unknown message", id, known);
}

void PrintMatches(const std::vector<OptionPath>& options) {
  for (const OptionPath& option : options) {
    std::cout << "  " << option.path << "\n      "
              << FirstSentence(option.field->docs) << "\n";
  }
}

// Messages whose id has the word as one of its parts.
void PrintMessagesAbout(absl::string_view word) {
  const char* title = "\nMessages:\n";
  for (const diag::Rule& rule : diag::Rules()) {
    const std::vector<std::string> parts = absl::StrSplit(rule.id, '-');
    if (std::find(parts.begin(), parts.end(), word) == parts.end()) continue;
    std::cout << title << "  " << rule.id << "\n";
    title = "";
  }
}

// The end of an option's path, or a word: explains the option, or lists the
// matches.
int ExplainWord(const std::string& word) {
  const std::vector<OptionPath> exact = OptionsThatEndWith(word);
  if (exact.size() == 1) return ExplainOption(exact[0].path);
  const std::vector<OptionPath> found =
      exact.empty() ? OptionsAbout(word) : exact;
  if (found.empty()) {
    std::vector<std::string> known;
    for (const OptionPath& option : OptionPaths()) {
      known.emplace_back(option.field->name);
    }
    return NotFound("no option or message is about", word, known);
  }
  std::cout << found.size() << (found.size() == 1 ? " option" : " options")
            << (exact.empty() ? " with `" : " called `") << word
            << "`; `ovenbird explain PATH` explains one\n\n";
  PrintMatches(found);
  PrintMessagesAbout(word);
  return kExitGood;
}

bool IsMessage(absl::string_view word) {
  for (const diag::Rule& rule : diag::Rules()) {
    if (rule.id == word) return true;
  }
  return false;
}

bool IsTopLevel(absl::string_view path) {
  const std::vector<std::string> parts =
      absl::StrSplit(WithDots(path), absl::MaxSplits('.', 1));
  return config::InfoOf(static_cast<const config::Config*>(nullptr))
             .Find(parts[0]) != nullptr;
}

}  // namespace

int Explain(const Options& options) {
  if (options.subject.empty()) {
    std::cout << "ovenbird explain OPTION, such as "
                 "images.*.build.kaniko.cache\n";
    PrintFields(config::InfoOf(static_cast<const config::Config*>(nullptr)));
    std::cout << "\novenbird explain kaniko-flags\n";
    std::cout << "\novenbird explain MESSAGE, one of\n";
    for (const diag::Rule& rule : diag::Rules()) {
      std::cout << "  " << rule.id << "\n";
    }
    return kExitGood;
  }
  if (options.subject == "kaniko-flags") return ExplainKanikoFlags();
  // Messages have dashes in their names and options do not.
  if (IsMessage(options.subject) ||
      (options.subject.find('-') != std::string::npos &&
       options.subject.find('.') == std::string::npos)) {
    return ExplainMessage(options.subject);
  }
  return IsTopLevel(options.subject) ? ExplainOption(options.subject)
                                     : ExplainWord(options.subject);
}

}  // namespace ovenbird::cli
