#include "runtime/dockerfile/instruction.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/json.h"
#include "runtime/base/suggest.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/shell_words.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kBlanks = "\t\v\f\r ";

const std::vector<Grammar>& Grammars() {
  static const auto* const grammars = new std::vector<Grammar>{
      {"ADD",
       Shape::kWordsOrExec,
       2,
       "at least a source and a destination",
       {"checksum", "chmod", "chown", "exclude", "keep-git-dir", "link",
        "unpack"}},
      {"ARG", Shape::kPairs, 1, "at least a name", {}},
      {"CMD", Shape::kMaybeExec, 0, "", {}},
      {"COPY",
       Shape::kWordsOrExec,
       2,
       "at least a source and a destination",
       {"chmod", "chown", "exclude", "from", "link", "parents"}},
      {"ENTRYPOINT", Shape::kMaybeExec, 0, "", {}},
      {"ENV", Shape::kPairs, 1, "at least a name and a value", {}},
      {"EXPOSE", Shape::kWords, 1, "at least a port", {}},
      {"FROM", Shape::kWords, 1, "an image, or `IMAGE AS NAME`", {"platform"}},
      {"HEALTHCHECK",
       Shape::kText,
       1,
       "`NONE` or `CMD ...`",
       {"interval", "retries", "start-interval", "start-period", "timeout"}},
      {"LABEL", Shape::kPairs, 1, "at least a name and a value", {}},
      {"MAINTAINER", Shape::kText, 1, "a name", {}},
      {"ONBUILD", Shape::kTrigger, 1, "an instruction", {}},
      {"RUN",
       Shape::kMaybeExec,
       0,
       "",
       {"device", "mount", "network", "security"}},
      {"SHELL", Shape::kMaybeExec, 1, "a JSON list", {}},
      {"STOPSIGNAL", Shape::kText, 1, "a signal", {}},
      {"USER", Shape::kText, 1, "a user", {}},
      {"VOLUME", Shape::kWordsOrExec, 1, "at least a path", {}},
      {"WORKDIR", Shape::kText, 1, "a path", {}},
  };
  return *grammars;
}

std::string DidYouMean(absl::string_view word,
                       absl::Span<const absl::string_view> candidates,
                       absl::string_view before = "") {
  const absl::string_view best = Suggest(word, candidates);
  return best.empty() ? "" : absl::StrCat("did you mean `", before, best, "`?");
}

bool IsBlank(char c) { return absl::StrContains(kBlanks, c); }

// Walks over a line's text.
class Reader {
 public:
  Reader(std::shared_ptr<const LogicalLine> line, size_t begin, char escape,
         diag::Sink& sink)
      : line_(std::move(line)),
        text_(line_->text()),
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
  void TakeFlags(const Grammar& grammar, Instruction& instruction);
  Flag TakeFlag();
  void CheckFlag(const Grammar& grammar, const Flag& flag);
  bool TakeExecForm(Instruction& instruction);
  void TakeWords(Instruction& instruction);
  void TakePairs(const Grammar& grammar, Instruction& instruction);
  void TakeBody(const Grammar& grammar, Instruction& instruction);
  Word TakeQuotedWord();
  void CheckCount(const Grammar& grammar, const Instruction& instruction);

