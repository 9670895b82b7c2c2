#include "runtime/dockerfile/shell_lexer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace ovenbird::dockerfile {
namespace {

constexpr absl::string_view kSeparators = ";&|()\n";

bool IsNumber(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  std::vector<ShellToken> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '&' && Peek(1) == '>') {
        ++at_;
        Redirect();
      } else if (absl::StrContains(kSeparators, c)) {
        Separator();
      } else if (absl::ascii_isspace(c)) {
        ++at_;
      } else if (c == '\\' && Peek(1) == '\n') {
        at_ += 2;
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '>' || c == '<') {
        Redirect();
      } else {
        TakeWord();
      }
    }
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void Separator() {
    const size_t begin = at_++;
    tokens_.push_back({ShellToken::kSeparator,
                       std::string(text_.substr(begin, 1)), begin, at_});
    if (text_[begin] == '\n') SkipHeredocs();
  }

  void TakeWord() {
    const size_t begin = at_;
    std::string word = ReadWord();
    // `2>file`: the number belongs to the redirection.
    if ((Peek(0) == '>' || Peek(0) == '<') && IsNumber(word)) return;
    tokens_.push_back({ShellToken::kWord, std::move(word), begin, at_});
  }

  // Up to a blank, a separator or a redirection.
  std::string ReadWord() {
    std::string word;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote == '\0' && (absl::ascii_isspace(c) || c == '<' || c == '>' ||
                            absl::StrContains(kSeparators, c))) {
        break;
      }
      if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && at_ + 1 < text_.size()) {
        ++at_;
        if (text_[at_] != '\n') word += text_[at_];
      } else if (quote != '\'' && (c == '`' || (c == '$' && Peek(1) == '('))) {
        const size_t begin = at_;
        SkipSubstitution();
        word.append(text_.data() + begin, at_ + 1 - begin);
      } else {
        word += c;
      }
    }
    return word;
  }

  // To the last byte of `...` or $(...).
  void SkipSubstitution() {
    if (text_[at_] == '`') {
      at_ = std::min(text_.find('`', at_ + 1), text_.size() - 1);
      return;
    }
    int depth = 0;
    for (; at_ + 1 < text_.size(); ++at_) {
      if (text_[at_] == '(') ++depth;
      if (text_[at_] == ')' && --depth == 0) return;
    }
  }

  void Redirect() {
    const bool output = text_[at_] == '>';
    const bool heredoc =
        absl::StartsWith(text_.substr(at_), "<<") && Peek(2) != '<';
    const bool tabs = heredoc && Peek(2) == '-';
    while (absl::StrContains("<>|-", Peek(0)) && at_ < text_.size()) ++at_;
    if (Peek(0) == '&') {  // `2>&1`
      ++at_;
      ReadWord();
      return;
    }
    while (Peek(0) == ' ' || Peek(0) == '\t') ++at_;
    const size_t begin = at_;
    std::string word = ReadWord();
    if (heredoc) {
      heredocs_.push_back({std::move(word), tabs});
    } else if (output && !word.empty()) {
      tokens_.push_back({ShellToken::kOutput, std::move(word), begin, at_});
    }
  }

  void SkipHeredocs() {
    for (const auto& [end, tabs] : heredocs_) {
      while (at_ < text_.size()) {
        const size_t next = std::min(text_.find('\n', at_), text_.size());
        absl::string_view line = text_.substr(at_, next - at_);
        at_ = std::min(next + 1, text_.size());
        while (tabs && absl::ConsumePrefix(&line, "\t")) {
        }
        if (line == end) break;
      }
    }
    heredocs_.clear();
  }

  const absl::string_view text_;
  size_t at_ = 0;
  // The end line of each, and whether tabs before it are dropped.
  std::vector<std::pair<std::string, bool>> heredocs_;
  std::vector<ShellToken> tokens_;
};

}  // namespace

std::vector<ShellToken> LexShell(absl::string_view text) {
  return Lexer(text).Run();
}

}  // namespace ovenbird::dockerfile
