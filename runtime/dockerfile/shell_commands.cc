#include "runtime/dockerfile/shell_commands.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace ovenbird::dockerfile {
namespace {

// What another command follows.
constexpr std::array<absl::string_view, 19> kStarters = {
    "!",    "(",     "command", "do",    "elif",  "else", "env",
    "exec", "find",  "if",      "nice",  "nohup", "sudo", "then",
    "time", "until", "while",   "xargs", "{"};

constexpr absl::string_view kSeparators = ";&|()\n";

bool IsStarter(absl::string_view word) {
  return std::find(kStarters.begin(), kStarters.end(), word) != kStarters.end();
}

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  std::vector<ShellCommand> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (absl::StrContains(kSeparators, c)) {
        at_start_ = true;
        in_find_ = false;
        ++at_;
      } else if (absl::ascii_isspace(c)) {
        ++at_;
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        TakeWord();
      }
    }
    return std::move(commands_);
  }

 private:
  void TakeWord() {
    const size_t begin = at_;
    std::string word;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote == '\0' &&
          (absl::ascii_isspace(c) || absl::StrContains(kSeparators, c))) {
        break;
      }
      if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && at_ + 1 < text_.size()) {
        word += text_[++at_];
      } else {
        word += c;
      }
    }
    Place(begin, word);
  }

  void Place(size_t begin, const std::string& word) {
    if (in_find_) {
      if (absl::StartsWith(word, "-exec") || absl::StartsWith(word, "-ok")) {
        in_find_ = false;
        at_start_ = true;
      }
      return;
    }
    if (!at_start_) {
      if (!commands_.empty()) commands_.back().arguments.push_back(word);
      return;
    }
    if (word == "find") in_find_ = true;
    // `sudo -u x`: options of a starter; `A=1 command`.
    if (IsStarter(word) || absl::StartsWith(word, "-") ||
        absl::StrContains(word, '=')) {
      return;
    }
    at_start_ = false;
    const size_t slash = word.rfind('/');
    commands_.push_back(
        {slash == std::string::npos ? word : word.substr(slash + 1),
         begin,
         at_,
         {}});
  }

  const absl::string_view text_;
  size_t at_ = 0;
  bool at_start_ = true;
  bool in_find_ = false;
  std::vector<ShellCommand> commands_;
};

}  // namespace

std::vector<ShellCommand> FindShellCommands(absl::string_view text) {
  return Scanner(text).Run();
}

}  // namespace ovenbird::dockerfile