  const std::shared_ptr<const LogicalLine> line_;
  const absl::string_view text_;
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

void Reader::CheckFlag(const Grammar& grammar, const Flag& flag) {
  const auto& flags = grammar.flags;
  if (std::find(flags.begin(), flags.end(), flag.name) != flags.end()) return;
  const std::string all =
      flags.empty() ? absl::StrCat("`", grammar.keyword, "` has no flags")
                    : absl::StrCat("flags of `", grammar.keyword, "`: `--",
                                   absl::StrJoin(flags, "`, `--"), "`");
  sink_.Handle(diag::DockerfileUnknownFlag(
      flag.span, grammar.keyword, absl::StrCat("--", flag.name),
      DidYouMean(flag.name, flags, "--"), all));
}

void Reader::TakeFlags(const Grammar& grammar, Instruction& instruction) {
  for (SkipBlanks(); absl::StartsWith(text_.substr(at_), "--"); SkipBlanks()) {
    Flag flag = TakeFlag();
    if (flag.name.empty() && !flag.value.has_value()) {
      SkipBlanks();
      return;  // `--` ends the flags.
    }
    CheckFlag(grammar, flag);
    instruction.flags.push_back(std::move(flag));
  }
}

bool Reader::TakeExecForm(Instruction& instruction) {
  const absl::string_view text = text_.substr(at_, End() - at_);
  if (!absl::StartsWith(text, "[")) return false;
  const absl::StatusOr<json::Value> value = json::Parse(text);
  if (!value.ok() || value->as_array() == nullptr) return false;
  for (const json::Value& item : value->items()) {
    if (item.as_string() == nullptr) {
      sink_.Handle(diag::DockerfileSyntax(
          Rest(), "the items of a JSON list must be strings"));
      return false;
    }
  }
  instruction.exec_form = true;
  // The strings' places: the text is known to be a list of strings.
  size_t at = at_;
  for (const json::Value& item : value->items()) {
    const size_t begin = text_.find('"', at);
    size_t end = begin + 1;
    for (; text_[end] != '"'; ++end) {
      if (text_[end] == '\\') ++end;
    }
    at = end + 1;
    instruction.words.push_back({*item.as_string(), SpanOf(begin, at)});
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

void Reader::TakePairs(const Grammar& grammar, Instruction& instruction) {
  const size_t begin = at_;
  std::vector<Word> words;
  for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) {
    words.push_back(TakeQuotedWord());
  }
  const bool needs_values = grammar.keyword != "ARG";
  if (needs_values && !words.empty() &&
      !absl::StrContains(words[0].text, '=')) {
    // The old form: `ENV NAME all the rest`.
    const size_t rest = std::min(
        text_.find_first_not_of(kBlanks, begin + words[0].text.size()), End());
    instruction.pairs.push_back({words[0].text,
                                 std::string(text_.substr(rest, End() - rest)),
                                 SpanOf(begin, End())});
    if (words.size() < 2) {
      sink_.Handle(diag::DockerfileArguments(words[0].span, grammar.keyword,
                                             grammar.needed));
    }
    return;
  }
  for (const Word& word : words) {
    const size_t equals = word.text.find('=');
    Pair pair{word.text.substr(0, equals), std::nullopt, word.span};
    if (equals != std::string::npos) pair.value = word.text.substr(equals + 1);
    if (pair.name.empty() || (needs_values && !pair.value.has_value())) {
      sink_.Handle(diag::DockerfileSyntax(
          word.span, absl::StrCat("`", word.text, "` is not NAME=VALUE")));
      continue;
    }
    instruction.pairs.push_back(std::move(pair));
  }
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

void Reader::CheckCount(const Grammar& grammar,
                        const Instruction& instruction) {
  size_t count = instruction.text.empty() ? 0 : 1;
  if (grammar.shape == Shape::kWords || grammar.shape == Shape::kWordsOrExec) {
    count = instruction.words.size();
  }
  if (grammar.keyword == "SHELL" && !instruction.exec_form) count = 0;
  if (count < grammar.least) {
    sink_.Handle(diag::DockerfileArguments(instruction.text.empty()
                                               ? instruction.keyword_span
                                               : instruction.text_span,
                                           grammar.keyword, grammar.needed));
  }
}

std::optional<Instruction> Reader::Read() {
  Instruction instruction;
  const std::string keyword = TakeKeyword(instruction);
  instruction.keyword = absl::AsciiStrToUpper(keyword);
  const Grammar* grammar = FindGrammar(instruction.keyword);
  if (grammar == nullptr) {
    std::vector<absl::string_view> all;
    for (const Grammar& known : Grammars()) all.push_back(known.keyword);
    sink_.Handle(diag::DockerfileUnknownInstruction(
        instruction.keyword_span, keyword,
        DidYouMean(instruction.keyword, all)));
    return std::nullopt;
  }
  TakeFlags(*grammar, instruction);
  const size_t body = at_;
  instruction.text = std::string(text_.substr(at_, std::max(End(), at_) - at_));
  instruction.text_span = SpanOf(body, std::max(End(), body));
  instruction.line = line_;
  instruction.text_begin = body;
  instruction.span = {line_->span().file, instruction.keyword_span.begin,
                      line_->span().end};
  TakeBody(*grammar, instruction);
  CheckCount(*grammar, instruction);
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

const Grammar* FindGrammar(absl::string_view keyword) {
  for (const Grammar& grammar : Grammars()) {
    if (grammar.keyword == keyword) return &grammar;
  }
  return nullptr;
}

std::optional<Instruction> ParseInstruction(
    std::shared_ptr<const LogicalLine> line, char escape, diag::Sink& sink) {
  return Reader(std::move(line), 0, escape, sink).Read();
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
  // What can't be cut into words has no here-documents, says BuildKit.
  const absl::StatusOr<ShellText> text = ExpandShell(line, NotSet, options);
  if (!text.ok()) return starts;
  for (const std::string& word : text->words) {
    if (auto start = ParseHeredocStart(word)) starts.push_back(*start);
  }
  return starts;
}

}  // namespace ovenbird::dockerfile
