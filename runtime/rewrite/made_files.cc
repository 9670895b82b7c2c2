#include "runtime/rewrite/made_files.h"

#include <iterator>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/dockerfile/shell_commands.h"
#include "runtime/dockerfile/shell_writes.h"
#include "runtime/rewrite/mode_words.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::ShellCommand;

// Whether all commands of the script run, one after the other.
bool IsList(absl::string_view script) {
  for (absl::string_view sign : {"|", "`", "$(", "{", "(", "\\\n"}) {
    if (absl::StrContains(script, sign)) return false;
  }
  const bool has_and = absl::StrContains(script, "&&");
  const bool has_lines = script.find_first_of(";\n") != script.npos;
  if (has_and && has_lines) return false;
  for (absl::string_view word :
       absl::StrSplit(script, absl::ByAnyChar(" \t\n;"), absl::SkipEmpty())) {
    for (absl::string_view keyword :
         {"if", "for", "while", "until", "case", "exit", "exec", "return",
          "umask", "!", "&", "function"}) {
      if (word == keyword) return false;
    }
  }
  return true;
}

// The arguments of a command.
struct Arguments {
  std::string flags;  // the letters of `-sf`, in order
  std::vector<std::string> paths;
  bool known = true;
};

Arguments Read(const ShellCommand& command) {
  Arguments result;
  for (const std::string& argument : command.arguments) {
    if (absl::StrContains(argument, "--") ||
        argument.find_first_of("$*?[") != argument.npos) {
      result.known = false;
    } else if (argument.size() > 1 && argument[0] == '-') {
      result.flags += argument.substr(1);
    } else {
      result.paths.push_back(argument);
    }
  }
  return result;
}

bool HasOnly(absl::string_view flags, absl::string_view known) {
  return flags.find_first_not_of(known) == flags.npos;
}

class Reader {
 public:
  void Add(const ShellCommand& command) {
    const Arguments arguments = Read(command);
    if (command.name == "mkdir" && arguments.known &&
        HasOnly(arguments.flags, "pv")) {
      const bool parents = absl::StrContains(arguments.flags, "p");
      for (const std::string& path : arguments.paths) {
        MakeFolder(dockerfile::ResolvePath(path, command.folder), parents);
      }
    } else if (command.name == "ln" && arguments.known &&
               absl::StrContains(arguments.flags, "s") &&
               HasOnly(arguments.flags, "sfnTv") &&
               arguments.paths.size() == 2) {
      MakeLink(arguments.paths[0], command, arguments.paths[1]);
    } else {
      Forget(command);
    }
  }

  MadeFiles Take() { return std::move(files_); }

 private:
  void MakeFolder(const std::string& path, bool parents) {
    if (!absl::StartsWith(path, "/") || path == "/") return;
    ImageFile folder;
    folder.type = ImageFile::kFolder;
    folder.mode = kUsualMode;
    for (size_t end = parents ? path.find('/', 1) : path.size();;
         end = path.find('/', end + 1)) {
      files_.try_emplace(path.substr(0, end), folder);
      if (end == path.npos || end == path.size()) return;
    }
  }

  void MakeLink(const std::string& target, const ShellCommand& command,
                const std::string& name) {
    std::string path = dockerfile::ResolvePath(name, command.folder);
    if (!absl::StartsWith(path, "/") || path == "/" ||
        absl::EndsWith(name, "/")) {
      return;
    }
    const auto there = files_.find(path);
    if (there != files_.end() && there->second.type == ImageFile::kFolder) {
      absl::StrAppend(&path, "/", target.substr(target.rfind('/') + 1));
    }
    ImageFile link;
    link.type = ImageFile::kSymlink;
    link.mode = 0777;
    link.link = target;
    files_.insert_or_assign(path, link);
  }

  // What the command's words name may be anything afterwards.
  void Forget(const ShellCommand& command) {
    const Arguments arguments = Read(command);
    if (!arguments.known) return files_.clear();
    std::vector<std::string> named;
    for (const std::string& path : arguments.paths) {
      named.push_back(dockerfile::ResolvePath(path, command.folder));
    }
    for (const dockerfile::Write& write : dockerfile::WritesOf(command)) {
      named.push_back(write.path);
    }
    for (auto at = files_.begin(); at != files_.end();) {
      const bool changes = absl::c_any_of(named, [&](const std::string& path) {
        return !absl::StartsWith(path, "/") || at->first == path ||
               dockerfile::LiesBelow(at->first, path);
      });
      at = changes ? files_.erase(at) : std::next(at);
    }
  }

  MadeFiles files_;
};

}  // namespace

MadeFiles FindMadeFiles(absl::string_view script,
                        const std::optional<std::string>& folder) {
  if (!absl::StrContains(script, "mkdir ") &&
      !absl::StrContains(script, "ln ")) {
    return {};
  }
  if (!IsList(script)) return {};
  dockerfile::ShellStart start;
  if (folder) start.folder = *folder;
  Reader reader;
  for (const ShellCommand& command :
       dockerfile::FindShellCommands(script, start)) {
    reader.Add(command);
  }
  return reader.Take();
}

}  // namespace ovenbird::rewrite
