#include "runtime/dockerfile/shell_writes.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"
#include "runtime/dockerfile/shell_accounts.h"
#include "runtime/dockerfile/shell_copies.h"
#include "runtime/dockerfile/shell_fetches.h"
#include "runtime/dockerfile/shell_known.h"
#include "runtime/dockerfile/shell_reading.h"

namespace ovenbird::dockerfile {
namespace {

// What `find` or `xargs` appends may be anything below its folders.
void ChangeFound(ShellReading& reading) {
  for (const std::string& path : reading.command.found) {
    reading.Change(path);
    reading.writes.back().reach = Write::kAllBelow;
  }
}

// curl has an option for the folder of its output, also for `-o`.
std::string InOutputFolder(const ShellReading& reading,
                           const std::string& path) {
  if (path.empty() || reading.command.name != "curl") return path;
  const std::optional<std::string> folder =
      reading.ValueOf('\0', "--output-dir");
  return folder ? absl::StrCat(*folder, "/", path) : path;
}

// tar and unzip fill a folder, the others write a file.
Write::Reach TargetReach(const ShellReading& reading) {
  return reading.command.name == "tar" || reading.command.name == "unzip"
             ? Write::kInto
             : Write::kItself;
}

// The value of the option when it is the one that names a target.
std::string TargetOf(const ShellReading& reading, size_t index) {
  absl::string_view word = reading.options[index];
  if (absl::ConsumePrefix(&word, reading.known->long_target)) {
    if (absl::ConsumePrefix(&word, "=")) return std::string(word);
    if (word.empty()) return reading.values[index];
  }
  word = reading.options[index];
  if (absl::StartsWith(word, "--") || reading.known->target.empty()) return "";
  const size_t letter = word.find(reading.known->target[0]);
  if (letter == absl::string_view::npos) return "";
  // `-o/file` is one word; `-qO file` and `-xzC folder` are two.
  return letter + 1 < word.size() ? std::string(word.substr(letter + 1))
                                  : reading.values[index];
}

void AddKnown(ShellReading& reading) {
  switch (reading.known->words) {
    case Known::kNone:
      return;
    case Known::kAttributes: {
      const bool reference =
          std::any_of(reading.options.begin(), reading.options.end(),
                      [](const std::string& word) {
                        return absl::StartsWith(word, "--reference");
                      });
      for (size_t i = reference ? 0 : 1; i < reading.operands.size(); ++i) {
        reading.Change(reading.operands[i]);
      }
      ChangeFound(reading);
      return;
    }
    case Known::kFirst:
      if (!reading.operands.empty()) reading.Add(reading.operands[0]);
      return;
    case Known::kAll:
      for (const std::string& word : reading.operands) {
        if (reading.command.name == "setfacl") {
          reading.Change(word);
        } else {
          reading.Add(word, Write::kItself,
                      reading.HasOption('p', "--parents"));
        }
      }
      if (reading.command.name == "setfacl") ChangeFound(reading);
      return;
    case Known::kLast:
      AddCopies(reading);
      return;
    case Known::kOption:
      for (size_t i = 0; i < reading.options.size(); ++i) {
        if (const std::string path =
                InOutputFolder(reading, TargetOf(reading, i));
            !path.empty()) {
          reading.Add(path, TargetReach(reading));
          if (reading.command.name == "unzip") {  // made if missing
            reading.Add(path);
          }
        }
      }
      return;
  }
}

void AddEdited(ShellReading& reading) {
  const bool in_place = std::any_of(
      reading.options.begin(), reading.options.end(),
      [](const std::string& word) {
        return HasLetter(word, 'i') || absl::StartsWith(word, "--in-place");
      });
  if (!in_place) return;
  // The script may be the first one: no later command needs it as a file.
  for (const std::string& word : reading.operands) reading.Add(word);
}

// Those that no table can hold.
void AddOthers(ShellReading& reading) {
  if (reading.command.name == "dd") {
    for (absl::string_view word : reading.operands) {
      if (absl::ConsumePrefix(&word, "of=")) reading.Add(word);
    }
  } else if (reading.command.name == "sed") {
    AddEdited(reading);
  } else if (reading.command.name == "curl" || reading.command.name == "wget") {
    AddDownloads(reading);
  } else if (reading.command.name == "git") {
    AddClone(reading);
  } else if (reading.command.name == "tar") {
    AddTar(reading);
  } else if (reading.command.name == "unzip" && !reading.HasOption('d', "")) {
    reading.Add(".", Write::kInto);
  } else if (reading.command.name == "useradd" ||
             reading.command.name == "adduser") {
    AddUser(reading);
  } else if (reading.command.name == "usermod" ||
             reading.command.name == "groupmod" ||
             reading.command.name == "groupadd" ||
             reading.command.name == "addgroup" ||
             reading.command.name == "passwd" ||
             reading.command.name == "chpasswd") {
    AddAccounts(reading);
  }
}

}  // namespace

bool LiesBelow(absl::string_view path, absl::string_view folder) {
  return absl::ConsumePrefix(&path, folder) &&
         (folder == "/" ? !path.empty() : absl::StartsWith(path, "/"));
}

std::vector<Write> WritesOf(const ShellCommand& command) {
  ShellReading reading(command);
  // Redirections come first.
  for (const std::string& path : command.outputs) reading.Add(path);
  if (command.name == "dpkg-statoverride") {
    if (reading.HasOption('u', "--update") && !reading.operands.empty()) {
      reading.Change(reading.operands.back());
    }
  } else if (reading.known != nullptr) {
    AddKnown(reading);
    AddOthers(reading);
  }
  return std::move(reading.writes);
}

std::vector<std::string> DeletionsOf(const ShellCommand& command) {
  std::vector<std::string> paths;
  if (command.name != "mv" && command.name != "rm" && command.name != "rmdir") {
    return paths;
  }
  ShellReading reading(command);
  if (command.name == "mv" && !reading.operands.empty() &&
      !TargetFolder(reading)) {
    reading.operands.pop_back();
  }
  for (const std::string& word : reading.operands) {
    paths.push_back(ResolvePath(word, command.folder));
  }
  return paths;
}

bool IsUnderstood(const ShellCommand& command) {
  return FindKnown(command.name) != nullptr;
}

bool IsBelow(const Write& write, absl::string_view folder) {
  const std::string clean = CleanPath(folder);
  if (LiesBelow(write.path, clean)) return true;
  if (write.reach == Write::kItself) return false;
  return write.path == clean ||
         (write.reach == Write::kAllBelow && LiesBelow(clean, write.path));
}

}  // namespace ovenbird::dockerfile
