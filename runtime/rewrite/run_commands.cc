#include "runtime/rewrite/run_commands.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/run_text.h"
#include "runtime/dockerfile/shell_writes.h"

namespace ovenbird::rewrite {

namespace {

std::vector<dockerfile::ShellCommand> ReadCommands(
    const Site& site, const dockerfile::Instruction& run) {
  dockerfile::ShellStart start;
  if (site.before.folder) start.folder = *site.before.folder;
  if (!run.exec_form) {
    return dockerfile::FindShellCommands(dockerfile::CommandText(run), start);
  }
  std::vector<std::string> words;
  for (const dockerfile::Word& word : run.words) words.push_back(word.text);
  return dockerfile::FindShellCommands(words, start);
}

}  // namespace

const std::vector<dockerfile::ShellCommand>& CommandsOf(
    const Site& site, const dockerfile::Instruction& run) {
  CommandsOfRun& last = site.last_commands;
  if (last.run != &run) last = {&run, ReadCommands(site, run)};
  return last.commands;
}

std::set<std::string> ToolsOf(const Site& site,
                              const dockerfile::Instruction& run) {
  std::set<std::string> tools;
  for (const dockerfile::ShellCommand& command : CommandsOf(site, run)) {
    if (dockerfile::IsUnderstood(command)) continue;
    const auto argument = absl::c_find_if(
        command.arguments,
        [](const std::string& word) { return !absl::StartsWith(word, "-"); });
    tools.insert(argument == command.arguments.end()
                     ? command.name
                     : absl::StrCat(command.name, " ", *argument));
  }
  return tools;
}

}  // namespace ovenbird::rewrite
