#include "runtime/rewrite/variables.h"

#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/shell_quote.h"
#include "runtime/rewrite/executor_scope.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Pair;
using dockerfile::Word;

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Walks over a text with quotes, and copies it with the values put in.
class Substitution {
 public:
  Substitution(absl::string_view text, const Values& values, char escape)
      : text_(text), values_(values), escape_(escape) {}

  std::optional<std::string> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == escape_ && quote_ != '\'' && at_ + 1 < text_.size()) {
        Copy(2);
      } else if (c == '\'' || c == '"') {
        quote_ = quote_ == '\0' ? c : quote_ == c ? '\0' : quote_;
        Copy(1);
      } else if (c == '$' && quote_ != '\'') {
        if (!Variable()) return std::nullopt;
      } else {
        Copy(1);
      }
    }
    return std::move(result_);
  }

 private:
  void Copy(size_t count) {
    absl::StrAppend(&result_, text_.substr(at_, count));
    at_ += count;
  }

  // False: used with a modifier, or its value cannot be written.
  bool Variable() {
    const bool braces = text_.substr(at_).size() > 1 && text_[at_ + 1] == '{';
    const size_t begin = at_ + (braces ? 2 : 1);
    size_t end = begin;
    if (end < text_.size() && IsNameStart(text_[end])) {
      while (end < text_.size() && IsNamePart(text_[end])) ++end;
    }
    const auto value =
        values_.find(std::string(text_.substr(begin, end - begin)));
    if (value == values_.end()) {
      Copy(end - at_ == 0 ? 1 : end - at_);
      return true;
    }
    if (braces && (end >= text_.size() || text_[end] != '}')) return false;
    if (!Append(value->second.value_or(""))) return false;
    at_ = end + (braces ? 1 : 0);
    return true;
  }

  // False: the value has a line end, which would end the instruction.
  bool Append(absl::string_view value) {
    if (absl::StrContains(value, '\n')) return false;
    for (const char c : value) {
      const bool special = quote_ == '"'
                               ? c == '"' || c == '$' || c == escape_
                               : c == '"' || c == '\'' || c == '$' ||
                                     c == escape_ || absl::ascii_isspace(c);
      if (special) result_ += escape_;
      result_ += c;
    }
    return true;
  }

  absl::string_view text_;
  const Values& values_;
  const char escape_;
  size_t at_ = 0;
  char quote_ = '\0';
  std::string result_;
};

}  // namespace

bool HasPosixShell(const StageState& state) {
  if (state.shell.empty()) return true;
  const absl::string_view path = state.shell[0];
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  for (const char* known : {"sh", "ash", "bash", "dash", "ksh", "zsh"}) {
    if (name == known) return true;
  }
  return false;
}

namespace {

// Proxies that are given without an ARG are for the commands of RUN; the
// executor puts them into other instructions, too.
void AddProxies(const Site& site, Values& wrong) {
  for (const auto& [name, value] : site.request.given_args) {
    if (absl::EndsWithIgnoreCase(name, "_proxy") &&
        !site.before.scope.Find(name).has_value()) {
      wrong[name] = std::nullopt;
    }
  }
}

}  // namespace

std::vector<std::string*> ExpandedParts(Instruction& instruction) {
  std::vector<std::string*> parts;
  for (Flag& flag : instruction.flags) {
    if (flag.value.has_value() && flag.name != "from") {
      parts.push_back(&*flag.value);
    }
  }
  for (Word& word : instruction.words) parts.push_back(&word.text);
  for (Pair& pair : instruction.pairs) {
    parts.push_back(&pair.name);
    if (pair.value.has_value()) parts.push_back(&*pair.value);
  }
  if (instruction.words.empty() && instruction.pairs.empty()) {
    parts.push_back(&instruction.text);
  }
  return parts;
}

Values WrongValues(const Site& site) {
  Values wrong;
  const dockerfile::Scope::Known right = site.before.scope.All();
  for (const auto& [name, value] : right) {
    if (site.executor_scope.Find(name) != value) wrong[name] = value;
  }
  for (const auto& [name, value] : site.executor_scope.Args()) {
    if (right.count(name) == 0) wrong[name] = std::nullopt;
  }
  return wrong;
}

