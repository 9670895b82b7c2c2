#include "runtime/dockerfile/shell_writes.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"

namespace ovenbird::dockerfile {
namespace {

// Which of a command's words name what it writes.
struct Known {
  absl::string_view name;
  enum { kAll, kLast, kOption } words;
  absl::string_view option = {};  // its next word, or the rest of its own
};
constexpr Known kKnown[] = {
    {"chgrp", Known::kAll},         {"chmod", Known::kAll},
    {"chown", Known::kAll},         {"cp", Known::kLast},
    {"curl", Known::kOption, "-o"}, {"install", Known::kLast},
    {"ln", Known::kLast},           {"mkdir", Known::kAll},
    {"mkfifo", Known::kAll},        {"mv", Known::kLast},
    {"rsync", Known::kLast},        {"setcap", Known::kAll},
    {"setfacl", Known::kAll},       {"tar", Known::kOption, "-C"},
    {"tee", Known::kAll},           {"touch", Known::kAll},
    {"truncate", Known::kAll},      {"unzip", Known::kOption, "-d"},
    {"wget", Known::kOption, "-O"},
};

bool IsRecursive(const ShellCommand& command) {
  return std::any_of(command.arguments.begin(), command.arguments.end(),
                     [](const std::string& word) {
                       return word == "--recursive" ||
                              (absl::StartsWith(word, "-") &&
                               !absl::StartsWith(word, "--") &&
                               absl::StrContains(word, 'R'));
                     });
}

// The part of `>file`, `2>>file`, `>` that follows the arrow.
std::optional<absl::string_view> BehindArrow(absl::string_view word) {
  while (!word.empty() && (absl::ascii_isdigit(word[0]) || word[0] == '&')) {
    word.remove_prefix(1);
  }
  if (!absl::ConsumePrefix(&word, ">")) return std::nullopt;
  absl::ConsumePrefix(&word, ">");
  absl::ConsumePrefix(&word, "|");
  return word;
}

class Finder {
 public:
  explicit Finder(const ShellCommand& command) : command_(command) {}

  std::vector<Write> Run() {
    std::vector<std::string> words;
    for (size_t i = 0; i < command_.arguments.size(); ++i) {
      const auto target = BehindArrow(command_.arguments[i]);
      if (!target.has_value()) {
        words.push_back(command_.arguments[i]);
      } else if (!target->empty()) {
        Add(*target, Write::kItself);
      } else if (i + 1 < command_.arguments.size()) {
        Add(command_.arguments[++i], Write::kItself);
      }
    }
    const auto known = std::find_if(
        std::begin(kKnown), std::end(kKnown),
        [&](const Known& each) { return each.name == command_.name; });
    if (known != std::end(kKnown)) AddWords(*known, words);
    return std::move(writes_);
  }

 private:
  void Add(absl::string_view path, Write::Reach reach) {
    if (!absl::StartsWith(path, "/") || absl::StrContains(path, '$')) return;
    writes_.push_back({CleanPath(path), reach});
  }

  void AddWords(const Known& known, const std::vector<std::string>& words) {
    switch (known.words) {
      case Known::kAll:
        for (const std::string& word : words) {
          Add(word, IsRecursive(command_) ? Write::kAllBelow : Write::kItself);
        }
        return;
      case Known::kLast:
        if (words.size() > 1) Add(words.back(), Write::kInto);
        return;
      case Known::kOption:
        for (size_t i = 0; i < words.size(); ++i) {
          absl::string_view word = words[i];
          if (!absl::ConsumePrefix(&word, known.option)) continue;
          if (word.empty() && i + 1 < words.size()) word = words[i + 1];
          Add(word, Write::kInto);
        }
        return;
    }
  }

  const ShellCommand& command_;
  std::vector<Write> writes_;
};

// Strictly.
bool LiesBelow(absl::string_view path, absl::string_view folder) {
  return absl::ConsumePrefix(&path, folder) &&
         (folder == "/" ? !path.empty() : absl::StartsWith(path, "/"));
}

}  // namespace

std::vector<Write> WritesOf(const ShellCommand& command) {
  return Finder(command).Run();
}

bool IsBelow(const Write& write, absl::string_view folder) {
  const std::string clean = CleanPath(folder);
  if (LiesBelow(write.path, clean)) return true;
  if (write.reach == Write::kItself) return false;
  return write.path == clean ||
         (write.reach == Write::kAllBelow && LiesBelow(clean, write.path));
}

}  // namespace ovenbird::dockerfile
