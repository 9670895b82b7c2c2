#include "runtime/dockerfile/run_text.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/dockerfile/instruction.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kInterpreter = "#!";

bool IsShellName(absl::string_view path) {
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  return name == "sh" || name == "bash" || name == "ash" || name == "dash" ||
         name == "zsh" || name == "ksh";
}

// Whether the line is `#!/bin/sh -e` or `#!/usr/bin/env bash`.
bool NamesShell(absl::string_view line) {
  line.remove_prefix(kInterpreter.size());
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.empty()) return false;
  const bool env = words.size() > 1 && absl::EndsWith(words[0], "/env");
  return IsShellName(words[env ? 1 : 0]);
}

}  // namespace

bool IsScript(const Instruction& run) {
  return !run.exec_form && run.heredocs.size() == 1 &&
         ParseHeredocStart(absl::StripAsciiWhitespace(run.text)).has_value();
}

bool HasInterpreter(const Instruction& run) {
  return IsScript(run) &&
         absl::StartsWith(run.heredocs[0].content, kInterpreter);
}

std::string TextForShell(const Instruction& run) {
  if (IsScript(run)) return run.heredocs[0].content;
  std::string text = run.text;
  for (const Heredoc& heredoc : run.heredocs) {
    absl::StrAppend(&text, "\n", heredoc.content, heredoc.name);
  }
  return text;
}

std::string CommandText(const Instruction& run) {
  if (HasInterpreter(run)) {
    const std::string& content = run.heredocs[0].content;
    return NamesShell(content.substr(0, content.find('\n')))
               ? content
               : run.heredocs[0].name;
  }
  std::string text = TextForShell(run);
  if (IsScript(run) || run.heredocs.empty()) return text;
  const std::vector<ShellCommand> commands = FindShellCommands(run.text);
  if (!commands.empty() && IsShell(commands.back())) {
    absl::StrAppend(&text, "\n", run.heredocs.back().content);
  }
  return text;
}

bool IsShell(const ShellCommand& command) { return IsShellName(command.name); }

}  // namespace ovenbird::dockerfile
