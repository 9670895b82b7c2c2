#include "runtime/dockerfile/devices.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_commands.h"

namespace ovenbird::dockerfile {
namespace {

bool MakesDevice(const ShellCommand& command) {
  const std::vector<std::string>& words = command.arguments;
  return command.name == "mknod" &&
         std::any_of(words.begin(), words.end(), [](const std::string& word) {
           return word == "b" || word == "c" || word == "u";
         });
}

std::vector<ShellCommand> CommandsOf(const Instruction& run) {
  if (run.exec_form) {
    std::vector<std::string> words;
    for (const Word& word : run.words) words.push_back(word.text);
    return FindShellCommands(words);
  }
  return FindShellCommands(CommandText(run));
}

bool MakesDevices(const Instruction& run) {
  if (run.keyword != "RUN") return false;
  const std::vector<ShellCommand> commands = CommandsOf(run);
  return std::any_of(commands.begin(), commands.end(), MakesDevice);
}

}  // namespace

const Instruction* FindMknod(const Dockerfile& dockerfile,
                             const std::vector<int>& stages) {
  for (const int stage : stages) {
    for (const Instruction& instruction :
         dockerfile.stages[static_cast<size_t>(stage)].instructions) {
      if (MakesDevices(instruction)) return &instruction;
    }
  }
  return nullptr;
}

}  // namespace ovenbird::dockerfile
