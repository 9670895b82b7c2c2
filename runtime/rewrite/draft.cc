#include "runtime/rewrite/draft.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"
#include "runtime/dockerfile/grammar.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Pair;
using dockerfile::Shape;
using dockerfile::Word;

// A flag's value is read with quotes and escapes.
std::string PrintFlag(const Flag& flag) {
  if (!flag.value.has_value()) return absl::StrCat("--", flag.name);
  const bool plain = flag.value->find_first_of(" \t\"'\\") == std::string::npos;
  return absl::StrCat("--", flag.name, "=",
                      plain ? *flag.value : json::Quote(*flag.value));
}

std::string PrintWords(const std::vector<Word>& words) {
  return absl::StrJoin(words, " ", [](std::string* out, const Word& word) {
    out->append(word.text);
  });
}

std::string PrintList(const std::vector<Word>& words) {
  return absl::StrCat("[",
                      absl::StrJoin(words, ", ",
                                    [](std::string* out, const Word& word) {
                                      out->append(json::Quote(word.text));
                                    }),
                      "]");
}

std::string PrintPairs(const std::vector<Pair>& pairs) {
  return absl::StrJoin(pairs, " ", [](std::string* out, const Pair& pair) {
    absl::StrAppend(out, pair.name);
    if (pair.value.has_value()) absl::StrAppend(out, "=", *pair.value);
  });
}

std::string PrintBody(const Instruction& instruction) {
  const dockerfile::Grammar* grammar =
      dockerfile::FindGrammar(instruction.keyword);
  if (!instruction.trigger.empty()) return Print(instruction.trigger[0]);
  if (instruction.exec_form) return PrintList(instruction.words);
  if (grammar != nullptr && !instruction.words.empty() &&
      (grammar->shape == Shape::kWords ||
       grammar->shape == Shape::kWordsOrExec)) {
    return PrintWords(instruction.words);
  }
  if (grammar != nullptr && grammar->shape == Shape::kPairs &&
      !instruction.pairs.empty()) {
    return PrintPairs(instruction.pairs);
  }
  return instruction.text;
}

}  // namespace

void Draft::Append(const Draft& other) {
  instructions.insert(instructions.end(), other.instructions.begin(),
                      other.instructions.end());
  files.insert(files.end(), other.files.begin(), other.files.end());
  content_only.insert(content_only.end(), other.content_only.begin(),
                      other.content_only.end());
  reasons_.insert(reasons_.end(), other.reasons_.begin(), other.reasons_.end());
}

Instruction MakeInstruction(absl::string_view keyword, absl::string_view text) {
  Instruction instruction;
  instruction.keyword = std::string(keyword);
  instruction.text = std::string(text);
  return instruction;
}

std::string EscapeWord(absl::string_view literal, char escape) {
  std::string word;
  for (const char c : literal) {
    if (c == '$' || c == '"' || c == '\'' || c == escape) word += escape;
    word += c;
  }
  return word;
}

std::string Print(const Instruction& instruction) {
  std::vector<std::string> parts = {instruction.keyword};
  for (const Flag& flag : instruction.flags) parts.push_back(PrintFlag(flag));
  if (std::string body = PrintBody(instruction); !body.empty()) {
    parts.push_back(std::move(body));
  }
  std::string text = absl::StrJoin(parts, " ");
  for (const dockerfile::Heredoc& heredoc : instruction.heredocs) {
    absl::StrAppend(
        &text, "\n",
        absl::string_view(heredoc.span.file->text())
            .substr(heredoc.span.begin, heredoc.span.end - heredoc.span.begin));
  }
  return text;
}

}  // namespace ovenbird::rewrite
