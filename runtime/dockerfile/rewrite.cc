#include "runtime/dockerfile/rewrite.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"

namespace ovenbird::dockerfile {
namespace {

std::string JsonList(const std::vector<std::string>& words) {
  return absl::StrCat(
      "[",
      absl::StrJoin(words, ",",
                    [](std::string* out, const std::string& word) {
                      absl::StrAppend(out, json::Quote(word));
                    }),
      "]");
}

std::vector<std::string> Words(const Instruction& instruction,
                               const std::vector<std::string>& shell) {
  std::vector<std::string> words;
  if (instruction.exec_form) {
    for (const Word& word : instruction.words) words.push_back(word.text);
    return words;
  }
  if (instruction.text.empty()) return words;
  words = shell;
  words.push_back(instruction.text);
  return words;
}

// The stage that this one is based on; -1: an image.
int BaseStage(const Dockerfile& dockerfile, int stage) {
  for (int i = stage; i-- > 0;) {
    const Stage& above = dockerfile.stages[static_cast<size_t>(i)];
    const Word& base = dockerfile.stages[static_cast<size_t>(stage)].base;
    if (absl::EqualsIgnoreCase(above.name, base.text)) return i;
  }
  return -1;
}

struct Start {
  StartCommand command;
  std::vector<std::string> shell = {"/bin/sh", "-c"};
};

Start FindStart(const Dockerfile& dockerfile, int index) {
  const int base = BaseStage(dockerfile, index);
  Start start = base < 0 ? Start() : FindStart(dockerfile, base);
  bool own_cmd = false;
  for (const Instruction& instruction :
       dockerfile.stages[static_cast<size_t>(index)].instructions) {
    if (instruction.keyword == "SHELL") {
      start.shell = Words(instruction, {});
    } else if (instruction.keyword == "CMD") {
      start.command.cmd = Words(instruction, start.shell);
      own_cmd = true;
    } else if (instruction.keyword == "ENTRYPOINT") {
      start.command.entrypoint = Words(instruction, start.shell);
      // An inherited CMD belonged to the old entrypoint.
      if (!own_cmd) start.command.cmd.clear();
    }
  }
  return start;
}

// Where the lines go, and the text up to there.
std::pair<std::string, std::string> Split(const Dockerfile& dockerfile,
                                          const Stage& stage) {
  const std::string& text = dockerfile.file->text();
  if (stage.end < text.size()) {
    // Before the line feed that ends the stage.
    const bool line_feed = stage.end > 0 && text[stage.end - 1] == '\n';
    const size_t at = line_feed ? stage.end - 1 : stage.end;
    return {text.substr(0, at), text.substr(at)};
  }
  if (!dockerfile.open) return {text, ""};
  // The last line waits for more; what is added must not become a part of it.
  // Joined, because comments and marks of continuation may follow it.
  const Instruction& last =
      stage.instructions.empty() ? stage.from : stage.instructions.back();
  const std::string head =
      absl::StrCat(text.substr(0, last.span.begin),
                   absl::StripTrailingAsciiWhitespace(last.line->text()));
  return {absl::StrCat(head, "\n"), ""};
}

}  // namespace

StartCommand FindStartCommand(const Dockerfile& dockerfile, int stage) {
  return FindStart(dockerfile, stage).command;
}

std::optional<std::string> WithEntrypoint(const Dockerfile& dockerfile,
                                          int stage,
                                          const EntrypointChange& change) {
  std::optional<std::vector<std::string>> entrypoint = change.entrypoint;
  std::optional<std::vector<std::string>> cmd = change.cmd;
  if (change.restart_helper) {
    StartCommand start = FindStartCommand(dockerfile, stage);
    if (!entrypoint.has_value() || entrypoint->empty()) {
      entrypoint = std::move(start.entrypoint);
    }
    if (!cmd.has_value() && !start.cmd.empty()) cmd = std::move(start.cmd);
    if (entrypoint->empty() && (!cmd.has_value() || cmd->empty())) {
      return std::nullopt;
    }
    entrypoint->insert(entrypoint->begin(), std::string(kRestartHelper));
  }
  const bool empty = (!entrypoint.has_value() || entrypoint->empty()) &&
                     (!cmd.has_value() || cmd->empty());
  if (empty) return dockerfile.file->text();
  auto [text, rest] =
      Split(dockerfile, dockerfile.stages[static_cast<size_t>(stage)]);
  absl::StrAppend(&text, "\n");
  if (change.restart_helper) {
    absl::StrAppend(&text, "COPY /", kRestartHelperSource, " /\n");
  }
  if (entrypoint.has_value()) {
    absl::StrAppend(&text, "\nENTRYPOINT ", JsonList(*entrypoint), "\n");
  }
  if (cmd.has_value()) {
    absl::StrAppend(&text, entrypoint.has_value() ? "\n" : "", "\nCMD ",
                    JsonList(*cmd), "\n");
  }
  return absl::StrCat(text, rest);
}

}  // namespace ovenbird::dockerfile
