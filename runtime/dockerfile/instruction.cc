#include "runtime/dockerfile/instruction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/source_file.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/grammar.h"
#include "runtime/dockerfile/instruction_check.h"
#include "runtime/dockerfile/shell_words.h"
#include "runtime/dockerfile/string_list.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kBlanks = "\t\v\f\r ";

bool IsBlank(char c) { return absl::StrContains(kBlanks, c); }

// Walks over a line's text.
class Reader {
 public:
  Reader(std::shared_ptr<const LogicalLine> line, size_t begin, char escape,
         diag::Sink& sink)
      : line_(std::move(line)),
        text_(line_->text()),
        begin_(begin),
        at_(begin),
        escape_(escape),
        sink_(sink) {}

  std::optional<Instruction> Read();

 private:
  Span SpanOf(size_t begin, size_t end) const {
    return line_->SpanOf(begin, end);
  }
  Span Rest() const { return SpanOf(at_, End()); }
  // Without blanks at the line's end.
  size_t End() const {
    return absl::StripTrailingAsciiWhitespace(text_).size();
  }
  void SkipBlanks() {
    while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  }

  std::string TakeKeyword(Instruction& instruction);
  std::nullopt_t UnknownKeyword(const Instruction& instruction,
                                const std::string& keyword);
  void TakeFlags(Instruction& instruction);
  Flag TakeFlag();
  bool TakeExecForm(Instruction& instruction);
  void TakeWords(Instruction& instruction);
  void TakePairs(const Grammar& grammar, Instruction& instruction);
  // `before` is the word before the one that has no value.
  void ReportNoPair(const Grammar& grammar, const Word& before,
                    const Word& word);
  void TakeBody(const Grammar& grammar, Instruction& instruction);
  Word TakeQuotedWord();

  const std::shared_ptr<const LogicalLine> line_;
  const absl::string_view text_;
  const size_t begin_;  // not 0: of a trigger
  size_t at_;
  const char escape_;
  diag::Sink& sink_;
};

std::string Reader::TakeKeyword(Instruction& instruction) {
  SkipBlanks();
  const size_t begin = at_;
  while (at_ < text_.size() && !IsBlank(text_[at_])) ++at_;
  instruction.keyword_span = SpanOf(begin, at_);
  return std::string(text_.substr(begin, at_ - begin));
}

// A word that starts with `--`, with quotes and escapes.
Flag Reader::TakeFlag() {
  const size_t begin = at_;
  std::string word;
  char quote = '\0';
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (quote == '\0' && absl::ascii_isspace(c)) break;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == escape_) {
      if (at_ + 1 < text_.size()) word += text_[++at_];
    } else {
      word += c;
    }
  }
  Flag flag;
  flag.span = SpanOf(begin, at_);
  const size_t equals = word.find('=');
  if (equals != std::string::npos) flag.value = word.substr(equals + 1);
  flag.name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
  return flag;
}

void Reader::TakeFlags(Instruction& instruction) {
  for (SkipBlanks(); absl::StartsWith(text_.substr(at_), "--"); SkipBlanks()) {
    Flag flag = TakeFlag();
    if (flag.name.empty() && !flag.value.has_value()) {
      SkipBlanks();
      return;  // `--` ends the flags.
    }
    instruction.flags.push_back(std::move(flag));
  }
}

bool Reader::TakeExecForm(Instruction& instruction) {
  const absl::string_view text = text_.substr(at_, End() - at_);
  if (!absl::StartsWith(text, "[")) return false;
  std::vector<std::string> items;
  const ListForm form = ReadStringList(text, &items);
  if (form == ListForm::kOther) {
    sink_.Handle(diag::DockerfileSyntax(
        Rest(), "the items of a JSON list must be strings"));
  }
  if (form != ListForm::kStrings) return false;
  instruction.exec_form = true;
  // The strings' places: the text is known to be a list of strings.
  size_t at = at_;
  for (std::string& item : items) {
    const size_t begin = text_.find('"', at);
    size_t end = begin + 1;
    for (; text_[end] != '"'; ++end) {
      if (text_[end] == '\\') ++end;
    }
    at = end + 1;
    instruction.words.push_back({std::move(item), SpanOf(begin, at)});
  }
  return true;
}