std::optional<std::string> Substitute(absl::string_view text,
                                      const Values& values, char escape) {
  return Substitution(text, values, escape).Run();
}

void WriteOutArg(const Site& site, Draft& draft) {
  dockerfile::Scope after = site.before.scope.NewStageFrom(site.before.scope);
  after.Apply(draft.original(), [](const auto&, const auto&) {});
  ExecutorScope executor = site.executor_scope;
  executor.Apply(draft.original(), after);
  for (Instruction& instruction : draft.instructions) {
    for (Pair& pair : instruction.pairs) {
      if (pair.value.has_value()) continue;
      const std::optional<std::string> value =
          after.Find(pair.name).value_or(std::nullopt);
      if (!value.has_value()) continue;
      const std::optional<std::string> has = executor.FindArg(pair.name);
      // Unset: only where it forgets what an earlier ARG of the stage set.
      const bool same = has.has_value()
                            ? *has == *value
                            : site.Can(dockerfile::Capability::kArgRedeclared);
      const bool in_key = !site.request.cache ||
                          site.Can(dockerfile::Capability::kCacheKeyGlobalArg);
      if (same && in_key) continue;
      const std::optional<std::string> written = Substitute(
          "\"${V}\"", {{"V", value}}, site.request.dockerfile->escape);
      if (!written.has_value()) {
        site.Report(instruction.text_span,
                    "uses a different value of a variable",
                    "give the variable a value of one line");
        continue;
      }
      pair.value = written;
      draft.Because(same
                        ? "the executor's cache key does not contain its value"
                        : absl::StrCat("the executor has a different value of ",
                                       pair.name, " from an earlier ARG"));
    }
  }
}

namespace {

bool HasVariables(Draft& draft) {
  for (Instruction& instruction : draft.instructions) {
    for (const std::string* part : ExpandedParts(instruction)) {
      if (part->find('$') != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace

void WriteOutVariables(const Site& site, Draft& draft) {
  if (!HasVariables(draft)) return;
  Values wrong = WrongValues(site);
  AddProxies(site, wrong);
  if (wrong.empty()) return;
  const char escape = site.request.dockerfile->escape;
  for (Instruction& instruction : draft.instructions) {
    bool changed = false;
    for (std::string* part : ExpandedParts(instruction)) {
      if (part->find('$') == std::string::npos) continue;
      std::optional<std::string> written = Substitute(*part, wrong, escape);
      if (!written.has_value()) {
        if (const auto known = KnownValue(site.before.scope, *part)) {
          written = Substitute("${V}", {{"V", known}}, escape);
        }
      }
      if (!written.has_value()) {
        site.Report(instruction.text_span,
                    "uses a different value of a variable",
                    "give the variable another name");
        continue;
      }
      changed = changed || *written != *part;
      *part = *std::move(written);
    }
    if (changed)
      draft.Because("the executor has different values of variables");
  }
}

void WriteOutEnvironment(const Site& site, Draft& draft) {
  const Values wrong = WrongValues(site);
  if (wrong.empty()) return;
  std::string prefix;
  for (const auto& [name, value] : wrong) {
    if (value.has_value()) {
      absl::StrAppend(&prefix, "export ", name, "=", ShellQuote(*value), "; ");
    } else {
      absl::StrAppend(&prefix, "unset ", name, "; ");
    }
  }
  for (Instruction& instruction : draft.instructions) {
    if (instruction.exec_form || !HasPosixShell(site.before) ||
        !instruction.heredocs.empty() ||
        prefix.find('\n') != std::string::npos) {
      site.Report(instruction.text_span,
                  "runs it with different values of variables",
                  "use the shell form with a POSIX shell");
      return;
    }
    instruction.text = prefix + instruction.text;
  }
  draft.Because("the executor has different values of variables");
}

}  // namespace ovenbird::rewrite
