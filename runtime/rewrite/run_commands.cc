#include "runtime/rewrite/run_commands.h"

#include <string>

#include "runtime/dockerfile/run_text.h"

namespace ovenbird::rewrite {

std::vector<dockerfile::ShellCommand> CommandsOf(
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

}  // namespace ovenbird::rewrite
