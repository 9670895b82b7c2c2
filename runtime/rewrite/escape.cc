#include "runtime/rewrite/escape.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/rewrite/variables.h"

namespace ovenbird::rewrite {
namespace {

constexpr char kEscapes[] = "`\\";

// Walks over a text, and collects literals between variables.
class Quoter {
 public:
  explicit Quoter(absl::string_view text) : text_(text) {}

  std::optional<std::string> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '`' && quote_ != '\'' && TakeEscaped()) continue;
      if (quote_ == '\0' ? c == '"' || c == '\'' : c == quote_) {
        quote_ = quote_ == '\0' ? c : '\0';
        quoted_ = true;
        ++at_;
      } else if (c == '$' && quote_ != '\'') {
        if (!TakeVariable()) return std::nullopt;
      } else {
        literal_ += c;
        ++at_;
      }
    }
    // Old executors look for the slash of a folder before they take the quotes
    // away.
    const bool folder = literal_.size() > 1 && absl::EndsWith(literal_, "/");
    if (folder) literal_.pop_back();
    Flush();
    if (folder) result_ += '/';
    return result_.empty() && quoted_ ? "\"\"" : std::move(result_);
  }

 private:
  // In double quotes an escape counts before few characters.
  bool TakeEscaped() {
    if (at_ + 1 == text_.size()) return false;
    const char next = text_[at_ + 1];
    if (quote_ == '"' && next != '"' && next != '$' && next != '`') {
      return false;
    }
    literal_ += next;
    at_ += 2;
    return true;
  }

  bool TakeVariable() {
    size_t end = at_ + 1;
    if (end < text_.size() && text_[end] == '{') {
      end = text_.find('}', end);
      if (end == text_.npos) return false;
      ++end;
    } else {
      while (end < text_.size() &&
             (absl::ascii_isalnum(text_[end]) || text_[end] == '_')) {
        ++end;
      }
    }
    const absl::string_view variable = text_.substr(at_, end - at_);
    if (variable.find_first_of(kEscapes) != variable.npos) return false;
    Flush();
    // Its value may have blanks.
    absl::StrAppend(&result_, "\"", variable, "\"");
    at_ = end;
    return true;
  }

  void Flush() {
    result_ += QuoteLiteral(literal_);
    literal_.clear();
  }

  absl::string_view text_;
  size_t at_ = 0;
  char quote_ = '\0';
  bool quoted_ = false;
  std::string literal_;
  std::string result_;
};

}  // namespace

std::string QuoteLiteral(absl::string_view literal) {
  std::string quoted;
  size_t begin = 0;
  while (begin < literal.size()) {
    const bool apostrophe = literal[begin] == '\'';
    const size_t end = apostrophe ? literal.find_first_not_of('\'', begin)
                                  : literal.find('\'', begin);
    const char quote = apostrophe ? '"' : '\'';
    absl::StrAppend(&quoted, std::string(1, quote),
                    literal.substr(begin, end - begin), std::string(1, quote));
    begin = end == absl::string_view::npos ? literal.size() : end;
  }
  return quoted;
}

std::optional<std::string> QuoteBackticks(absl::string_view text) {
  return Quoter(text).Run();
}

void WriteOutEscapes(const Site& site, Draft& draft) {
  if (site.request.dockerfile->escape != '`') return;
  for (dockerfile::Instruction& instruction : draft.instructions) {
    bool changed = false;
    for (std::string* part : ExpandedParts(instruction)) {
      if (part->find_first_of(kEscapes) == std::string::npos) continue;
      std::optional<std::string> quoted = QuoteBackticks(*part);
      if (!quoted) {
        site.Report(instruction.text_span, "reads backslashes as escapes",
                    "use slashes");
        continue;
      }
      *part = *std::move(quoted);
      changed = true;
    }
    if (changed) {
      draft.Because("the executor reads values with `\\` as the escape");
    }
  }
}

}  // namespace ovenbird::rewrite