void Reader::TakeWords(Instruction& instruction) {
  size_t at = at_;
  while (at < End()) {
    const size_t begin = at;
    while (at < End() && !IsBlank(text_[at])) ++at;
    if (at > begin) {
      instruction.words.push_back(
          {std::string(text_.substr(begin, at - begin)), SpanOf(begin, at)});
    }
    while (at < End() && IsBlank(text_[at])) ++at;
  }
}

// Up to a blank outside of quotes; quotes and escapes stay.
Word Reader::TakeQuotedWord() {
  const size_t begin = at_;
  char quote = '\0';
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (quote == '\0' && absl::ascii_isspace(c)) break;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == escape_ && quote != '\'' && at_ + 1 < text_.size()) {
      ++at_;
    }
  }
  return {std::string(text_.substr(begin, at_ - begin)), SpanOf(begin, at_)};
}

// The line before may go on by mistake, or a comment follows.
void Reader::TakePairs(const Grammar& grammar, Instruction& instruction) {
  const size_t begin = at_;
  std::vector<Word> words;
  for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) {
    words.push_back(TakeQuotedWord());
  }
  const bool needs_values = grammar.keyword != "ARG";
  if (needs_values && !words.empty() &&
      !absl::StrContains(words[0].text, '=')) {
    // The old form: `ENV NAME all the rest`; the name has no quotes.
    const size_t name = std::min(text_.find_first_of(kBlanks, begin), End());
    const size_t rest = std::min(text_.find_first_not_of(kBlanks, name), End());
    instruction.pairs.push_back({std::string(text_.substr(begin, name - begin)),
                                 std::string(text_.substr(rest, End() - rest)),
                                 SpanOf(begin, End())});
    if (name == End()) {
      sink_.Handle(diag::DockerfileArguments(words[0].span, grammar.keyword,
                                             grammar.needed));
    }
    return;
  }
  bool reported = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    const size_t equals = word.text.find('=');
    Pair pair{word.text.substr(0, equals), std::nullopt, word.span};
    if (equals != std::string::npos) pair.value = word.text.substr(equals + 1);
    if (!needs_values || pair.value.has_value()) {
      instruction.pairs.push_back(std::move(pair));
    } else if (!reported) {
      // The words after it have the same cause.
      ReportNoPair(grammar, words[i - 1], word);
      reported = true;
    }
  }
}

void Reader::ReportNoPair(const Grammar& grammar, const Word& before,
                          const Word& word) {
  diag::Diagnostic problem = diag::DockerfileSyntax(
      word.span, absl::StrCat("`", word.text, "` is not NAME=VALUE"));
  const SourceFile& file = *line_->span().file;
  const int line = file.PositionAt(before.span.end).line;
  if (absl::StartsWith(word.text, "#")) {
    problem.help = absl::StrCat("put the comment on a line of its own, above `",
                                grammar.keyword, "`");
  } else if (file.PositionAt(word.span.begin).line > line &&
             FindGrammar(absl::AsciiStrToUpper(word.text)) != nullptr) {
    problem.help = absl::StrCat("remove the `", std::string(1, escape_),
                                "` at the end of line ", line, ": `", word.text,
                                "` is the first word of another instruction");
  } else {
    problem.help = absl::StrCat("write `", word.text,
                                "=VALUE`, or put a value with spaces in "
                                "double quotes");
  }
  sink_.Handle(std::move(problem));
}

void Reader::TakeBody(const Grammar& grammar, Instruction& instruction) {
  switch (grammar.shape) {
    case Shape::kText:
      break;
    case Shape::kWords:
      TakeWords(instruction);
      break;
    case Shape::kMaybeExec:
      TakeExecForm(instruction);
      break;
    case Shape::kWordsOrExec:
      if (!TakeExecForm(instruction)) TakeWords(instruction);
      break;
    case Shape::kPairs:
      TakePairs(grammar, instruction);
      break;
    case Shape::kTrigger:
      if (at_ >= End()) break;
      if (auto trigger = Reader(line_, at_, escape_, sink_).Read()) {
        instruction.trigger.push_back(*std::move(trigger));
      }
      break;
  }
}

std::nullopt_t Reader::UnknownKeyword(const Instruction& instruction,
                                      const std::string& keyword) {
  std::vector<absl::string_view> all;
  for (const Grammar& known : Grammars()) all.push_back(known.keyword);
  const absl::string_view best = Suggest(instruction.keyword, all);
  diag::Diagnostic unknown = diag::DockerfileUnknownInstruction(
      instruction.keyword_span, keyword,
      best.empty() ? "" : absl::StrCat("did you mean `", best, "`?"));
  // BuildKit stores any trigger, and rejects it where it is run.
  if (begin_ > 0) unknown.severity = diag::Severity::kNote;
  sink_.Handle(std::move(unknown));
  return std::nullopt;
}

std::optional<Instruction> Reader::Read() {
  Instruction instruction;
  const std::string keyword = TakeKeyword(instruction);
  instruction.keyword = absl::AsciiStrToUpper(keyword);
  const Grammar* grammar = FindGrammar(instruction.keyword);
  if (grammar == nullptr) return UnknownKeyword(instruction, keyword);
  TakeFlags(instruction);
  const size_t body = at_;
  instruction.text = std::string(text_.substr(at_, std::max(End(), at_) - at_));
  instruction.text_span = SpanOf(body, std::max(End(), body));
  instruction.line = line_;
  instruction.text_begin = body;
  instruction.span = {line_->span().file, instruction.keyword_span.begin,
                      line_->span().end};
  TakeBody(*grammar, instruction);
  return instruction;
}

bool MayHaveHeredocs(const Instruction& instruction) {
  if (!instruction.trigger.empty()) {
    return MayHaveHeredocs(instruction.trigger[0]);
  }
  return !instruction.exec_form &&
         (instruction.keyword == "RUN" || instruction.keyword == "COPY" ||
          instruction.keyword == "ADD");
}

std::optional<std::string> NotSet(absl::string_view) { return std::nullopt; }

size_t CountQuotes(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return c == '"' || c == '\''; }));
}

}  // namespace

namespace {

void CheckDestination(const Instruction& copy, diag::Sink& sink) {
  if (copy.keyword != "COPY" && copy.keyword != "ADD") return;
  if (copy.words.empty() || !ParseHeredocStart(copy.words.back().text)) return;
  sink.Handle(diag::DockerfileValue(copy.words.back().span, "destination",
                                    "it is a here-document",
                                    "name the file to write as the last word"));
}

}  // namespace

std::optional<Instruction> ParseInstruction(
    std::shared_ptr<const LogicalLine> line, char escape, diag::Sink& sink) {
  std::optional<Instruction> instruction =
      Reader(std::move(line), 0, escape, sink).Read();
  if (!instruction) return std::nullopt;
  CheckInstruction(*instruction, sink);
  CheckDestination(*instruction, sink);
  return instruction;
}

std::optional<HeredocStart> ParseHeredocStart(absl::string_view word) {
  word =
      word.substr(std::min(word.find_first_not_of("0123456789"), word.size()));
  if (!absl::StartsWith(word, "<<")) return std::nullopt;
  word.remove_prefix(2);
  HeredocStart start;
  start.strip_tabs = absl::StartsWith(word, "-");
  if (start.strip_tabs) word.remove_prefix(1);
  word = absl::StripLeadingAsciiWhitespace(word);
  if (word.empty() || absl::StrContains(word, '<')) return std::nullopt;
  ShellOptions options;
  options.keep_unset = true;
  const absl::StatusOr<ShellText> plain = ExpandShell(word, NotSet, options);
  options.raw_quotes = true;
  const absl::StatusOr<ShellText> raw = ExpandShell(word, NotSet, options);
  if (!plain.ok() || !raw.ok() || plain->words.size() != 1) return std::nullopt;
  start.name = plain->words[0];
  start.expand = CountQuotes(start.name) == CountQuotes(raw->text);
  return start;
}

std::vector<HeredocStart> FindHeredocs(const Instruction& instruction,
                                       absl::string_view line) {
  std::vector<HeredocStart> starts;
  if (!MayHaveHeredocs(instruction) || !absl::StrContains(line, "<<")) {
    return starts;
  }
  ShellOptions options;
  options.raw_quotes = options.raw_escapes = options.keep_unset = true;
  // What cannot be cut into words has no here-documents, says BuildKit.
  const absl::StatusOr<ShellText> text = ExpandShell(line, NotSet, options);
  if (!text.ok()) return starts;
  for (const std::string& word : text->words) {
    if (auto start = ParseHeredocStart(word)) starts.push_back(*start);
  }
  return starts;
}

}  // namespace ovenbird::dockerfile
